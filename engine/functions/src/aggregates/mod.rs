//! Functions over the rows of a group.

family!(weft_core::Aggregate:);
