//! Types as written behind `::`.

use std::sync::Arc;

use weft_core::types::ImageMode;
use weft_core::{Field, TimeUnit, Type};

use super::{Context, Outcome};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{Arg, ExprKind, Literal, Name, TypeExpr, TypeKind};

/// Types without arguments.
const PLAIN: &[(&str, Type)] = &[
    ("null", Type::Null),
    ("bool", Type::Bool),
    ("int", Type::Int64),
    ("int8", Type::Int8),
    ("int16", Type::Int16),
    ("int32", Type::Int32),
    ("int64", Type::Int64),
    ("uint8", Type::UInt8),
    ("uint16", Type::UInt16),
    ("uint32", Type::UInt32),
    ("uint64", Type::UInt64),
    ("float", Type::Float64),
    ("float16", Type::Float16),
    ("float32", Type::Float32),
    ("float64", Type::Float64),
    ("decimal", Type::Decimal { precision: 38, scale: 9 }),
    ("str", Type::String),
    ("binary", Type::Binary),
    ("date", Type::Date),
    ("time", Type::Time(TimeUnit::Microsecond)),
    ("timestamp", Type::Timestamp(TimeUnit::Microsecond, None)),
    ("duration", Type::Duration(TimeUnit::Microsecond)),
    ("interval", Type::Interval),
    ("image", Type::Image(None)),
    ("file", Type::File),
    ("uuid", Type::Uuid),
];

/// Names that other languages use.
const FOREIGN: &[(&str, &str)] = &[
    ("string", "str"),
    ("text", "str"),
    ("varchar", "str"),
    ("utf8", "str"),
    ("integer", "int"),
    ("bigint", "int"),
    ("long", "int"),
    ("double", "float"),
    ("real", "float32"),
    ("boolean", "bool"),
    ("datetime", "timestamp"),
    ("numeric", "decimal"),
    ("bytes", "binary"),
    ("blob", "binary"),
    ("timedelta", "duration"),
];

impl Context<'_> {
    /// The type that is written.
    pub(crate) fn type_of(&mut self, ty: &TypeExpr) -> Outcome<Type> {
        match &ty.kind {
            TypeKind::List(item) => Ok(Type::list(self.type_of(item)?)),
            TypeKind::Struct(members) => {
                let mut fields = Vec::with_capacity(members.len());
                for (name, ty) in members {
                    fields.push(Field::new(name.text.as_str(), self.type_of(ty)?));
                }
                Ok(Type::Struct(fields.into()))
            }
            TypeKind::Named { name, args } if args.is_empty() => match plain(&name.text) {
                Some(ty) => Ok(ty),
                None => self.no_type(name),
            },
            TypeKind::Named { name, args } => match with_args(&name.text, args) {
                Some(ty) => Ok(ty),
                None if plain(&name.text).is_none() && !PARAMETRIC.contains(&name.text.as_str()) => self.no_type(name),
                None => self.error(Code::UNKNOWN_TYPE, format!("`{}` does not take these arguments", name.text), ty.span),
            },
        }
    }

    fn no_type<T>(&mut self, name: &Name) -> Outcome<T> {
        let diagnostic = Diagnostic::error(Code::UNKNOWN_TYPE, format!("no type `{}`", name.text), name.span);
        let lower = name.text.to_lowercase();
        let foreign = FOREIGN.iter().find(|(there, _)| *there == lower).map(|(_, here)| *here);
        let near = foreign.or_else(|| suggest(&name.text, PLAIN.iter().map(|(n, _)| *n)));
        self.fail(match near {
            Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")),
            None => diagnostic.help("`help E0214` lists the types"),
        })
    }
}

/// Types that only stand with arguments.
const PARAMETRIC: &[&str] = &["list", "map", "embedding", "tensor", "sparse_tensor"];

fn plain(name: &str) -> Option<Type> {
    PLAIN.iter().find(|(known, _)| *known == name).map(|(_, ty)| ty.clone())
}

fn with_args(name: &str, args: &[Arg]) -> Option<Type> {
    Some(match (name, args) {
        ("decimal", [p]) => decimal(number(p)?, 0)?,
        ("decimal", [p, s]) => decimal(number(p)?, number(s)?)?,
        ("binary", [n]) => Type::FixedBinary(u32::try_from(number(n)?).ok()?),
        ("time", [u]) => Type::Time(unit(u)?),
        ("duration", [u]) => Type::Duration(unit(u)?),
        ("timestamp", [u]) => match unit(u) {
            Some(unit) => Type::Timestamp(unit, None),
            None => Type::Timestamp(TimeUnit::Microsecond, Some(zone(u)?)),
        },
        ("timestamp", [u, z]) => Type::Timestamp(unit(u)?, Some(zone(z)?)),
        ("list", [item]) => Type::list(nested(item)?),
        ("list", [item, n]) => Type::FixedList(nested(item)?.into(), u32::try_from(number(n)?).ok()?),
        ("map", [key, value]) => Type::Map(nested(key)?.into(), nested(value)?.into()),
        ("embedding", [item, n]) => Type::Embedding(nested(item)?.into(), u32::try_from(number(n)?).ok()?),
        ("tensor", [item]) => Type::Tensor(nested(item)?.into(), None),
        ("tensor", [item, shape @ ..]) => {
            let shape = shape.iter().map(|n| u64::try_from(number(n)?).ok()).collect::<Option<Vec<_>>>()?;
            Type::Tensor(nested(item)?.into(), Some(shape.into()))
        }
        ("sparse_tensor", [item]) => Type::SparseTensor(nested(item)?.into()),
        ("image", [mode]) => Type::Image(Some(text(mode)?.parse::<ImageMode>().ok()?)),
        _ => return None,
    })
}

fn decimal(precision: i128, scale: i128) -> Option<Type> {
    let (precision, scale) = (u8::try_from(precision).ok()?, i8::try_from(scale).ok()?);
    ((1..=38).contains(&precision) && (0..=precision as i8).contains(&scale)).then_some(Type::Decimal { precision, scale })
}

fn number(arg: &Arg) -> Option<i128> {
    match arg.value.as_expr()?.as_literal()? {
        Literal::Int(n) => Some(*n),
        _ => None,
    }
}

fn text(arg: &Arg) -> Option<&str> {
    match arg.value.as_expr()?.as_literal()? {
        Literal::Str(text) => Some(text),
        _ => None,
    }
}

fn unit(arg: &Arg) -> Option<TimeUnit> {
    Some(match text(arg)? {
        "s" => TimeUnit::Second,
        "ms" => TimeUnit::Millisecond,
        "us" => TimeUnit::Microsecond,
        "ns" => TimeUnit::Nanosecond,
        _ => return None,
    })
}

fn zone(arg: &Arg) -> Option<Arc<str>> {
    let name = text(arg)?;
    let offset = name.len() == 6 && name.starts_with(['+', '-']) && name.as_bytes().get(3) == Some(&b':');
    (offset || name.parse::<chrono_tz::Tz>().is_ok()).then(|| name.into())
}

/// A type inside another, which the grammar reads as an expression.
fn nested(arg: &Arg) -> Option<Type> {
    match &arg.value.as_expr()?.kind {
        ExprKind::Name(name) => plain(&name.text),
        ExprKind::Call { name, args } => with_args(&name.text, args),
        ExprKind::List(items) => match items.as_slice() {
            [item] => match &item.kind {
                ExprKind::Name(name) => Some(Type::list(plain(&name.text)?)),
                ExprKind::Call { name, args } => Some(Type::list(with_args(&name.text, args)?)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
