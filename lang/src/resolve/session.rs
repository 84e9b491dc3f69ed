//! `$x`: values of the session; pipelines that stand for a value.

use weft_core::{Expr, Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::Subtable;

use super::context::Found;
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{Name, Pipe};

impl Context<'_> {
    /// `$x`: a scalar, or a table of one column and at most one row.
    pub(super) fn session(&mut self, scope: Scope<'_>, name: &Name) -> Outcome<Expr> {
        match self.find(&name.text) {
            Found::Scalar(ty, value) => Ok(Expr::literal(ty, value)),
            Found::Table(plan) => {
                let [field] = plan.schema().fields() else {
                    let columns = plan.schema().names().map(|n| format!("${}.{n}", name.text)).next().unwrap_or_default();
                    let message = format!("`{}` is a table of {} columns, not one value", name.text, plan.schema().len());
                    let diagnostic = Diagnostic::error(Code::NOT_ONE_VALUE, message, name.span);
                    return self.fail(diagnostic.help(format!("one of its columns is written as in {columns}")));
                };
                let ty = field.ty.clone();
                self.one_value(scope, plan, ty, name.span)
            }
            Found::Silent => Err(Failed),
            Found::Missing => self.no_session_value(name),
        }
    }

    /// `$t.c`: a column of a table of one row, or a field of a struct.
    pub(super) fn session_column(&mut self, scope: Scope<'_>, table: &Name, column: &Name) -> Option<Outcome<Expr>> {
        let Found::Table(plan) = self.find(&table.text) else { return None };
        let Some(at) = plan.schema().index_of(&column.text) else {
            let message = format!("the table `{}` has no column `{}`", table.text, column.text);
            let mut diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, column.span);
            if let Some(near) = suggest(&column.text, plan.schema().names().map(|n| &**n)) {
                diagnostic = diagnostic.fix(column.span, near, format!("write `{near}`"));
            }
            return Some(self.fail(diagnostic));
        };
        let ty = plan.schema().fields().get(at).map_or(Type::Null, |f| f.ty.clone());
        let span = table.span.to(column.span);
        let only = self.plan(plan.select_columns([column.text.as_str()]), span);
        Some(only.and_then(|plan| self.one_value(scope, plan, ty, span)))
    }

    /// `(t | agg { … })` in a row expression.
    pub(super) fn sub_pipeline(&mut self, scope: Scope<'_>, pipe: &Pipe) -> Outcome<Expr> {
        let plan = self.sub_table(scope, pipe)?;
        let [field] = plan.schema().fields() else {
            let message = format!("a pipeline that stands for a value has one column, not {}", plan.schema().len());
            let diagnostic = Diagnostic::error(Code::NOT_ONE_VALUE, message, pipe.span);
            return self.fail(diagnostic.help("end it with `| select column`, or fold it with `| agg { max(x) }`"));
        };
        let ty = field.ty.clone();
        self.one_value(scope, plan, ty, pipe.span)
    }

    /// The value of the only column and row. In a row expression it is computed when that runs; elsewhere it is read at
    /// the statement's turn, and a null of the type stands in before.
    fn one_value(&mut self, scope: Scope<'_>, plan: LogicalPlan, ty: Type, span: Span) -> Outcome<Expr> {
        if !matches!(scope, Scope::Constant) {
            let made = Subtable::value(plan, self.origin(span));
            let (value, table) = self.engine(made, span)?;
            self.subtables.push(table);
            return Ok(value);
        }
        if !self.at_turn {
            self.waits = true;
            return Ok(Expr::literal(ty, Value::Null));
        }
        let rows = self.env.rows(&plan, 2);
        let mut rows = self.engine(rows, span)?;
        if rows.len() > 1 {
            let diagnostic =
                Diagnostic::error(Code::NOT_ONE_VALUE, "this table has more than one row, so it is not one value", span);
            return self.fail(diagnostic.help("`| take 1` or an aggregate makes it one row"));
        }
        let value = rows.pop().and_then(|row| row.into_iter().next()).unwrap_or(Value::Null);
        Ok(Expr::literal(ty, value))
    }

    fn no_session_value<T>(&mut self, name: &Name) -> Outcome<T> {
        let diagnostic =
            Diagnostic::error(Code::UNKNOWN_SESSION_VALUE, format!("no value `{}` in the session", name.text), name.span);
        let mut names = self.session_names(false);
        names.extend(self.session_names(true));
        let near = suggest(&name.text, names.iter().map(|n| &**n));
        let diagnostic = match near {
            Some(near) => diagnostic.fix(name.span, format!("${near}"), format!("write `${near}`")),
            None => diagnostic.help(format!("bind it first: let {} = …", name.text)),
        };
        self.fail(diagnostic)
    }
}
