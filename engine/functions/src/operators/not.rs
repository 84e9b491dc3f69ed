//! `not x`

use weft_compute::encoding::{from_array, to_boolean};
use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::prefix;

pub(super) struct Call;

static INFO: Function =
    prefix("not", Some("not "), "True for false, false for true.", &[Example { code: "not (1 < 2)", result: "false" }]);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if let Some(odd) = args.iter().find(|a| !matches!(a.ty, Type::Bool | Type::Null)) {
            return Err(Error::type_mismatch(format!("`not` needs a bool, not {}", odd.ty))
                .with_help("compare first, as in `not (x == 0)`"));
        }
        Ok(Signature { args: vec![Type::Bool; args.len()], output: Type::Bool })
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [x] = args else { return Err(Error::internal("`not` needs one value")) };
        from_array(Type::Bool, arrow::compute::not(&to_boolean(x)?)?)
    }
}
