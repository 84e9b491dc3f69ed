//! Replacing columns by the expressions that made them.

use weft_core::Expr;
use weft_core::error::{Error, Result};
use weft_core::expr::NamedExpr;

/// `expr` over the input of a projection, given `expr` over its output.
pub(super) fn substitute(expr: Expr, made: &[NamedExpr]) -> Result<Expr> {
    expr.transform(&mut |e| match e.as_column() {
        None => Ok(e),
        Some(name) => {
            let found = made.iter().find(|m| m.name == *name);
            let found = found.ok_or_else(|| Error::internal(format!("no expression makes `{name}`")))?;
            // The place of the use stays where the definition has none of its own.
            let origin = if found.expr.origin.place().is_some() { found.expr.origin } else { e.origin };
            Ok(found.expr.clone().at(origin))
        }
    })
}

/// The expression that makes column `name`.
pub(super) fn maker<'a>(made: &'a [NamedExpr], name: &str) -> Option<&'a Expr> {
    made.iter().find(|m| &*m.name == name).map(|m| &m.expr)
}
