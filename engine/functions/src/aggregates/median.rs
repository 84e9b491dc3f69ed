//! `median`

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use weft_core::aggregate::{Aggregate, Aggregator};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::states::{StateHeap, States};
use weft_core::{Result, Type, Value};

use super::log::Log;
use super::natives;
use crate::kernel::args;
use crate::kernel::columns::try_each_valid;

pub(super) struct Call;

static INFO: Function = Function {
    name: "median",
    family: Family::Aggregate,
    summary: "The value in the middle, as a float; between two, their mean. Exact: all values are kept.",
    params: &[Param::required("x", "numbers", "whose middle is sought")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 9}, {x: 2}] | agg { median(x) }", result: "2.0" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::float_to_float(&INFO, args)
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        Ok(Box::new(Median))
    }
}

struct Median;

impl Aggregator for Median {
    fn state_bytes(&self) -> usize {
        size_of::<Log>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        let (values, nulls) = natives::of::<f64>(natives::first(args)?)?;
        try_each_valid(nulls.as_ref(), values.len(), |i| states.get::<Log>(i).append(&values[i].to_ne_bytes(), heap))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let (values, nulls) = natives::of::<f64>(natives::first(args)?)?;
        let log = states.get::<Log>(0);
        match nulls.filter(|n| n.null_count() > 0) {
            None => log.append(bytemuck::cast_slice(&values), heap),
            Some(nulls) => nulls.valid_slices().try_for_each(|(a, b)| log.append(bytemuck::cast_slice(&values[a..b]), heap)),
        }
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        (0..into.len()).try_for_each(|i| {
            let other = *from.get::<Log>(i);
            into.get::<Log>(i).append_all(&other, from_heap, heap)
        })
    }

    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef> {
        let groups = 0..states.len();
        let one = |i| {
            let bytes = states.get::<Log>(i).read(heap)?;
            Ok(middle(bytes.chunks_exact(size_of::<f64>()).map(bytemuck::pod_read_unaligned).collect()))
        };
        natives::array(DataType::Float64, groups.map(one).collect::<Result<_>>()?)
    }
}

/// The middle of `values`; NaN is greatest.
fn middle(mut values: Vec<f64>) -> Option<f64> {
    let half = values.len() / 2;
    // A NaN with its sign set would otherwise be least.
    values.iter_mut().filter(|x| x.is_nan()).for_each(|x| *x = f64::NAN.abs());
    let even = values.len().is_multiple_of(2);
    if values.is_empty() {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if !even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    // Halves first: the sum of two great numbers would be infinite.
    Some(if lower == upper { lower } else { lower / 2.0 + upper / 2.0 })
}
