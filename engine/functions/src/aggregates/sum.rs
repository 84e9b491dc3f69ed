//! `sum`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::float_sums::FloatSum;
use super::fold::Folded;
use super::wide_sums::{self, Finish};
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "sum",
    family: Family::Aggregate,
    summary: "The sum. Integers and decimals are summed exactly, and checked once at the end.",
    params: &[Param::required("x", "numbers, durations, truth values", "what is summed")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 5}] | agg { sum(x) }", result: "8" }],
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
            Type::Decimal { scale, .. } => Signature { output: Type::Decimal { precision: 38, scale }, args: vec![ty] },
            Type::Duration(_) => Signature { output: ty.clone(), args: vec![ty] },
            // Counts of true rows are ints like other counts.
            Type::UInt8 if *args[0].ty == Type::Bool => Signature { args: vec![ty], output: Type::Int64 },
            ref t if t.is_unsigned_integer() => Signature { args: vec![ty], output: Type::UInt64 },
            ref t if t.is_float() => Signature { args: vec![Type::Float64], output: Type::Float64 },
            _ => Signature { args: vec![ty], output: Type::Int64 },
        })
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        match args.first() {
            None | Some(Type::Float64) => Ok(Box::new(Folded(FloatSum { mean: false }))),
            Some(ty) => wide_sums::bind(&ty.to_arrow(), Finish::Sum(output.clone())),
        }
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}
