//! Arguments checked during resolution, with messages that name function, parameter and type.

use weft_core::function::{ArgType, Function, Signature};
use weft_core::{Error, Result, Type, Value};

/// Argument `i`, or an internal error (callers fill in defaults first).
pub(crate) fn arg<'a, 'b>(info: &Function, args: &'b [ArgType<'a>], i: usize) -> Result<&'b ArgType<'a>> {
    args.get(i).ok_or_else(|| Error::internal(format!("`{}` was resolved without its argument {i}", info.name)))
}

/// `` `upper` takes str as `text`, not int ``.
pub(crate) fn refuse(info: &Function, i: usize, ty: &Type) -> Error {
    let message = match info.params.get(i).or(info.params.last()) {
        Some(param) => format!("`{}` takes {} as `{}`, not {ty}", info.name, param.takes, param.name),
        None => format!("`{}` takes no {ty}", info.name),
    };
    Error::type_mismatch(message)
}

/// Argument `i` as text: `str`, or a null.
pub(crate) fn text(info: &Function, args: &[ArgType<'_>], i: usize) -> Result<Type> {
    match arg(info, args, i)?.ty {
        Type::String | Type::Null => Ok(Type::String),
        other => Err(refuse(info, i, other)),
    }
}

/// Argument `i` as an `int`: any integer, or a null.
pub(crate) fn int(info: &Function, args: &[ArgType<'_>], i: usize) -> Result<Type> {
    match arg(info, args, i)?.ty {
        ty if ty.is_integer() => Ok(Type::Int64),
        Type::Null => Ok(Type::Int64),
        other => Err(refuse(info, i, other)),
    }
}

/// Argument `i` as a number of its own type; `float16` as `float32`, nulls as `int`.
pub(crate) fn number(info: &Function, args: &[ArgType<'_>], i: usize) -> Result<Type> {
    match arg(info, args, i)?.ty {
        Type::Float16 => Ok(Type::Float32),
        Type::Null => Ok(Type::Int64),
        ty if ty.is_numeric() => Ok(ty.clone()),
        other => Err(refuse(info, i, other)),
    }
}

/// One number as a `float`, giving a `float`.
pub(crate) fn float_to_float(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    number(info, args, 0)?;
    Ok(Signature { args: vec![Type::Float64], output: Type::Float64 })
}

/// All arguments as text, giving `output`.
pub(crate) fn texts(info: &Function, args: &[ArgType<'_>], output: Type) -> Result<Signature> {
    let args = (0..args.len()).map(|i| text(info, args, i)).collect::<Result<_>>()?;
    Ok(Signature { args, output })
}

/// Argument `i`, which must be a literal.
pub(crate) fn literal<'a>(info: &Function, args: &[ArgType<'a>], i: usize) -> Result<&'a Value> {
    let name = info.params.get(i).or(info.params.last()).map_or("", |p| p.name);
    arg(info, args, i)?
        .value
        .ok_or_else(|| Error::argument(format!("`{name}` of `{}` must be a plain value, not a column", info.name)))
}

/// Argument `i`, which must be a text literal.
pub(crate) fn literal_text<'a>(info: &Function, args: &[ArgType<'a>], i: usize) -> Result<&'a str> {
    let value = literal(info, args, i)?;
    value.as_str().ok_or_else(|| refuse(info, i, arg(info, args, i).map_or(&Type::Null, |a| a.ty)))
}
