//! `nth_value`

use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::picked;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "nth_value",
    family: Family::Window,
    summary: "The value of the n-th row of the frame, counted from 1; null where the frame is shorter.",
    params: &[
        Param::required("x", "any", "whose value is taken"),
        Param::required("n", "int", "which row of the frame, from 1"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 5}] | select y = nth_value(x, 2) over (rows ..0) | agg { list_agg(y) }", result: "[null, 2, 2]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        picked::rows(&INFO, args, 1, 1)?;
        let ty = args::arg(&INFO, args, 0)?.ty.clone();
        Ok(Signature { args: vec![ty.clone(), Type::Int64], output: ty })
    }

    fn bind(&self, _: &[Type], constants: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(picked::InFrame { nth: picked::bound_rows(constants, 1)? - 1 }))
    }

    fn reads_frame(&self) -> bool {
        true
    }
}
