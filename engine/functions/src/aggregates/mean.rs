//! `mean`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::float_sums::FloatSum;
use super::fold::Folded;
use super::wide_sums::{self, Finish};
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "mean",
    family: Family::Aggregate,
    summary: "The mean, as a float; of durations a duration.",
    params: &[Param::required("x", "numbers, durations, truth values", "what is averaged")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}] | agg { mean(x) }", result: "1.5" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Duration(unit) => Type::Duration(*unit),
            Type::Bool => Type::UInt8,
            _ => args::number(&INFO, args, 0)?,
        };
        Ok(match ty {
            Type::Duration(_) => Signature { output: ty.clone(), args: vec![ty] },
            ty if ty.is_float() => Signature { args: vec![Type::Float64], output: Type::Float64 },
            ty => Signature { args: vec![ty], output: Type::Float64 },
        })
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        match args.first() {
            None | Some(Type::Float64) => Ok(Box::new(Folded(FloatSum { mean: true }))),
            Some(ty @ Type::Duration(_)) => wide_sums::bind(&ty.to_arrow(), Finish::WholeMean(output.clone())),
            Some(ty @ Type::Decimal { scale, .. }) => wide_sums::bind(&ty.to_arrow(), Finish::Mean(*scale)),
            Some(ty) => wide_sums::bind(&ty.to_arrow(), Finish::Mean(0)),
        }
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}
