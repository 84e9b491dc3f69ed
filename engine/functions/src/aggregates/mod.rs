//! Functions over the rows of a group. Nulls are left out, and a group without values gives null, unless said otherwise.

mod bytes_extreme;
mod codec;
mod collect;
mod extreme;
mod float_sums;
mod fold;
mod log;
mod moments;
mod natives;
mod pick;
mod set;
mod truth;
mod wide_sums;

family!(weft_core::Aggregate:
    any_value bool_and bool_or count count_distinct first last list_agg max mean median min product stddev
    string_agg sum var
);
