//! `make_list`

use std::sync::Arc;

use arrow::array::ListArray;
use arrow::buffer::OffsetBuffer;
use arrow::compute::interleave;
use arrow::datatypes::DataType;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series, Type};

use crate::kernel::columns;

pub(super) struct Call;

static INFO: Function = Function {
    name: "make_list",
    family: Family::List,
    summary: "A list of the arguments, nulls included; `[x, y]` is short for it.",
    params: &[Param::required("item", "any", "the items, which meet in one type")],
    variadic: true,
    operator: None,
    examples: &[Example { code: "make_list(1, 2).length()", result: "2" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let mut item = Type::Null;
        for arg in args {
            item = common_type(&item, arg.ty).ok_or_else(|| {
                Error::type_mismatch(format!("the items of a list must be of one type, not {item} and {}", arg.ty))
            })?;
        }
        Ok(Signature { args: vec![item.clone(); args.len()], output: Type::list(item) })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let output = Type::list(columns::first_type(args)?);
        let DataType::List(field) = output.to_arrow() else { return Err(Error::internal("a list that is none")) };
        columns::handling(args, rows, output, |columns, rows| {
            let arrays: Vec<&dyn arrow::array::Array> = columns.iter().map(|c| c.array().as_ref()).collect();
            let row = |row| columns.iter().enumerate().map(move |(i, c)| (i, c.at(row)));
            let items: Vec<(usize, usize)> = (0..rows).flat_map(row).collect();
            let offsets = OffsetBuffer::from_repeated_length(columns.len(), rows);
            Ok(Arc::new(ListArray::try_new(field, offsets, interleave(&arrays, &items)?, None)?))
        })
    }
}
