//! `image_width`

use std::sync::Arc;

use arrow::array::Int64Array;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use super::frame;
use crate::column::Pictures;

pub(super) struct Call;

static INFO: Function = Function {
    name: "image_width",
    family: Family::Image,
    summary: "The picture's pixels in a row.",
    params: &[Param::required("img", "an image", "the picture")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.image_width() is null", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: vec![frame::image(&INFO, args, 0)?], output: Type::Int64 })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let pictures = Pictures::new(&args.first().ok_or_else(frame::missing)?.to_flat()?)?;
        let size = |row| (!pictures.is_null(row)).then(|| i64::from(pictures.width.value(row)));
        Series::new(Type::Int64, Arc::new((0..rows).map(size).collect::<Int64Array>()))
    }
}
