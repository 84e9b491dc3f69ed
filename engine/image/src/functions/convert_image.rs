//! `convert_image`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::types::ImageMode;
use weft_core::{Error, Result, Series, Type};

use super::frame;

pub(super) struct Call;

static INFO: Function = Function {
    name: "convert_image",
    family: Family::Image,
    summary: "The picture in another mode; alpha is dropped or added opaque, depth is scaled.",
    params: &[
        Param::required("img", "an image", "the picture"),
        Param::required("mode", "str", "L, LA, RGB, RGBA, L16, LA16, RGB16, RGBA16, RGB32F or RGBA32F"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.convert_image('L') is null", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        frame::HEAVY
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let image = frame::image(&INFO, args, 0)?;
        let mode = frame::literal(&INFO, args, 1)?;
        let mode: ImageMode = mode.as_str().ok_or_else(|| Error::argument("`mode` must be the name of a mode"))?.parse()?;
        Ok(Signature { args: vec![image, Type::String], output: Type::Image(Some(mode)) })
    }

    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let mode = frame::constant(args, 1)?;
        let mode: ImageMode = mode.as_str().unwrap_or("RGB").parse()?;
        frame::each_picture(args, rows, &Type::Image(Some(mode)), query, |picture, _| picture.convert(mode).map(Some))
    }

    /// Four channels of floats are the most that one byte a pixel becomes.
    fn output_bytes(&self, args: &[Series]) -> usize {
        frame::mean_bytes(args.first()).saturating_mul(4)
    }
}
