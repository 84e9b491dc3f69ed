//! `list_get`

use arrow::array::{AsArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "list_get",
    family: Family::List,
    summary: "An item of a list by its position; null past either end. `xs[i]` is short for it.",
    params: &[
        Param::required("list", "a list", "the list"),
        Param::required("index", "int", "the position from 0; negative counts from the end"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[10, 20, 30][1]", result: "20" }, Example { code: "list_get([10, 20, 30], -1)", result: "30" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let list = args::arg(&INFO, args, 0)?.ty;
        let (Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _)) = list else {
            return Err(args::refuse(&INFO, 0, list));
        };
        Ok(Signature { args: vec![list.clone(), args::int(&INFO, args, 1)?], output: item.as_ref().clone() })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let output = match columns::first_type(args)? {
            Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _) => item.as_ref().clone(),
            other => return Err(Error::internal(format!("list_get of {other}"))),
        };
        columns::handling(args, rows, output, |columns, rows| {
            let [list, index] = columns else { return Err(Error::internal("list_get takes two arguments")) };
            let indices = index.primitive::<Int64Type>()?;
            let at = |row: usize, first: i64, length: i64| {
                let i = (!list.is_null(row) && !index.is_null(row)).then(|| indices.value(index.at(row)))?;
                let i = if i < 0 { i.checked_add(length)? } else { i };
                (0..length).contains(&i).then(|| (first + i) as u32)
            };
            if let Some(fixed) = list.array().as_fixed_size_list_opt() {
                let length = i64::from(fixed.value_length());
                let from = |row: usize| fixed.value_offset_at(list.at(row)) as i64;
                let positions: UInt32Array = (0..rows).map(|row| at(row, from(row), length)).collect();
                return Ok(take(fixed.values(), &positions, None)?);
            }
            let lists = list.lists()?;
            let positions: UInt32Array = (0..rows)
                .map(|row| {
                    let span = &lists.value_offsets()[list.at(row)..][..2];
                    at(row, span[0].into(), (span[1] - span[0]).into())
                })
                .collect();
            Ok(take(lists.values(), &positions, None)?)
        })
    }
}
