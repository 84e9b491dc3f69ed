//! `image_mode`

use std::sync::Arc;

use arrow::array::StringViewArray;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use super::frame;
use crate::column::Pictures;

pub(super) struct Call;

static INFO: Function = Function {
    name: "image_mode",
    family: Family::Image,
    summary: "The picture's mode: L, LA, RGB, RGBA, L16 and so on.",
    params: &[Param::required("img", "an image", "the picture")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.image_mode() is null", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: vec![frame::image(&INFO, args, 0)?], output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let pictures = Pictures::new(&args.first().ok_or_else(frame::missing)?.to_flat()?)?;
        let name = |row| if pictures.is_null(row) { Ok(None) } else { pictures.mode(row).map(|m| Some(m.name())) };
        let names = (0..rows).map(name).collect::<Result<StringViewArray>>()?;
        Series::new(Type::String, Arc::new(names))
    }
}
