//! `if`, `case`, `match`.

use weft_core::Expr;

use super::expr::settle_all;
use super::operator::is_null;
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::syntax::{self as ast, CaseArm, ExprKind, MatchArm};

impl Context<'_> {
    pub(super) fn if_else(
        &mut self,
        scope: Scope<'_>,
        condition: &ast::Expr,
        then: &ast::Expr,
        otherwise: &ast::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let condition = self.condition(scope, condition, "`if`");
        let (then, otherwise) = (self.expr(scope, then), self.expr(scope, otherwise));
        self.branches(vec![condition?], vec![then?, otherwise?], span)
    }

    pub(super) fn case(
        &mut self,
        scope: Scope<'_>,
        arms: &[CaseArm],
        otherwise: Option<&ast::Expr>,
        span: Span,
    ) -> Outcome<Expr> {
        let (mut conditions, mut values) = (Vec::with_capacity(arms.len()), Vec::with_capacity(arms.len() + 1));
        let mut failed = false;
        for arm in arms {
            let (condition, value) = (self.condition(scope, &arm.condition, "`case`"), self.expr(scope, &arm.value));
            failed |= condition.is_err() || value.is_err();
            conditions.extend(condition);
            values.extend(value);
        }
        if let Some(otherwise) = otherwise {
            values.push(self.expr(scope, otherwise)?);
        }
        if failed { Err(Failed) } else { self.branches(conditions, values, span) }
    }

    pub(super) fn matched(
        &mut self,
        scope: Scope<'_>,
        subject: &ast::Expr,
        arms: &[MatchArm],
        otherwise: Option<&ast::Expr>,
        span: Span,
    ) -> Outcome<Expr> {
        let (mut conditions, mut values) = (Vec::with_capacity(arms.len()), Vec::with_capacity(arms.len() + 1));
        for arm in arms {
            conditions.push(self.pattern(scope, subject, &arm.pattern)?);
            values.push(self.expr(scope, &arm.value)?);
        }
        if let Some(otherwise) = otherwise {
            values.push(self.expr(scope, otherwise)?);
        }
        self.branches(conditions, values, span)
    }

    /// A value matches by `is`, a list or range by `in`, `null` matches null.
    fn pattern(&mut self, scope: Scope<'_>, subject: &ast::Expr, pattern: &ast::Expr) -> Outcome<Expr> {
        let span = pattern.span;
        if matches!(pattern.without_parens().kind, ExprKind::List(_) | ExprKind::Range { .. }) {
            return self.membership(scope, subject, pattern, span);
        }
        if is_null(pattern) {
            let value = self.value(scope, subject)?;
            return self.invoke("is_null", vec![value], span);
        }
        let (value, pattern) = (self.expr(scope, subject)?, self.expr(scope, pattern)?);
        self.invoke("is_same", vec![value, pattern], span)
    }

    /// As many values as conditions, and perhaps one more.
    fn branches(&mut self, conditions: Vec<Expr>, mut values: Vec<Expr>, span: Span) -> Outcome<Expr> {
        settle_all(&mut values);
        let otherwise = if values.len() > conditions.len() { values.pop() } else { None };
        self.engine(Expr::case(conditions.into_iter().zip(values).collect(), otherwise), span)
    }
}
