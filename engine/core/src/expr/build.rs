//! Building typed expressions: coercion happens here and nowhere else.

use std::sync::Arc;

use super::{CastMode, ColumnRef, Expr, ExprKind};
use crate::error::{Error, Result};
use crate::function::{ArgType, Nulls};
use crate::origin::Origin;
use crate::registry::FunctionRef;
use crate::schema::{Field, Schema};
use crate::subquery::Subquery;
use crate::types::{Type, common_type};
use crate::value::Value;

impl Expr {
    /// The column `name` of `schema`.
    pub fn column(schema: &Schema, name: &str) -> Result<Expr> {
        let field = schema.field(name).ok_or_else(|| Error::not_found(format!("no column `{name}`")))?;
        Ok(Expr::of_field(field))
    }

    /// The column that `field` describes.
    pub fn of_field(field: &Field) -> Expr {
        let kind = ExprKind::Column(ColumnRef::Name(Arc::clone(&field.name)));
        Expr { kind, ty: field.ty.clone(), nullable: field.nullable, origin: Origin::NONE }
    }

    /// The column at position `index`, for lowered expressions.
    pub fn index(index: usize, ty: Type, nullable: bool) -> Expr {
        Expr { kind: ExprKind::Column(ColumnRef::Index(index)), ty, nullable, origin: Origin::NONE }
    }

    /// A value of type `ty`.
    pub fn literal(ty: Type, value: Value) -> Expr {
        let nullable = value.is_null();
        Expr { kind: ExprKind::Literal(value), ty, nullable, origin: Origin::NONE }
    }

    /// An integer literal.
    pub fn int(n: i64) -> Expr {
        Expr::literal(Type::Int64, Value::Int(n))
    }

    /// A text literal.
    pub fn string(text: &str) -> Expr {
        Expr::literal(Type::String, Value::string(text))
    }

    /// A truth value.
    pub fn bool(b: bool) -> Expr {
        Expr::literal(Type::Bool, Value::Bool(b))
    }

    /// Sets where the expression was written.
    pub fn at(mut self, origin: Origin) -> Expr {
        self.origin = origin;
        self
    }

    /// The value of a literal.
    pub fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The name of a column reference.
    pub fn as_column(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ExprKind::Column(ColumnRef::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// A call of `function`, its arguments cast to what its signature asks for.
    ///
    /// # Errors
    /// When there are too many or too few arguments or their types do not fit; the message names the function.
    pub fn call(function: FunctionRef, mut args: Vec<Expr>) -> Result<Expr> {
        let info = function.info();
        info.fill_defaults(&mut args)?;
        let types: Vec<ArgType<'_>> =
            args.iter().map(|a| ArgType { ty: &a.ty, nullable: a.nullable, value: a.as_literal() }).collect();
        let signature = function.resolve(&types)?;
        if signature.args.len() != args.len() {
            return Err(Error::internal(format!(
                "`{}` resolved {} of {} arguments",
                info.name,
                signature.args.len(),
                args.len()
            )));
        }
        let args: Vec<Expr> = args.into_iter().zip(&signature.args).map(|(a, ty)| a.coerced(ty)).collect();
        let nullable = match function.properties().nulls {
            Nulls::Propagate => args.iter().any(|a| a.nullable),
            Nulls::Never => false,
            Nulls::Handles => true,
        };
        Ok(Expr { kind: ExprKind::Call { function, args }, ty: signature.output, nullable, origin: Origin::NONE })
    }

    /// The same value as a `ty`: nothing to do, a literal made over, or a strict cast.
    pub fn coerced(self, ty: &Type) -> Expr {
        if &self.ty == ty {
            return self;
        }
        if let Some(value) = self.as_literal().and_then(|v| literal_as(v, ty)) {
            let origin = self.origin;
            return Expr::literal(ty.clone(), value).at(origin);
        }
        self.cast(ty.clone(), CastMode::Strict)
    }

    /// A cast; casts to the same type vanish.
    pub fn cast(self, ty: Type, mode: CastMode) -> Expr {
        if self.ty == ty {
            return self;
        }
        let (nullable, origin) = (self.nullable || mode == CastMode::Try, self.origin);
        Expr { kind: ExprKind::Cast { input: Box::new(self), mode }, ty, nullable, origin }
    }

    /// All of `parts`, flattened; `true` for none.
    pub fn and(parts: Vec<Expr>) -> Expr {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part.kind {
                ExprKind::And(inner) => flat.extend(inner),
                _ => flat.push(part),
            }
        }
        match flat.len() {
            0 => Expr::bool(true),
            1 => flat.remove(0),
            _ => {
                let nullable = flat.iter().any(|p| p.nullable);
                Expr { kind: ExprKind::And(flat), ty: Type::Bool, nullable, origin: Origin::NONE }
            }
        }
    }

    /// Any of `parts`, flattened; `false` for none.
    pub fn or(parts: Vec<Expr>) -> Expr {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part.kind {
                ExprKind::Or(inner) => flat.extend(inner),
                _ => flat.push(part),
            }
        }
        match flat.len() {
            0 => Expr::bool(false),
            1 => flat.remove(0),
            _ => {
                let nullable = flat.iter().any(|p| p.nullable);
                Expr { kind: ExprKind::Or(flat), ty: Type::Bool, nullable, origin: Origin::NONE }
            }
        }
    }

