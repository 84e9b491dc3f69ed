//! `resize`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use super::frame;

pub(super) struct Call;

static INFO: Function = Function {
    name: "resize",
    family: Family::Image,
    summary: "The picture at exactly this size, by a bilinear filter that covers all pixels it shrinks.",
    params: &[
        Param::required("img", "an image", "the picture"),
        Param::required("width", "int", "pixels in a row"),
        Param::required("height", "int", "rows"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.resize(224, 224) is null", result: "true" }],
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
        let args = vec![image.clone(), frame::int(&INFO, args, 1)?, frame::int(&INFO, args, 2)?];
        Ok(Signature { args, output: image })
    }

    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let output = args.first().ok_or_else(frame::missing)?.ty();
        frame::each_picture(args, rows, output, query, |picture, row| {
            match (frame::pixels(&INFO, args, 1, row)?, frame::pixels(&INFO, args, 2, row)?) {
                (Some(width), Some(height)) => picture.resize(width, height).map(Some),
                _ => Ok(None),
            }
        })
    }

    fn output_bytes(&self, args: &[Series]) -> usize {
        let size = |i: usize| match args.get(i) {
            Some(series) if !series.is_empty() => series.value(0).ok().and_then(|v| v.as_int()).unwrap_or(0).max(0),
            _ => 0,
        };
        let pixel = match args.first().map(Series::ty) {
            Some(Type::Image(Some(mode))) => mode.bytes_per_pixel(),
            _ => 4,
        };
        (size(1) as usize).saturating_mul(size(2) as usize).saturating_mul(pixel)
    }
}
