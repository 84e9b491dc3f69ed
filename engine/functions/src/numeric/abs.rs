//! `abs`

use std::sync::Arc;

use arrow::array::{Array, ArrowNativeTypeOp};
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "abs",
    family: Family::Numeric,
    summary: "The number without its sign.",
    params: &[Param::required("x", "a number", "the number")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "abs(-3)", result: "3" }, Example { code: "(-2.5).abs()", result: "2.5" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    /// The smallest integer of a type has no positive counterpart.
    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::number(&INFO, args, 0)?;
        Ok(Signature { args: vec![ty.clone()], output: ty })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let ty = columns::first_type(args)?;
        columns::propagating(args, rows, ty.clone(), |columns, rows, nulls| {
            let input = columns::first(columns)?;
            with_number!(input.array().data_type(), T => {
                let numbers = input.primitive::<T>()?;
                let positive = columns::try_primitives::<T>(rows, nulls, |row| {
                    let x = numbers.value(row);
                    if x.is_ge(ArrowNativeTypeOp::ZERO) {
                        return Ok(x);
                    }
                    x.neg_checked().map_err(|_| Error::value(format!("abs({x:?}) does not fit into {ty}")))
                })?;
                Ok(Arc::new(positive.with_data_type(numbers.data_type().clone())))
            }, other => Err(Error::internal(format!("abs of {other}"))))
        })
    }
}
