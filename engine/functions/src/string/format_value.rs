//! `format_value`

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float32Type, Float64Type};
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::format_spec::FormatSpec;
use crate::kernel::{args, columns, decimals, strings};
use crate::time::clock_text::Pattern;

pub(super) struct Call;

static INFO: Function = Function {
    name: "format_value",
    family: Family::String,
    summary: "A value written by a format; `{x:.2f}` in an f-string is short for it.",
    params: &[
        Param::required("x", "a number, text, date or time", "the value"),
        Param::required("format", "str", "as `.2f`, `,`, `>10`, `.1%`, `x`; for dates as `%d %b`"),
    ],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "f\"{2 / 3:.2f}\"", result: "0.67" },
        Example { code: "format_value(@2024-03-09, '%d %b')", result: "09 Mar" },
        Example { code: "format_value(1234567, ',')", result: "1,234,567" },
    ],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    /// A timestamp past the calendar cannot be written.
    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let format = args::literal_text(&INFO, args, 1)?;
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Date | Type::Time(_) | Type::Timestamp(..) => args::arg(&INFO, args, 0)?.ty.clone(),
            Type::Float16 => Type::Float32,
            ty if ty.is_numeric() => ty.clone(),
            Type::String | Type::Null | Type::Bool | Type::Uuid | Type::File => Type::String,
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        let fits = match &ty {
            ty if ty.is_temporal() => Pattern::new(format, ty).map(|_| true)?,
            Type::String => FormatSpec::parse(format)?.fits_text(),
            ty => FormatSpec::parse(format)?.fits_number(ty.is_integer()),
        };
        if !fits {
            return Err(Error::argument(format!("the format `{format}` does not fit a value of type {ty}")));
        }
        Ok(Signature { args: vec![ty, Type::String], output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let ty = columns::first_type(args)?;
        let format = columns::literal(args, 1)?;
        let format = format.as_str().unwrap_or_default();
        columns::propagating(&args[..1], rows, Type::String, |columns, rows, nulls| {
            let array = columns::first(columns)?.array();
            if ty.is_temporal() {
                let pattern = Pattern::new(format, &ty)?;
                return strings::written(rows, nulls.as_ref(), |row, out| pattern.write(array, row, out));
            }
            let write = writer(array, &ty, FormatSpec::parse(format)?)?;
            strings::written(rows, nulls.as_ref(), |row, out| {
                write(row, out);
                Ok(())
            })
        })
    }
}

/// Writes one row at the end of a text.
type Writer<'a> = Box<dyn Fn(usize, &mut String) + 'a>;

/// What writes one row of `array`.
fn writer<'a>(array: &'a dyn Array, ty: &Type, spec: FormatSpec) -> Result<Writer<'a>> {
    if let Some(texts) = array.as_string_view_opt() {
        return Ok(Box::new(move |row, out| spec.write_text(texts.value(row), out)));
    }
    if let Some(floats) = array.as_primitive_opt::<Float64Type>() {
        return Ok(Box::new(move |row, out| spec.write_float(floats.value(row), out)));
    }
    if let Some(floats) = array.as_primitive_opt::<Float32Type>() {
        return Ok(Box::new(move |row, out| spec.write_float(short(floats.value(row)), out)));
    }
    if let Type::Decimal { scale, .. } = *ty {
        let digits = decimals::digits(array)?;
        return Ok(Box::new(move |row, out| spec.write_decimal(digits[row], scale, out)));
    }
    with_integer!(array.data_type(), T => {
        let numbers = array.as_primitive::<T>();
        Ok(Box::new(move |row, out| spec.write_integer(numbers.value(row).into(), out)))
    }, other => Err(Error::internal(format!("format_value of {other}"))))
}

/// The float64 that reads like the float32: 0.1 stays 0.1.
fn short(x: f32) -> f64 {
    x.to_string().parse().unwrap_or_else(|_| x.into())
}
