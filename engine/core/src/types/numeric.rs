//! Which type two sides meet in.

use super::{TimeUnit, Type};

/// The narrowest type that holds every value of both, or nothing when they do not mix.
///
/// Integers widen to a signed type that holds both, `uint64` with a signed one to decimal(20, 0);
/// an integer or decimal with a float becomes a float64; a date with a timestamp becomes the timestamp;
/// null meets anything.
pub fn common_type(a: &Type, b: &Type) -> Option<Type> {
    use Type::*;
    if a == b {
        return Some(a.clone());
    }
    Some(match (a, b) {
        (Null, other) | (other, Null) => other.clone(),
        (x, y) if x.is_integer() && y.is_integer() => common_integer(x, y),
        (Float32, Float16) | (Float16, Float32) => Float32,
        (Float32, Int8 | Int16 | UInt8 | UInt16) | (Int8 | Int16 | UInt8 | UInt16, Float32) => Float32,
        (x, y) if x.is_float() && y.is_numeric() || x.is_numeric() && y.is_float() => Float64,
        (x, y) if x.is_numeric() && y.is_numeric() => {
            let ((p1, s1), (p2, s2)) = (decimal_shape(x)?, decimal_shape(y)?);
            let scale = s1.max(s2);
            let whole = (p1 as i8 - s1).max(p2 as i8 - s2);
            Decimal { precision: (whole + scale).clamp(1, 38) as u8, scale }
        }
        (Date, Timestamp(..)) => b.clone(),
        (Timestamp(..), Date) => a.clone(),
        (Timestamp(u, za), Timestamp(v, zb)) => Timestamp(*u.max(v), za.clone().or_else(|| zb.clone())),
        (Time(u), Time(v)) => Time(*u.max(v)),
        (Duration(u), Duration(v)) => Duration(*u.max(v)),
        (Image(_), Image(_)) => Image(None),
        (List(x), List(y)) => List(common_type(x, y)?.into()),
        (List(x), FixedList(y, _)) | (FixedList(y, _), List(x)) => List(common_type(x, y)?.into()),
        (FixedList(x, n), FixedList(y, m)) if n == m => FixedList(common_type(x, y)?.into(), *n),
        (Struct(x), Struct(y)) if x.len() == y.len() && x.iter().zip(y.iter()).all(|(f, g)| f.name == g.name) => {
            let mut fields = Vec::with_capacity(x.len());
            for (f, g) in x.iter().zip(y.iter()) {
                fields.push(crate::Field {
                    ty: common_type(&f.ty, &g.ty)?,
                    nullable: f.nullable || g.nullable,
                    name: f.name.clone(),
                });
            }
            Struct(fields.into())
        }
        _ => return None,
    })
}

fn common_integer(a: &Type, b: &Type) -> Type {
    const SIGNED: [Type; 4] = [Type::Int8, Type::Int16, Type::Int32, Type::Int64];
    const UNSIGNED: [Type; 4] = [Type::UInt8, Type::UInt16, Type::UInt32, Type::UInt64];
    let rank = |t: &Type| SIGNED.iter().chain(&UNSIGNED).position(|x| x == t).unwrap_or(7) % 4;
    let (ra, rb) = (rank(a), rank(b));
    match (a.is_signed_integer(), b.is_signed_integer()) {
        (true, true) => SIGNED[ra.max(rb)].clone(),
        (false, false) => UNSIGNED[ra.max(rb)].clone(),
        (signed, _) => {
            let (s, u) = if signed { (ra, rb) } else { (rb, ra) };
            match s.max(u + 1) {
                4 => Type::Decimal { precision: 20, scale: 0 },
                rank => SIGNED[rank].clone(),
            }
        }
    }
}

/// `(precision, scale)` of an integer or decimal type.
fn decimal_shape(ty: &Type) -> Option<(u8, i8)> {
    Some(match ty {
        Type::Int8 | Type::UInt8 => (3, 0),
        Type::Int16 | Type::UInt16 => (5, 0),
        Type::Int32 | Type::UInt32 => (10, 0),
        Type::Int64 => (19, 0),
        Type::UInt64 => (20, 0),
        Type::Decimal { precision, scale } => (*precision, *scale),
        _ => return None,
    })
}

/// The type of a sum or difference of two decimals or integers: one digit more than the wider of both, at most 38.
pub fn decimal_add_type(a: &Type, b: &Type) -> Option<Type> {
    let ((p1, s1), (p2, s2)) = (decimal_shape(a)?, decimal_shape(b)?);
    let scale = s1.max(s2);
    let whole = (p1 as i8 - s1).max(p2 as i8 - s2) + 1;
    Some(Type::Decimal { precision: (whole + scale).clamp(1, 38) as u8, scale })
}

/// The type of a product of two decimals or integers: precisions and scales add up; nothing when the scale passes 38.
pub fn decimal_multiply_type(a: &Type, b: &Type) -> Option<Type> {
    let ((p1, s1), (p2, s2)) = (decimal_shape(a)?, decimal_shape(b)?);
    let scale = s1 + s2;
    (scale <= 38).then_some(Type::Decimal { precision: (p1 + p2).min(38), scale })
}

impl Type {
    /// The timestamp type of literals.
    pub fn timestamp() -> Type {
        Type::Timestamp(TimeUnit::Microsecond, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_widen_without_loss() {
        assert_eq!(common_type(&Type::Int8, &Type::UInt8), Some(Type::Int16));
        assert_eq!(common_type(&Type::UInt32, &Type::Int32), Some(Type::Int64));
        assert_eq!(common_type(&Type::UInt64, &Type::Int8), Some(Type::Decimal { precision: 20, scale: 0 }));
        assert_eq!(common_type(&Type::UInt64, &Type::UInt8), Some(Type::UInt64));
    }

    #[test]
    fn decimals_keep_both_sides_digits() {
        let price = Type::Decimal { precision: 15, scale: 2 };
        assert_eq!(common_type(&price, &Type::Int64), Some(Type::Decimal { precision: 21, scale: 2 }));
        assert_eq!(decimal_multiply_type(&price, &price), Some(Type::Decimal { precision: 30, scale: 4 }));
        assert_eq!(decimal_add_type(&price, &Type::Int8), Some(Type::Decimal { precision: 16, scale: 2 }));
        assert_eq!(common_type(&price, &Type::Float32), Some(Type::Float64));
    }

    #[test]
    fn what_does_not_mix_is_nothing() {
        assert_eq!(common_type(&Type::String, &Type::Int64), None);
        assert_eq!(common_type(&Type::Bool, &Type::Int64), None);
        assert_eq!(common_type(&Type::Null, &Type::String), Some(Type::String));
    }
}
