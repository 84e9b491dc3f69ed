//! `list_sum`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{Float64Type, Int64Type};
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "list_sum",
    family: Family::List,
    summary: "The sum of a list's items, nulls left out; null for a list without any.",
    params: &[Param::required("list", "a list of numbers", "the list")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "list_sum([1, 2, 3])", result: "6" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible().nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let list = args::arg(&INFO, args, 0)?.ty;
        let item = match list {
            Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _) => item.as_ref(),
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        let item = match item {
            item if item.is_integer() => Type::Int64,
            item if item.is_numeric() => Type::Float64,
            Type::Null => Type::Int64,
            _ => return Err(args::refuse(&INFO, 0, list)),
        };
        Ok(Signature { args: vec![Type::list(item.clone())], output: item })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let Type::List(item) = columns::first_type(args)? else { return Err(Error::internal("list_sum of no list")) };
        columns::propagating(args, rows, item.as_ref().clone(), |columns, rows, nulls| {
            let lists = columns::first(columns)?.lists()?;
            let (items, offsets) = (lists.values(), lists.value_offsets());
            let valid = |row: usize| (offsets[row] as usize..offsets[row + 1] as usize).filter(|&i| items.is_valid(i));
            let any: Vec<bool> =
                (0..rows).map(|row| nulls.as_ref().is_none_or(|n| n.is_valid(row)) && valid(row).next().is_some()).collect();
            let nulls = Some(NullBuffer::from(any));
            if let Some(floats) = items.as_primitive_opt::<Float64Type>() {
                let sum = |row| valid(row).map(|i| floats.value(i)).sum();
                return Ok(Arc::new(columns::primitives::<Float64Type>(rows, nulls, sum)) as ArrayRef);
            }
            let integers = items.as_primitive_opt::<Int64Type>().ok_or_else(|| Error::internal("list_sum of no numbers"))?;
            let sums = columns::try_primitives::<Int64Type>(rows, nulls, |row| {
                let sum: i128 = valid(row).map(|i| i128::from(integers.value(i))).sum();
                sum.try_into().map_err(|_| Error::value(format!("the sum {sum} of a list does not fit into int")))
            })?;
            Ok(Arc::new(sums) as ArrayRef)
        })
    }
}