    /// `case`: conditions are bool, values meet in one type.
    pub fn case(branches: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Result<Expr> {
        let values = branches.iter().map(|(_, v)| v).chain(otherwise.as_ref());
        let ty = meet("the values of a `case`", values)?;
        if let Some((condition, _)) = branches.iter().find(|(c, _)| !matches!(c.ty, Type::Bool | Type::Null)) {
            return Err(Error::type_mismatch(format!("a condition must be bool, not {}", condition.ty)).at(condition.origin));
        }
        let nullable = otherwise.as_ref().is_none_or(|o| o.nullable) || branches.iter().any(|(_, v)| v.nullable);
        let branches = branches.into_iter().map(|(c, v)| (c.coerced(&Type::Bool), v.coerced(&ty))).collect();
        let otherwise = otherwise.map(|o| Box::new(o.coerced(&ty)));
        Ok(Expr { kind: ExprKind::Case { branches, otherwise }, ty, nullable, origin: Origin::NONE })
    }

    /// The first that is not null; they meet in one type.
    pub fn coalesce(parts: Vec<Expr>) -> Result<Expr> {
        let ty = meet("the sides of `??`", parts.iter())?;
        let nullable = parts.iter().all(|p| p.nullable);
        let parts = parts.into_iter().map(|p| p.coerced(&ty)).collect();
        Ok(Expr { kind: ExprKind::Coalesce(parts), ty, nullable, origin: Origin::NONE })
    }

    /// `input in [values]`; nulls among the values are ignored.
    pub fn in_list(input: Expr, values: Vec<Expr>) -> Result<Expr> {
        let ty = meet("a value and the list it is looked for in", std::iter::once(&input).chain(&values))?;
        let mut list = Vec::with_capacity(values.len());
        for value in values {
            let (origin, coerced) = (value.origin, value.coerced(&ty));
            match coerced.as_literal() {
                Some(Value::Null) => {}
                Some(value) => list.push(value.clone()),
                None => return Err(Error::argument("the list after `in` must hold plain values").at(origin)),
            }
        }
        let input = input.coerced(&ty);
        let nullable = input.nullable;
        Ok(Expr {
            kind: ExprKind::InList { input: Box::new(input), list: list.into() },
            ty: Type::Bool,
            nullable,
            origin: Origin::NONE,
        })
    }
}

/// Expressions that read sub-pipelines.
impl Expr {
    /// The only value, of type `ty`, of a sub-pipeline.
    pub fn scalar(subquery: Subquery, ty: Type, nullable: bool) -> Expr {
        Expr { kind: ExprKind::Scalar(subquery), ty, nullable, origin: Origin::NONE }
    }

    /// Whether `input` is among the values of a sub-pipeline, which are of its type.
    pub fn in_table(input: Expr, table: Subquery) -> Expr {
        let nullable = input.nullable;
        let kind = ExprKind::InTable { input: Box::new(input), table };
        Expr { kind, ty: Type::Bool, nullable, origin: Origin::NONE }
    }
}

fn meet<'a>(what: &str, parts: impl Iterator<Item = &'a Expr>) -> Result<Type> {
    let mut ty = Type::Null;
    for part in parts {
        let message = || Error::type_mismatch(format!("{what} must be of one type, not {ty} and {}", part.ty)).at(part.origin);
        // A number written out takes the column's type where it fits, as in arithmetic.
        ty = match part.as_literal() {
            Some(value) if ty != Type::Null && literal_as(value, &ty).is_some() => continue,
            _ => common_type(&ty, &part.ty).ok_or_else(message)?,
        };
    }
    Ok(ty)
}

/// A literal as another type, where nothing is lost.
pub(super) fn literal_as(value: &Value, ty: &Type) -> Option<Value> {
    Some(match (value, ty) {
        (Value::Null, _) => Value::Null,
        (Value::Int(_) | Value::UInt(_), t) if t.is_integer() => {
            value.to_array(t).ok()?;
            value.clone()
        }
        (Value::Int(n), Type::Float64) if (*n as f64) as i64 == *n && n.unsigned_abs() < (1 << 53) => Value::Float(*n as f64),
        (Value::Decimal(digits, scale), Type::Float64) => {
            // Text to float rounds once; digits divided by a power of ten would round twice.
            Value::Float(crate::value::text::decimal_text(*digits, *scale).parse().ok()?)
        }
        (Value::Int(_) | Value::Decimal(..), Type::Decimal { scale, .. }) => {
            let array = value.to_array(ty).ok()?;
            debug_assert_eq!(array.len(), 1);
            match value {
                Value::Int(n) => {
                    Value::Decimal(10i128.checked_pow(u32::try_from(*scale).ok()?)?.checked_mul(i128::from(*n))?, *scale)
                }
                Value::Decimal(d, s) => {
                    Value::Decimal(10i128.checked_pow(u32::try_from(scale - s).ok()?)?.checked_mul(*d)?, *scale)
                }
                _ => return None,
            }
        }
        _ => return None,
    })
}
