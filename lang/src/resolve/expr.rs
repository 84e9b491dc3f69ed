//! Expressions: one arm for each kind, each kind in its file.

use weft_core::{Expr, Type, Value};

use super::context::deep;
use super::{Context, Failed, Outcome, Scope, literal};
use crate::diagnostics::Code;
use crate::syntax::{self as ast, ExprKind};

impl Context<'_> {
    /// An expression in the types it has by itself: a lone decimal literal is a float.
    pub(crate) fn value(&mut self, scope: Scope<'_>, expr: &ast::Expr) -> Outcome<Expr> {
        Ok(settled(self.expr(scope, expr)?))
    }

    /// A condition: `what` stands in the message.
    pub(crate) fn condition(&mut self, scope: Scope<'_>, expr: &ast::Expr, what: &str) -> Outcome<Expr> {
        let resolved = self.expr(scope, expr)?;
        if matches!(resolved.ty, Type::Bool | Type::Null) {
            return Ok(resolved.coerced(&Type::Bool));
        }
        self.error(Code::WRONG_TYPE, format!("{what} needs a condition (bool), not {}", resolved.ty), expr.span)
    }

    /// An expression whose number literals still adapt to what they meet.
    pub(crate) fn expr(&mut self, scope: Scope<'_>, expr: &ast::Expr) -> Outcome<Expr> {
        // Chains of operators nest as deep as the parser allows, which is more than a thread's stack may hold.
        let resolved = deep(|| self.kind(scope, expr))?;
        Ok(resolved.at(self.origin(expr.span)))
    }

    fn kind(&mut self, scope: Scope<'_>, expr: &ast::Expr) -> Outcome<Expr> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(value) => self.engine(literal::literal(value), span),
            ExprKind::FString(text) => self.fstring(scope, text),
            ExprKind::Name(name) => self.column(scope, name),
            ExprKind::Session(name) => self.session(scope, name),
            ExprKind::Star | ExprKind::But { .. } => self.selected(scope, expr),
            ExprKind::List(items) => self.list(scope, items, span),
            ExprKind::Keys(_) => self.error(Code::NOT_A_VALUE, "sort directions stand only in sort keys", span),
            ExprKind::Comprehension { .. } => self.not_yet("list comprehensions are", span),
            ExprKind::Struct { base, fields } => self.structure(scope, base.as_deref(), fields, span),
            ExprKind::Lambda { .. } => self.not_yet("lambdas are", span),
            ExprKind::If { condition, then, otherwise } => self.if_else(scope, condition, then, otherwise, span),
            ExprKind::Case { arms, otherwise } => self.case(scope, arms, otherwise.as_deref(), span),
            ExprKind::Match { subject, arms, otherwise } => self.matched(scope, subject, arms, otherwise.as_deref(), span),
            ExprKind::Paren(inner) => self.expr(scope, inner),
            ExprKind::Pipeline(pipe) => self.sub_pipeline(scope, pipe),
            ExprKind::Call { name, .. } if name.text == "cols" => self.selected(scope, expr),
            ExprKind::Call { name, args } => self.call(scope, name, None, args, span),
            ExprKind::Method { receiver, name, args } => self.method(scope, receiver, name, args, span),
            ExprKind::Field { receiver, name } => self.field(scope, receiver, name, span),
            ExprKind::Index { receiver, index } => self.index(scope, receiver, index, span),
            ExprKind::Cast { value, ty, lenient } => self.cast(scope, value, ty, *lenient),
            ExprKind::Over { value, window } => self.over(scope, value, window, span),
            ExprKind::Unary { op, operand } => self.unary(scope, op.value, operand, span),
            ExprKind::Binary { op, left, right } => self.binary(scope, *op, left, right, span),
            ExprKind::Range { .. } => {
                self.error(Code::NOT_A_VALUE, "a range stands only after `in`, in `take` and in `[ ]`", span)
            }
            // The parser has said what is wrong.
            ExprKind::Error => Err(Failed),
        }
    }
}

/// A decimal literal that met no decimal column is a float.
pub(crate) fn settled(expr: Expr) -> Expr {
    match expr.as_literal() {
        Some(Value::Decimal(..)) if is_written(&expr) => expr.coerced(&Type::Float64),
        _ => expr,
    }
}

/// Settles all literals, unless one of the others is a decimal whose digits they keep.
pub(crate) fn settle_all(exprs: &mut [Expr]) {
    if exprs.iter().any(|e| e.ty.is_decimal() && e.as_literal().is_none()) {
        return;
    }
    for expr in exprs {
        let taken = std::mem::replace(expr, Expr::bool(false));
        *expr = settled(taken);
    }
}

/// Whether a decimal literal has just the digits that were written, and so no type of its own.
fn is_written(expr: &Expr) -> bool {
    match (expr.as_literal(), &expr.ty) {
        (Some(Value::Decimal(digits, scale)), ty) => literal::decimal_type(*digits, *scale).as_ref() == Some(ty),
        _ => false,
    }
}
