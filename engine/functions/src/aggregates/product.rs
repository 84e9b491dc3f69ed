//! `product`

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::float_sums::FloatState;
use super::fold::{Fold, Folded};
use super::natives;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "product",
    family: Family::Aggregate,
    summary: "All values multiplied, as a float.",
    params: &[Param::required("x", "numbers", "what is multiplied")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 2}, {x: 3}] | agg { product(x) }", result: "6.0" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::float_to_float(&INFO, args)
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        Ok(Box::new(Folded(Product)))
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}

struct Product;

impl Fold for Product {
    type Native = f64;
    type State = FloatState;

    #[inline]
    fn add(&self, state: &mut FloatState, value: f64) -> Result<()> {
        self.merge(state, &FloatState { value, count: 1 })
    }

    /// An empty state is all zero, which is no product.
    #[inline]
    fn merge(&self, into: &mut FloatState, from: &FloatState) -> Result<()> {
        match (into.count, from.count) {
            (_, 0) => {}
            (0, _) => *into = *from,
            _ => {
                into.value *= from.value;
                into.count += from.count;
            }
        }
        Ok(())
    }

    fn finish(&self, states: &[FloatState]) -> Result<ArrayRef> {
        natives::array(DataType::Float64, states.iter().map(|s| (s.count > 0).then_some(s.value)).collect())
    }
}
