//! `clip`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowNativeTypeOp, PrimitiveArray};
use weft_core::function::{ArgType, Default as Value, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "clip",
    family: Family::Numeric,
    summary: "The number, or the bound it passes. NaN counts as greatest; a null bound is none.",
    params: &[
        Param::required("x", "a number", "the number"),
        Param::option("low", "a number", Value::Null, "what it is raised to"),
        Param::option("high", "a number", Value::Null, "what it is lowered to, also where `low` is greater"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "clip(12, 0, 10)", result: "10" }, Example { code: "clip(-1, low: 0)", result: "0" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let mut ty = args::number(&INFO, args, 0)?;
        for (i, bound) in args.iter().enumerate().skip(1) {
            if matches!(bound.value, Some(weft_core::Value::Null)) {
                continue;
            }
            let bound = args::number(&INFO, args, i)?;
            ty = common_type(&ty, &bound).ok_or_else(|| args::refuse(&INFO, i, &bound))?;
        }
        Ok(Signature { args: vec![ty.clone(); args.len()], output: ty })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::handling(args, rows, columns::first_type(args)?, |columns, rows| {
            let [x, low, high] = columns else { return Err(Error::internal("clip takes three arguments")) };
            with_number!(x.array().data_type(), T => {
                let (xs, lows, highs) = (x.primitive::<T>()?, low.primitive::<T>()?, high.primitive::<T>()?);
                let clipped: PrimitiveArray<T> = (0..rows).map(|row| {
                    let mut value = (!x.is_null(row)).then(|| xs.value(x.at(row)))?;
                    if !low.is_null(row) && value.is_lt(lows.value(low.at(row))) {
                        value = lows.value(low.at(row));
                    }
                    if !high.is_null(row) && value.is_gt(highs.value(high.at(row))) {
                        value = highs.value(high.at(row));
                    }
                    Some(value)
                }).collect();
                Ok(Arc::new(clipped.with_data_type(xs.data_type().clone())) as ArrayRef)
            }, other => Err(Error::internal(format!("clip of {other}"))))
        })
    }
}
