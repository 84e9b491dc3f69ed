//! `decode_image`

use arrow::array::{Array, AsArray};
use weft_core::function::{ArgType, Default, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::types::ImageMode;
use weft_core::{Error, Result, Series, Type, Value};

use super::frame;
use crate::codec;
use crate::column::PicturesBuilder;

pub(super) struct Call;

static INFO: Function = Function {
    name: "decode_image",
    family: Family::Image,
    summary: "The picture in the bytes of a PNG, JPEG, GIF, TIFF, BMP or WebP file.",
    params: &[
        Param::required("bytes", "binary", "the file's content"),
        Param::option("mode", "str", Default::Null, "L, LA, RGB, RGBA, L16 …; the picture's own unless given"),
        Param::option("on_error", "str", Default::Str("raise"), "null makes what cannot be decoded null"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "'not a picture'.decode().decode_image(on_error: null) is null", result: "true" }],
};

/// The mode that the argument asks for.
fn mode(value: &Value) -> Result<Option<ImageMode>> {
    match value {
        Value::Null => Ok(None),
        Value::String(name) => name.parse().map(Some),
        other => Err(Error::argument(format!("{other} is no image mode"))),
    }
}

/// Whether errors are nulls.
fn forgiving(value: &Value) -> Result<bool> {
    match value {
        Value::Null => Ok(true),
        Value::String(choice) if &**choice == "null" => Ok(true),
        Value::String(choice) if &**choice == "raise" => Ok(false),
        other => Err(Error::argument(format!("`on_error` is \"raise\" or null, not {other}"))),
    }
}

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        frame::HEAVY.nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let [bytes, ..] = args else { return Err(frame::missing()) };
        if !matches!(bytes.ty, Type::Binary | Type::Null) {
            return Err(frame::refuse(&INFO, 0, bytes.ty));
        }
        forgiving(frame::literal(&INFO, args, 2)?)?;
        let mode = mode(frame::literal(&INFO, args, 1)?)?;
        Ok(Signature { args: vec![Type::Binary, Type::String, Type::String], output: Type::Image(mode) })
    }

    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let array = args.first().ok_or_else(frame::missing)?.to_flat()?;
        let files = array.as_binary_view_opt().ok_or_else(|| Error::internal("decode_image of no bytes"))?;
        let mode = mode(&frame::constant(args, 1)?)?;
        let forgiving = forgiving(&frame::constant(args, 2)?)?;
        let mut out = PicturesBuilder::default();
        for row in 0..rows {
            query.cancel.check()?;
            if files.is_null(row) {
                out.append(None);
                continue;
            }
            let picture = codec::decode(files.value(row)).and_then(|p| match mode {
                Some(mode) => p.convert(mode),
                None => Ok(p),
            });
            match picture {
                Ok(picture) => out.append(Some(&picture)),
                Err(_) if forgiving => out.append(None),
                Err(error) => return Err(error),
            }
        }
        out.finish(&Type::Image(mode))
    }

    /// The mean of what the first headers announce.
    fn output_bytes(&self, args: &[Series]) -> usize {
        let Some(Ok(array)) = args.first().map(Series::to_flat) else { return 0 };
        let Some(files) = array.as_binary_view_opt() else { return 0 };
        let mode = frame::constant(args, 1).and_then(|m| mode(&m)).ok().flatten();
        let rows = files.len().min(16);
        let sizes = (0..rows).filter(|&row| files.is_valid(row)).filter_map(|row| codec::dimensions(files.value(row)).ok());
        let bytes: u64 = sizes.map(|(w, h, own)| codec::bytes_of(mode.unwrap_or(own), w, h)).sum();
        bytes as usize / rows.max(1)
    }
}
