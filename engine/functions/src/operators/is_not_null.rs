//! `x is not null`

use arrow::array::BooleanArray;
use arrow::buffer::BooleanBuffer;
use weft_compute::encoding::{from_array, validity};
use weft_core::function::{ArgType, Example, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::prefix;

pub(super) struct Call;

static INFO: Function =
    prefix("is_not_null", None, "Whether there is a value.", &[Example { code: "is_not_null(1)", result: "true" }]);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: args.iter().map(|a| a.ty.clone()).collect(), output: Type::Bool })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let [x] = args else { return Err(Error::internal("`is_not_null` needs one value")) };
        let bits = match validity(x)? {
            Some(valid) => valid.inner().clone(),
            None => BooleanBuffer::new_set(rows),
        };
        from_array(Type::Bool, BooleanArray::new(bits, None))
    }
}
