//! `get_field`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::compute::nullif;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Field, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "get_field",
    family: Family::Struct,
    summary: "A member of a struct; `x.f` is short for it.",
    params: &[Param::required("x", "a struct", "the struct"), Param::required("name", "str", "the member's name")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "{a: 1, b: 2}.b", result: "2" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let Type::Struct(fields) = args::arg(&INFO, args, 0)?.ty else {
            return Err(args::refuse(&INFO, 0, args::arg(&INFO, args, 0)?.ty));
        };
        let name = args::literal_text(&INFO, args, 1)?;
        let field = fields.iter().find(|f| &*f.name == name).ok_or_else(|| no_field(name, fields))?;
        Ok(Signature { args: vec![Type::Struct(Arc::clone(fields)), Type::String], output: field.ty.clone() })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let Type::Struct(fields) = columns::first_type(args)? else { return Err(Error::internal("a field of no struct")) };
        let name = columns::literal(args, 1)?;
        let name = name.as_str().unwrap_or_default();
        let at = fields.iter().position(|f| &*f.name == name);
        let at = match at {
            Some(at) => at,
            // Without rows a flat column of names tells none; only the type is then missing.
            None => return Err(no_field(name, &fields)),
        };
        let output = fields[at].ty.clone();
        columns::handling(&args[..1], rows, output, |columns, _| {
            let structs = columns::first(columns)?.structs()?;
            let member = structs.columns().get(at).ok_or_else(|| no_field(name, &fields))?;
            under(structs.nulls(), member)
        })
    }
}

/// `member`, null also where its struct is.
fn under(outer: Option<&arrow::buffer::NullBuffer>, member: &ArrayRef) -> Result<ArrayRef> {
    match outer.filter(|n| n.null_count() > 0) {
        None => Ok(Arc::clone(member)),
        Some(nulls) => Ok(nullif(member, &BooleanArray::new(!nulls.inner(), None))?),
    }
}

fn no_field(name: &str, fields: &[Field]) -> Error {
    let names: Vec<String> = fields.iter().map(|f| format!("`{}`", f.name)).collect();
    Error::not_found(format!("the struct has no field `{name}`")).with_help(format!("it has {}", names.join(", ")))
}
