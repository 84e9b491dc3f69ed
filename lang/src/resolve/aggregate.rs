//! Aggregates in the braces of `agg` and `group`.

use std::sync::Arc;

use weft_core::expr::SortKey;
use weft_core::registry::AggregateRef;
use weft_core::{AggregateCall, ErrorKind, Expr, Field, Type};
use weft_plan::nodes::NamedAggregate;

use super::call::{Written, misfit};
use super::expr::settle_all;
use super::{Braces, Context, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{self as ast, Arg, ExprKind, Key, Name};

/// The arguments that every aggregate takes, apart from its own.
pub(super) struct Modifiers<'t> {
    filter: Option<&'t Arg>,
    pub(super) distinct: Option<&'t Arg>,
    pub(super) sort: Option<&'t Arg>,
    /// `min_periods:`, for windows.
    pub(super) least: Option<&'t Arg>,
    rest: Vec<&'t Arg>,
}

impl<'t> Modifiers<'t> {
    pub(super) fn split(args: &'t [Arg]) -> Self {
        let mut found = Modifiers { filter: None, distinct: None, sort: None, least: None, rest: Vec::new() };
        for arg in args {
            match arg.name.as_ref().map(|n| n.text.as_str()) {
                Some("where") => found.filter = Some(arg),
                Some("distinct") => found.distinct = Some(arg),
                Some("sort") => found.sort = Some(arg),
                Some("min_periods") => found.least = Some(arg),
                _ => found.rest.push(arg),
            }
        }
        found
    }

    /// The aggregate's own arguments.
    pub(super) fn others(&self, cx: &mut Context<'_>) -> Outcome<Vec<Written<'t>>> {
        self.rest.iter().map(|arg| Ok((arg.name.as_ref(), cx.plain(&arg.value)?))).collect()
    }
}

impl Context<'_> {
    pub(super) fn aggregate(
        &mut self,
        scope: Scope<'_>,
        function: AggregateRef,
        written: Vec<Written<'_>>,
        modifiers: &Modifiers<'_>,
        name: &Name,
        span: Span,
    ) -> Outcome<Expr> {
        let over = self.over.take();
        let input = match scope {
            Scope::Braces(braces) => braces.input,
            Scope::Rows(schema) if self.windows.is_some() => schema,
            _ => return self.misplaced(scope, name, span),
        };
        let rows = Scope::Folded(input);
        let mut args = self.arguments(rows, function.info(), written, name.span)?;
        settle_all(&mut args);
        let call = AggregateCall::new(function.clone(), args.clone());
        let call = call.map_err(|error| match error.kind() {
            ErrorKind::Type => error.at(misfit(&args, |args| AggregateCall::new(function.clone(), args).is_ok())),
            _ => error,
        });
        let call = self.engine(call, span)?;
        let mut call = call.at(self.origin(span));
        if let Some(arg) = modifiers.filter {
            let condition = self.plain(&arg.value)?;
            call.filter = Some(self.condition(rows, condition, "`where:`")?);
        }
        if let Some(arg) = modifiers.distinct {
            let value = self.plain(&arg.value)?;
            let (ty, value) = self.constant(value)?;
            let Some(distinct) = value.as_bool() else {
                return self.error(Code::BAD_ARGUMENT, format!("`distinct:` is true or false, not {ty}"), arg.span);
            };
            call.distinct = distinct;
        }
        let Scope::Braces(braces) = scope else { return self.window_aggregate(call, over, modifiers, name, span) };
        if let Some(arg) = modifiers.least {
            let diagnostic = Diagnostic::error(Code::WRONG_ARGUMENT, "`min_periods:` is for windows", arg.span);
            return self.fail(diagnostic.help("count(x) in the braces tells how many values there are"));
        }
        if let Some(arg) = modifiers.sort {
            call.order = self.order(rows, &arg.value)?;
        }
        Ok(collected(braces, call))
    }

