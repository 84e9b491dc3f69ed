//! `in`: lists, ranges, tables and list columns.

use weft_core::{Expr, Type, Value};
use weft_plan::nodes::Subtable;

use super::context::Found;
use super::expr::settled;
use super::operator::always;
use super::{Context, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{self as ast, ExprKind, Name};

/// Most values that the right side of `in` is read for.
const MOST: usize = 100_000;

impl Context<'_> {
    pub(super) fn membership(&mut self, scope: Scope<'_>, left: &ast::Expr, right: &ast::Expr, span: Span) -> Outcome<Expr> {
        match &right.without_parens().kind {
            ExprKind::List(items) => self.in_items(scope, left, items, span),
            ExprKind::Range { start, end, inclusive } => {
                self.in_range(scope, left, start.as_deref(), end.as_deref(), *inclusive, span)
            }
            ExprKind::Pipeline(pipe) => {
                let plan = self.sub_table(scope, pipe)?;
                self.in_table(scope, left, &plan, right.span)
            }
            ExprKind::Session(name) => self.in_session(scope, left, name, right, span),
            _ => {
                let (value, list) = (self.value(scope, left)?, self.value(scope, right)?);
                self.in_value(value, list, right, span)
            }
        }
    }

    fn in_session(&mut self, scope: Scope<'_>, left: &ast::Expr, name: &Name, right: &ast::Expr, span: Span) -> Outcome<Expr> {
        if let Found::Table(plan) = self.find(&name.text) {
            return self.in_table(scope, left, &plan, right.span);
        }
        let (value, list) = (self.value(scope, left)?, self.value(scope, right)?);
        self.in_value(value, list, right, span)
    }

    /// The right side is a list by its type.
    fn in_value(&mut self, value: Expr, list: Expr, right: &ast::Expr, span: Span) -> Outcome<Expr> {
        if let (Some(Value::List(items)), Type::List(item)) = (list.as_literal(), &list.ty) {
            let items = items.iter().map(|v| Expr::literal(item.as_ref().clone(), v.clone())).collect();
            return self.engine(Expr::in_list(value, items), span);
        }
        if matches!(list.ty, Type::List(_) | Type::FixedList(..) | Type::Null) {
            return self.invoke("list_contains", vec![list, value], span);
        }
        let message = format!("`in` looks into a list, a range or a table, not into {}", list.ty);
        self.fail(Diagnostic::error(Code::WRONG_TYPE, message, right.span).help("text is searched with x.contains(\"…\") or ~"))
    }

    /// Plain values are looked up at once; a list with columns in it is compared item by item.
    fn in_items(&mut self, scope: Scope<'_>, left: &ast::Expr, items: &[ast::Expr], span: Span) -> Outcome<Expr> {
        let value = self.expr(scope, left);
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let resolved = self.expr(scope, item)?;
            list.push(self.folded(resolved, item.span)?);
        }
        let value = settled(value?);
        if value.ty == Type::Float32 {
            list = list.into_iter().map(|item| if item.ty.is_decimal() { item.coerced(&Type::Float32) } else { item }).collect();
        }
        if !value.ty.is_decimal() {
            list = list.into_iter().map(settled).collect();
        }
        if list.iter().all(|item| item.as_literal().is_some()) {
            return self.engine(Expr::in_list(value, list), span);
        }
        let mut parts = Vec::with_capacity(list.len());
        for item in list {
            parts.push(self.invoke("equal", vec![value.clone(), item], span)?);
        }
        Ok(Expr::or(parts))
    }

    /// Both bounds as comparisons; an open side has none.
    fn in_range(
        &mut self,
        scope: Scope<'_>,
        left: &ast::Expr,
        start: Option<&ast::Expr>,
        end: Option<&ast::Expr>,
        inclusive: bool,
        span: Span,
    ) -> Outcome<Expr> {
        let value = self.expr(scope, left);
        let start = start.map(|bound| self.expr(scope, bound)).transpose();
        let stop = end.map(|bound| self.expr(scope, bound)).transpose();
        let (value, start, stop) = (value?, start?, stop?);
        if let (Type::Timestamp(..), Some(Type::Date), true) = (&value.ty, stop.as_ref().map(|e| &e.ty), inclusive) {
            let message = "the upper bound is the midnight that begins its day, so the day is left out but for that moment";
            let span = end.map_or(span, |e| e.span);
            self.warn(Diagnostic::warning(Code::DATES_ON_TIMES, message, span).help("write ..< and the day after"));
        }
        let mut parts = Vec::with_capacity(2);
        if let Some(start) = start {
            parts.push(self.invoke("greater_equal", vec![value.clone(), start], span)?);
        }
        if let Some(stop) = stop {
            parts.push(self.invoke(if inclusive { "less_equal" } else { "less" }, vec![value, stop], span)?);
        }
        Ok(if parts.is_empty() { always(true) } else { Expr::and(parts) })
    }

    /// The only column of a table. Where there are no rows, its values are read at the statement's turn.
    fn in_table(&mut self, scope: Scope<'_>, left: &ast::Expr, plan: &weft_plan::LogicalPlan, right: Span) -> Outcome<Expr> {
        let value = self.value(scope, left);
        let [field] = plan.schema().fields() else {
            let message = format!("the table after `in` has {} columns, not one", plan.schema().len());
            return self.fail(Diagnostic::error(Code::NOT_ONE_VALUE, message, right).help("end it with `| select column`"));
        };
        let value = value?;
        if !matches!(scope, Scope::Constant) {
            let made = Subtable::set(value, plan.clone(), self.origin(right));
            let (inside, table) = self.engine(made, right)?;
            self.subtables.push(table);
            return Ok(inside);
        }
        if !self.at_turn {
            self.waits = true;
            let stand_in = Expr::literal(field.ty.clone(), Value::Null);
            return self.invoke("equal", vec![value, stand_in], right);
        }
        let rows = self.env.rows(plan, MOST + 1);
        let rows = self.engine(rows, right)?;
        if rows.len() > MOST {
            let message = format!("the table after `in` has more than {MOST} rows");
            return self.fail(Diagnostic::error(Code::NOT_ONE_VALUE, message, right).help("write it as `join semi`"));
        }
        let items = rows.into_iter().filter_map(|row| row.into_iter().next());
        let items = items.map(|v| Expr::literal(field.ty.clone(), v)).collect();
        self.engine(Expr::in_list(value, items), right)
    }
}
