//! `crop`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::frame;

pub(super) struct Call;

static INFO: Function = Function {
    name: "crop",
    family: Family::Image,
    summary: "A part of the picture, as far as the picture goes.",
    params: &[
        Param::required("img", "an image", "the picture"),
        Param::required("x", "int", "the first column of pixels, from 0"),
        Param::required("y", "int", "the first row, from 0"),
        Param::required("width", "int", "pixels in a row"),
        Param::required("height", "int", "rows"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.crop(0, 0, 10, 10) is null", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        frame::HEAVY
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let output = frame::image(&INFO, args, 0)?;
        let mut types = vec![output.clone()];
        for i in 1..5 {
            types.push(frame::int(&INFO, args, i)?);
        }
        Ok(Signature { args: types, output })
    }

    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let output = args.first().ok_or_else(frame::missing)?.ty();
        frame::each_picture(args, rows, output, query, |picture, row| {
            let at = |i| frame::pixels(&INFO, args, i, row);
            match (at(1)?, at(2)?, at(3)?, at(4)?) {
                (Some(x), Some(y), Some(width), Some(height)) => picture.crop(x, y, width, height).map(Some),
                _ => Ok(None),
            }
        })
    }

    fn output_bytes(&self, args: &[Series]) -> usize {
        frame::mean_bytes(args.first())
    }
}
