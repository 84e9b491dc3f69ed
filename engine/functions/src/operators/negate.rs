//! `-x`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type, Value};

use super::shared::{decimals, integers, numbers, prefix, times};

pub(super) struct Call;

static INFO: Function =
    prefix("negate", Some("-"), "The number with the other sign.", &[Example { code: "-(2 + 3)", result: "-5" }]);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let [x] = args else { return Err(Error::internal("`-` needs one value")) };
        let ty = match x.ty {
            _ if matches!(x.value, Some(Value::Decimal(..))) => Type::Float64,
            Type::Null => Type::Int64,
            // Unsigned numbers take the next wider signed type.
            Type::UInt8 => Type::Int16,
            Type::UInt16 => Type::Int32,
            Type::UInt32 => Type::Int64,
            Type::UInt64 => Type::Decimal { precision: 20, scale: 0 },
            Type::Float16 => Type::Float32,
            t if t.is_numeric() || matches!(t, Type::Duration(_) | Type::Interval) => t.clone(),
            t => return Err(Error::type_mismatch(format!("`-` needs a number or a duration, not {t}"))),
        };
        Ok(Signature { args: vec![ty.clone()], output: ty })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let [x] = args else { return Err(Error::internal("`-` needs one value")) };
        match x.ty() {
            Type::Float64 => {
                let minus = Series::constant(Type::Float64, &Value::Float(-1.0), rows)?;
                numbers::floats(x, &minus, |a, b| a * b)
            }
            Type::Float32 => {
                let minus = Series::constant(Type::Float32, &Value::Float(-1.0), rows)?;
                numbers::floats32(x, &minus, |a, b| a * b)
            }
            Type::Decimal { .. } => decimals::negate(x),
            Type::Duration(_) | Type::Interval => times::negate(x),
            _ => integers::negate(x),
        }
    }
}
