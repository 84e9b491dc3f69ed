//! What may be moved where.

use std::sync::Arc;

use weft_core::function::Weight;
use weft_core::{Expr, ExprKind, Schema, Type};

use super::known::{as_comparison, as_not, null_test};

/// Whether an expression may be evaluated on other rows, or more than once a row, without anybody noticing: it cannot fail,
/// costs next to nothing, and gives the same again.
pub(super) fn is_free(expr: &Expr) -> bool {
    expr.weight() == Weight::Cheap && expr.is_deterministic() && !expr.is_fallible()
}

/// Whether an expression is only passed on: a column, a literal, or a value that is computed once.
pub(super) fn is_plain(expr: &Expr) -> bool {
    expr.as_column().is_some() || matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Scalar(_))
}

/// Whether it reads only columns of `schema`, and at least one.
pub(super) fn reads_only(expr: &Expr, schema: &Schema) -> bool {
    let columns = expr.columns();
    !columns.is_empty() && columns.iter().all(|c| schema.index_of(c).is_some())
}

/// Whether it reads only columns of `names`, and at least one.
pub(super) fn reads_only_names(expr: &Expr, names: &[Arc<str>]) -> bool {
    let columns = expr.columns();
    !columns.is_empty() && columns.iter().all(|c| names.contains(c))
}

/// Whether equal values give equal results. Floats have one zero too many: `-0.0 == 0.0`, but `1 / x` tells them apart.
pub(super) fn respects_equality(expr: &Expr) -> bool {
    let compares = as_comparison(expr).is_some() || as_not(expr).is_some() || null_test(expr).is_some();
    let transparent = compares
        || matches!(
            expr.kind,
            ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::InList { .. }
                | ExprKind::InTable { .. }
                | ExprKind::Column(_)
                | ExprKind::Literal(_)
        );
    if transparent { expr.children().into_iter().all(respects_equality) } else { !reads_float(expr) }
}

fn reads_float(expr: &Expr) -> bool {
    expr.any(&mut |e| e.as_column().is_some() && holds_float(&e.ty))
}

fn holds_float(ty: &Type) -> bool {
    match ty {
        Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _) => holds_float(item),
        Type::Struct(fields) => fields.iter().any(|f| holds_float(&f.ty)),
        Type::Map(key, value) => holds_float(key) || holds_float(value),
        // Two spellings of one interval compare by their parts, but which instant they reach depends on the start.
        Type::Interval => true,
        other => other.is_float(),
    }
}
