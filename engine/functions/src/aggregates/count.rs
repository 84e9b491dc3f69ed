//! `count`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Signature};
use weft_core::states::{StateHeap, States};
use weft_core::{Result, Type, Value};

use super::natives;
use crate::kernel::args;
use crate::kernel::columns::each_valid;

pub(super) struct Call;

static INFO: Function = Function {
    name: "count",
    family: Family::Aggregate,
    summary: "How many rows there are; with an argument, how many of its values are not null.",
    params: &[Param::option("x", "any", Default::Null, "whose values are counted")],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "[{x: 1}, {x: null}] | agg { count() }", result: "2" },
        Example { code: "[{x: 1}, {x: null}] | agg { count(x) }", result: "1" },
    ],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: vec![args::arg(&INFO, args, 0)?.ty.clone()], output: Type::Int64 })
    }

    fn bind(&self, _: &[Type], constants: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        let rows = matches!(constants.first(), None | Some(Some(Value::Null)));
        Ok(Box::new(Count { rows }))
    }

    fn never_null(&self) -> bool {
        true
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}

/// The aggregator.
pub(super) struct Count {
    /// Whether rows are counted, not values.
    pub(super) rows: bool,
}

impl Aggregator for Count {
    fn state_bytes(&self) -> usize {
        size_of::<u64>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        let nulls = if self.rows { None } else { natives::first(args)?.logical_nulls() };
        each_valid(nulls.as_ref(), states.len(), |i| *states.get::<u64>(i) += 1);
        Ok(())
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], rows: usize, _: &mut dyn StateHeap) -> Result<()> {
        let nulls = if self.rows { 0 } else { natives::first(args)?.logical_null_count() };
        *states.get::<u64>(0) += (rows - nulls) as u64;
        Ok(())
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        for i in 0..into.len() {
            *into.get::<u64>(i) += *from.get::<u64>(i);
        }
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from_iter_values((0..states.len()).map(|i| *states.get::<u64>(i) as i64))))
    }
}