    fn misplaced(&mut self, scope: Scope<'_>, name: &Name, span: Span) -> Outcome<Expr> {
        let (code, message, help) = match scope {
            Scope::Folded(_) => {
                let message = format!("`{}` stands inside another aggregate", name.text);
                (Code::AGGREGATE_PLACE, message, "fold in two steps: group … { … } | agg { … }")
            }
            Scope::Join(_) => {
                (Code::AGGREGATE_PLACE, "conditions of a join hold no aggregates".to_owned(), "group or agg one side first")
            }
            Scope::Constant => {
                let message = format!("`{}` folds the rows of a table, and none is at hand here", name.text);
                (Code::AGGREGATE_PLACE, message, "write it in braces: table | agg { … }")
            }
            Scope::Rows(_) | Scope::Braces(_) => return self.misplaced_window(scope, name, span),
        };
        self.fail(Diagnostic::error(code, message, span).help(help))
    }

    /// The value of a `sort:`: one key or a list.
    fn order(&mut self, scope: Scope<'_>, value: &ast::Value) -> Outcome<Vec<SortKey>> {
        let plain = |expr: &ast::Expr| Key { expr: expr.clone(), descending: false, nulls_first: None, span: expr.span };
        let keys = match value {
            ast::Value::Keys(keys, _) => keys.clone(),
            ast::Value::Expr(expr) => match &expr.kind {
                ExprKind::Keys(keys) => keys.clone(),
                ExprKind::List(items) => items.iter().map(plain).collect(),
                _ => vec![plain(expr)],
            },
        };
        self.sort_keys(scope, &keys)
    }

    /// One key of a sort. An aggregate of all rows is the same for each of them.
    fn sort_key(&mut self, scope: Scope<'_>, key: &Key) -> Outcome<Expr> {
        if let (Scope::Rows(_), ExprKind::Call { name, .. }) = (scope, &key.expr.without_parens().kind)
            && self.env.registry().aggregate(&name.text).is_some()
        {
            let diagnostic = Diagnostic::error(Code::BAD_ARGUMENT, "this sort key is the same for every row", key.expr.span);
            let help = format!("name it in braces and sort by that: group … {{ x = {}(…) }} | sort x", name.text);
            return self.fail(diagnostic.help(help));
        }
        self.value(scope, &key.expr)
    }

    /// The keys of a sort. A constant key would sort nothing.
    pub(crate) fn sort_keys(&mut self, scope: Scope<'_>, keys: &[Key]) -> Outcome<Vec<SortKey>> {
        let mut resolved = Vec::with_capacity(keys.len());
        let mut failed = false;
        for key in keys {
            let expr = match self.sort_key(scope, key) {
                Ok(expr) if expr.columns().is_empty() && !self.waits => {
                    self.error(Code::BAD_ARGUMENT, "this sort key is the same for every row", key.expr.span)
                }
                Ok(expr) if !expr.ty.is_ordered() => {
                    self.error(Code::WRONG_TYPE, format!("cannot sort by {}: it has no order", expr.ty), key.expr.span)
                }
                outcome => outcome,
            };
            failed |= expr.is_err();
            let nulls_first = key.nulls_first.unwrap_or(false);
            resolved.extend(expr.map(|expr| SortKey { expr, descending: key.descending, nulls_first }));
        }
        if failed { Err(super::Failed) } else { Ok(resolved) }
    }
}

/// The column that the aggregate's result stands in; equal calls share one.
fn collected(braces: &Braces<'_>, call: AggregateCall) -> Expr {
    let mut calls = braces.calls.borrow_mut();
    let known = calls.iter().find(|known| known.call == call).map(|known| Arc::clone(&known.name));
    let (ty, nullable): (Type, bool) = (call.ty.clone(), call.nullable);
    let name = known.unwrap_or_else(|| {
        let mut name: Arc<str> = call.to_string().into();
        while braces.taken.contains(&name) || calls.iter().any(|c| c.name == name) {
            name = format!("{name}'").into();
        }
        calls.push(NamedAggregate { name: Arc::clone(&name), call });
        name
    });
    Expr::of_field(&Field { name, ty, nullable })
}
