//! `<`, for filters: this crate stands beside the one that has the engine's functions.

use std::sync::Arc;

use weft_compute::{Comparison, compare};
use weft_core::function::{ArgType, Family, Param, Properties, QueryContext, Signature};
use weft_core::registry::FunctionRef;
use weft_core::{Expr, Function, Result, ScalarFunction, Schema, Series, Type, Value};

struct Less;

static INFO: Function = Function {
    name: "less",
    family: Family::Operator,
    summary: "",
    params: &[Param::required("a", "any", ""), Param::required("b", "any", "")],
    variadic: false,
    operator: Some("<"),
    examples: &[],
};

impl ScalarFunction for Less {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: vec![args[0].ty.clone(), args[0].ty.clone()], output: Type::Bool })
    }

    fn call(&self, args: &[Series], _rows: usize, _query: &QueryContext) -> Result<Series> {
        compare(Comparison::Less, &args[0], &args[1])
    }
}

/// `name < value`
pub(crate) fn less(schema: &Schema, name: &str, value: Value) -> Expr {
    let column = Expr::column(schema, name).unwrap();
    let literal = Expr::literal(column.ty.clone(), value);
    Expr::call(FunctionRef(Arc::new(Less)), vec![column, literal]).unwrap()
}

/// `name in values`
pub(crate) fn among(schema: &Schema, name: &str, values: &[Value]) -> Expr {
    let column = Expr::column(schema, name).unwrap();
    let ty = column.ty.clone();
    Expr::in_list(column, values.iter().map(|v| Expr::literal(ty.clone(), v.clone())).collect()).unwrap()
}
