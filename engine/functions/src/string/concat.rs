//! `concat`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::strings::{Text, written};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "concat",
    family: Family::String,
    summary: "All arguments as one text; null where one of them is. What an f-string calls.",
    params: &[Param::required("part", "any plain value", "cast to str")],
    variadic: true,
    operator: None,
    examples: &[Example { code: "concat('row ', 7)", result: "row 7" }, Example { code: "f\"{1 + 1} rows\"", result: "2 rows" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        for (i, arg) in args.iter().enumerate() {
            if !has_text(arg.ty) {
                return Err(args::refuse(&INFO, i, arg.ty));
            }
        }
        Ok(Signature { args: vec![Type::String; args.len()], output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::propagating(args, rows, Type::String, |columns, rows, nulls| {
            let parts = columns.iter().map(Text::new).collect::<Result<Vec<_>>>()?;
            written(rows, nulls.as_ref(), |row, out| {
                parts.iter().for_each(|part| out.push_str(part.get(row)));
                Ok(())
            })
        })
    }
}

/// Whether a cast to str exists that a reader would want in a sentence.
fn has_text(ty: &Type) -> bool {
    ty.is_numeric() || ty.is_temporal() || matches!(ty, Type::Null | Type::Bool | Type::String | Type::File | Type::Uuid)
}
