//! Operators: calls of registered functions, but for the ones that guard.

use weft_core::{ErrorKind, Expr, Type, Value};

use super::expr::{settle_all, settled};
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{self as ast, BinaryOp, ExprKind, Literal, Spanned, UnaryOp};

/// The function that an operator calls.
const fn function(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Pow => "power",
        BinaryOp::Mul => "multiply",
        BinaryOp::Div => "divide",
        BinaryOp::FloorDiv => "floor_divide",
        BinaryOp::Rem => "modulo",
        BinaryOp::Add => "add",
        BinaryOp::Sub => "subtract",
        BinaryOp::Eq => "equal",
        BinaryOp::Ne => "not_equal",
        BinaryOp::Lt => "less",
        BinaryOp::Le => "less_equal",
        BinaryOp::Gt => "greater",
        BinaryOp::Ge => "greater_equal",
        BinaryOp::Matches => "matches",
        BinaryOp::NotMatches => "not_matches",
        BinaryOp::Is => "is_same",
        BinaryOp::IsNot => "is_not_same",
        // These have no function: they guard, or look into lists and ranges.
        BinaryOp::Coalesce | BinaryOp::In | BinaryOp::NotIn | BinaryOp::And | BinaryOp::Or => "",
    }
}

impl Context<'_> {
    pub(super) fn binary(
        &mut self,
        scope: Scope<'_>,
        op: Spanned<BinaryOp>,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        match op.value {
            BinaryOp::And | BinaryOp::Or => self.logical(scope, op.value, left, right),
            BinaryOp::Coalesce => self.coalesce(scope, left, right, span),
            BinaryOp::In => self.membership(scope, left, right, span),
            BinaryOp::NotIn => {
                let found = self.membership(scope, left, right, span)?;
                self.invoke("not", vec![found], span)
            }
            BinaryOp::Is | BinaryOp::IsNot if is_null(right) => {
                let value = self.value(scope, left)?;
                self.invoke(if op.value == BinaryOp::Is { "is_null" } else { "is_not_null" }, vec![value], span)
            }
            _ => self.infix(scope, op, left, right, span),
        }
    }

    fn infix(
        &mut self,
        scope: Scope<'_>,
        op: Spanned<BinaryOp>,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        if matches!(op.value, BinaryOp::Eq | BinaryOp::Ne) && (is_null(left) || is_null(right)) {
            self.compared_with_null(op);
        }
        // Both sides are resolved before either fails, so that both mistakes show.
        let (a, b) = (self.expr(scope, left), self.expr(scope, right));
        let (a, b) = (a?, b?);
        if op.value.is_comparison() && matches!(&left.kind, ExprKind::Binary { op, .. } if op.value.is_comparison()) {
            // The grammar has said that comparisons do not chain.
            return Err(Failed);
        }
        let types = (a.ty.to_string(), b.ty.to_string());
        let function = self.function(function(op.value), span)?;
        match Expr::call(function, vec![a, b]) {
            Ok(call) => Ok(call),
            Err(error) if error.kind() == ErrorKind::Type => {
                let diagnostic = self.diagnostic(&error, op.span);
                self.fail(diagnostic.also(left.span, types.0).also(right.span, types.1))
            }
            // A pattern that is none, and the like: it stands on the right.
            Err(error) => Err(self.engine_error(&error, right.span)),
        }
    }

    fn compared_with_null(&mut self, op: Spanned<BinaryOp>) {
        let better = if op.value == BinaryOp::Eq { "is" } else { "is not" };
        let message = format!("a comparison with null is null for every row; `{better} null` asks for nulls");
        let diagnostic = Diagnostic::warning(Code::COMPARED_WITH_NULL, message, op.span);
        self.warn(diagnostic.fix(op.span, better, format!("write `{better}`")));
    }

    fn logical(&mut self, scope: Scope<'_>, op: BinaryOp, left: &ast::Expr, right: &ast::Expr) -> Outcome<Expr> {
        let what = format!("`{}`", op.as_str());
        let (a, b) = (self.condition(scope, left, &what), self.condition(scope, right, &what));
        let parts = vec![a?, b?];
        Ok(if op == BinaryOp::And { Expr::and(parts) } else { Expr::or(parts) })
    }

    fn coalesce(&mut self, scope: Scope<'_>, left: &ast::Expr, right: &ast::Expr, span: Span) -> Outcome<Expr> {
        let (a, b) = (self.expr(scope, left), self.expr(scope, right));
        let mut parts = vec![a?, b?];
        settle_all(&mut parts);
        self.engine(Expr::coalesce(parts), span)
    }

    pub(super) fn unary(&mut self, scope: Scope<'_>, op: UnaryOp, operand: &ast::Expr, span: Span) -> Outcome<Expr> {
        if op == UnaryOp::Not {
            let condition = self.condition(scope, operand, "`not`")?;
            return self.invoke("not", vec![condition], span);
        }
        if let Some(Literal::Int(n)) = operand.without_parens().as_literal() {
            return self.engine(super::literal::integer(-n), span);
        }
        let value = self.expr(scope, operand)?;
        match value.as_literal().and_then(negated) {
            Some(negative) => Ok(Expr::literal(value.ty, negative)),
            None => self.invoke("negate", vec![settled(value)], span),
        }
    }
}

/// A literal with the other sign: it stays a literal, and so adapts like one.
fn negated(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Decimal(digits, scale) => Value::Decimal(-digits, *scale),
        Value::Float(x) => Value::Float(-x),
        Value::Duration(n) => Value::Duration(n.checked_neg()?),
        Value::Interval(months, days, nanos) => Value::Interval(months.checked_neg()?, days.checked_neg()?, nanos.checked_neg()?),
        _ => return None,
    })
}

/// Whether `null` itself stands here.
pub(super) fn is_null(expr: &ast::Expr) -> bool {
    matches!(expr.without_parens().kind, ExprKind::Literal(Literal::Null))
}

/// A bool constant: what a condition over nothing is.
pub(crate) fn always(value: bool) -> Expr {
    Expr::literal(Type::Bool, Value::Bool(value))
}
