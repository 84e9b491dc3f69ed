//! Values that are known before any row is read: counts, options, arguments of sources.

use weft_core::{Expr, Value};

use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax as ast;

impl Context<'_> {
    /// The value of an expression without columns. Fails silently while it waits for a value of an earlier statement.
    pub(crate) fn constant(&mut self, expr: &ast::Expr) -> Outcome<(weft_core::Type, Value)> {
        let waited = std::mem::replace(&mut self.waits, false);
        let resolved = self.value(Scope::Constant, expr);
        let waits = std::mem::replace(&mut self.waits, waited);
        let resolved = resolved.inspect_err(|_| self.waits |= waits)?;
        if waits {
            self.waits = true;
            return Err(Failed);
        }
        let folded = self.folded(resolved, expr.span)?;
        match folded.as_literal() {
            Some(value) => Ok((folded.ty.clone(), value.clone())),
            None => self.error(Code::NOT_CONSTANT, "this must be a plain value", expr.span),
        }
    }

    /// A literal where the expression reads no column and no sub-pipeline, and so can be computed now.
    pub(crate) fn folded(&mut self, expr: Expr, span: Span) -> Outcome<Expr> {
        if expr.as_literal().is_some() || !expr.columns().is_empty() || !expr.subqueries().is_empty() {
            return Ok(expr);
        }
        let value = self.env.evaluate(&expr);
        let value = self.engine(value, span)?;
        Ok(Expr::literal(expr.ty, value).at(expr.origin))
    }

    /// A whole number from 0 up.
    pub(crate) fn count(&mut self, expr: &ast::Expr, what: &str) -> Outcome<u64> {
        let (_, value) = self.constant(expr)?;
        match value.as_int().map(u64::try_from) {
            Some(Ok(n)) => Ok(n),
            _ => {
                let message = format!("{what} is a whole number from 0 up, not {value}");
                self.fail(Diagnostic::error(Code::BAD_ARGUMENT, message, expr.span))
            }
        }
    }
}
