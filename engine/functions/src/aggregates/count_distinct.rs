//! `count_distinct`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::states::{StateHeap, States};
use weft_core::{Error, Result, Type, Value};

use super::count::Count;
use super::natives;
use super::set::{Keys, Set};
use crate::kernel::args;
use crate::kernel::columns::try_each_valid;

pub(super) struct Call;

static INFO: Function = Function {
    name: "count_distinct",
    family: Family::Aggregate,
    summary: "How many different values there are, exactly; nulls are not counted.",
    params: &[Param::required("x", "any value that has an equality", "whose values are counted")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 1}] | agg { count_distinct(x) }", result: "2" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::arg(&INFO, args, 0)?.ty;
        if !ty.is_hashable() {
            return Err(args::refuse(&INFO, 0, ty));
        }
        Keys::new(ty)?;
        Ok(Signature { args: vec![ty.clone()], output: Type::Int64 })
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        let ty = args.first().ok_or_else(|| Error::internal("count_distinct without an argument"))?;
        Ok(Box::new(CountDistinct { keys: Keys::new(ty)? }))
    }

    fn bind_over_distinct(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Option<Box<dyn Aggregator>>> {
        Ok(Some(Box::new(Count { rows: false })))
    }

    fn never_null(&self) -> bool {
        true
    }

    fn framing(&self) -> Framing {
        Framing::Distinct
    }
}

struct CountDistinct {
    keys: Keys,
}

impl Aggregator for CountDistinct {
    fn state_bytes(&self) -> usize {
        size_of::<Set>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let values = self.keys.values(array)?;
        try_each_valid(array.logical_nulls().as_ref(), array.len(), |i| states.get::<Set>(i).insert(&values, i, heap))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let values = self.keys.values(array)?;
        let set = states.get::<Set>(0);
        try_each_valid(array.logical_nulls().as_ref(), array.len(), |i| set.insert(&values, i, heap))
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        (0..into.len()).try_for_each(|i| {
            let other = *from.get::<Set>(i);
            into.get::<Set>(i).insert_all(&other, &self.keys, from_heap, heap)
        })
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from_iter_values((0..states.len()).map(|i| states.get::<Set>(i).len() as i64))))
    }
}
