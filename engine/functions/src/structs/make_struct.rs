//! `make_struct`

use std::sync::Arc;

use arrow::array::{ArrayRef, StructArray};
use arrow::compute::take;
use arrow::datatypes::DataType;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Field, Result, Series, Type};

use crate::kernel::args;
use crate::kernel::columns::{self, Column};

pub(super) struct Call;

static INFO: Function = Function {
    name: "make_struct",
    family: Family::Struct,
    summary: "A struct of names and values in turn; `{a: x, b: y}` is short for it.",
    params: &[Param::required("part", "names and values", "a name as a plain text, then its value, and so on")],
    variadic: true,
    operator: None,
    examples: &[Example { code: "make_struct('a', 1, 'b', 2).b", result: "2" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if args.len() % 2 == 1 {
            return Err(Error::argument("`make_struct` takes a value after each name"));
        }
        let mut fields: Vec<Field> = Vec::with_capacity(args.len() / 2);
        for (i, pair) in args.chunks_exact(2).enumerate() {
            let name = args::literal_text(&INFO, args, 2 * i)?;
            if fields.iter().any(|f| &*f.name == name) {
                return Err(Error::argument(format!("the struct would have two fields `{name}`")));
            }
            fields.push(Field::new(name, pair[1].ty.clone()));
        }
        let args = args.iter().map(|a| a.ty.clone()).collect();
        Ok(Signature { args, output: Type::Struct(fields.into()) })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let mut fields = Vec::with_capacity(args.len() / 2);
        for (i, pair) in args.chunks_exact(2).enumerate() {
            let name = columns::literal(args, 2 * i)?;
            fields.push(Field::new(name.as_str().unwrap_or_default(), pair[1].ty().clone()));
        }
        let output = Type::Struct(fields.into());
        let DataType::Struct(storage) = output.to_arrow() else { return Err(Error::internal("a struct that is none")) };
        let values: Vec<Series> = args.iter().skip(1).step_by(2).cloned().collect();
        columns::handling(&values, rows, output, |columns, rows| {
            let members = columns.iter().map(|c| expanded(c, rows)).collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(StructArray::try_new_with_length(storage, members, None, rows)?))
        })
    }
}

/// Members of a struct have a value for each row.
fn expanded(column: &Column, rows: usize) -> Result<ArrayRef> {
    if !column.is_constant() || rows == 1 {
        return Ok(Arc::clone(column.array()));
    }
    Ok(take(column.array(), &arrow::array::UInt32Array::from_value(0, rows), None)?)
}
