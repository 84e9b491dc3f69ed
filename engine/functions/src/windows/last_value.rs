//! `last_value`

use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::picked;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "last_value",
    family: Family::Window,
    summary: "The value of the last row of the frame, also where it is null.",
    params: &[Param::required("x", "any", "whose value is taken")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 5}] | select y = last_value(x) over (rows 0..1) | agg { list_agg(y) }", result: "[2, 5, 5]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::arg(&INFO, args, 0)?.ty.clone();
        Ok(Signature { args: vec![ty.clone()], output: ty })
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(picked::InFrame { nth: -1 }))
    }

    fn reads_frame(&self) -> bool {
        true
    }
}
