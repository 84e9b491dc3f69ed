//! Expressions as the language writes them: for `explain`, column names and messages.

use std::fmt;

use super::{CastMode, ColumnRef, Expr, ExprKind, SortKey};
use crate::types::{TimeUnit, Type};
use crate::value::Value;

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Column(ColumnRef::Name(name)) => write_name(f, name),
            ExprKind::Column(ColumnRef::Index(index)) => write!(f, "#{index}"),
            ExprKind::Literal(value) => write_literal(f, value, &self.ty),
            ExprKind::Call { function, args } => match (function.info().operator, args.as_slice()) {
                (Some(op), [a, b]) => write!(f, "{} {op} {}", Nested(a), Nested(b)),
                (Some(op), [a]) => write!(f, "{op}{}", Nested(a)),
                _ => write_call(f, function.info().name, &args[..function.info().written(args)]),
            },
            ExprKind::Cast { input, mode: CastMode::Strict } => write!(f, "{}::{}", Nested(input), self.ty),
            ExprKind::Cast { input, mode: CastMode::Try } => write!(f, "{}::?{}", Nested(input), self.ty),
            ExprKind::And(parts) => write_joined(f, parts, " and "),
            ExprKind::Or(parts) => write_joined(f, parts, " or "),
            ExprKind::Coalesce(parts) => write_joined(f, parts, " ?? "),
            ExprKind::Case { branches, otherwise } => {
                f.write_str("case { ")?;
                for (i, (condition, value)) in branches.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{condition} => {value}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, ", else => {otherwise}")?;
                }
                f.write_str(" }")
            }
            ExprKind::InList { input, list } => {
                write!(f, "{} in [", Nested(input))?;
                for (i, value) in list.iter().take(20).enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    write_literal(f, value, &input.ty)?;
                }
                f.write_str(if list.len() > 20 { ", …]" } else { "]" })
            }
            ExprKind::Scalar(subquery) => write!(f, "{subquery}"),
            ExprKind::InTable { input, table } => write!(f, "{} in {table}", Nested(input)),
        }
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.expr)?;
        f.write_str(if self.descending { " desc" } else { "" })?;
        f.write_str(if self.nulls_first { " nulls first" } else { "" })
    }
}

/// An operand, in parentheses where it is more than one word.
struct Nested<'a>(&'a Expr);

impl fmt::Display for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compound = match &self.0.kind {
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Coalesce(_) => true,
            ExprKind::InList { .. } | ExprKind::InTable { .. } => true,
            ExprKind::Call { function, .. } => function.info().operator.is_some(),
            _ => false,
        };
        if compound { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

fn write_call(f: &mut fmt::Formatter<'_>, name: &str, args: &[Expr]) -> fmt::Result {
    write!(f, "{name}(")?;
    for (i, arg) in args.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}{arg}")?;
    }
    f.write_str(")")
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Expr], word: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        let word = if i == 0 { "" } else { word };
        write!(f, "{word}{}", Nested(part))?;
    }
    Ok(())
}

/// A name, in backticks where the language needs them.
pub(crate) fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_');
    if plain { f.write_str(name) } else { write!(f, "`{}`", name.replace('`', "\\`")) }
}

fn write_literal(f: &mut fmt::Formatter<'_>, value: &Value, ty: &Type) -> fmt::Result {
    match (value, ty) {
        (Value::Date(_), _) => write!(f, "@{value}"),
        (Value::Timestamp(n), Type::Timestamp(unit, _)) => write!(f, "@{}", timestamp_text(*n, *unit)),
        (Value::Duration(n), Type::Duration(unit)) => write!(f, "{n}{unit}"),
        _ => write!(f, "{value}"),
    }
}

/// Units since 1970-01-01 as `2024-01-31T10:00:00.5`, or the count where the calendar ends.
fn timestamp_text(n: i64, unit: TimeUnit) -> String {
    let per = unit.per_second();
    let nanos = (n.rem_euclid(per) * (1_000_000_000 / per)) as u32;
    chrono::DateTime::from_timestamp(n.div_euclid(per), nanos)
        .map_or_else(|| format!("{n}{unit}"), |t| t.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
}
