//! `encode_image`

use arrow::array::BinaryViewBuilder;
use std::sync::Arc;
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::frame;
use crate::codec::{self, Format};
use crate::column::Pictures;

pub(super) struct Call;

static INFO: Function = Function {
    name: "encode_image",
    family: Family::Image,
    summary: "The picture as the bytes of a file; what the format cannot hold (alpha, depth) is dropped.",
    params: &[
        Param::required("img", "an image", "the picture"),
        Param::choice("format", Format::NAMES, Default::Str("png"), "the file format"),
        Param::option("quality", "int", Default::Int(75), "1 to 100, for JPEG"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "null.encode_image('jpeg') is null", result: "true" }],
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
        let format = frame::literal(&INFO, args, 1)?;
        Format::parse(format.as_str().ok_or_else(|| Error::argument("`format` of `encode_image` must be a name"))?)?;
        quality(frame::literal(&INFO, args, 2)?.as_int())?;
        Ok(Signature { args: vec![image, Type::String, Type::Int64], output: Type::Binary })
    }

    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let pictures = Pictures::new(&args.first().ok_or_else(frame::missing)?.to_flat()?)?;
        let format = Format::parse(frame::constant(args, 1)?.as_str().unwrap_or("png"))?;
        let quality = quality(frame::constant(args, 2)?.as_int().or(Some(75)))?;
        let mut out = BinaryViewBuilder::with_capacity(rows);
        for row in 0..rows {
            query.cancel.check()?;
            match pictures.get(row)? {
                Some(picture) => out.append_value(codec::encode(picture, format, quality)?),
                None => out.append_null(),
            }
        }
        Series::new(Type::Binary, Arc::new(out.finish()))
    }

    /// Files are seldom larger than their pixels.
    fn output_bytes(&self, args: &[Series]) -> usize {
        frame::mean_bytes(args.first())
    }
}

fn quality(n: Option<i64>) -> Result<u8> {
    let quality = n.and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=100).contains(n));
    quality.ok_or_else(|| Error::argument("`quality` of `encode_image` is a number from 1 to 100"))
}
