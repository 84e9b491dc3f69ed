//! `lead`

use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::picked;

pub(super) struct Call;

static INFO: Function = Function {
    name: "lead",
    family: Family::Window,
    summary: "The value of the row n rows after in the partition.",
    params: &[
        Param::required("x", "any", "whose value is taken"),
        Param::option("n", "int", Default::Int(1), "how many rows away"),
        Param::option("default", "any", Default::Null, "the value where there is no such row"),
    ],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "[{x: 1}, {x: 2}, {x: 5}] | select y = lead(x) | agg { list_agg(y) }", result: "[2, 5, null]" },
        Example { code: "[{x: 1}, {x: 2}, {x: 5}] | select y = lead(x, 2, default: 0) | agg { list_agg(y) }", result: "[5, 0, 0]" },
    ],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        picked::shifted(&INFO, args)
    }

    fn bind(&self, _: &[Type], constants: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        picked::Shift::bind(constants, 1)
    }
}
