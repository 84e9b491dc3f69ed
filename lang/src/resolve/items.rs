//! Items of `derive`, `select`, `group` and the like: what they compute and what that is called.

use std::sync::Arc;

use weft_core::Expr;

use super::context::Selection;
use super::expr::settled;
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::format::one_line;
use crate::syntax::{self as ast, BinaryOp, ExprKind, FString, FStringPart, Item, ItemName};

/// A computed column.
pub(crate) struct NamedItem {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Its value.
    pub(crate) expr: Expr,
    /// Where it was written.
    pub(crate) span: Span,
}

/// Which columns selectors leave out.
#[derive(Clone, Copy)]
pub(crate) enum Placement<'a> {
    /// None.
    Anywhere,
    /// In braces: the keys.
    Braces(&'a [Arc<str>]),
}

impl Context<'_> {
    /// An item: one column, or one for each that its selector stands for.
    pub(crate) fn item(&mut self, scope: Scope<'_>, item: &Item, placement: Placement<'_>) -> Outcome<Vec<NamedItem>> {
        self.no_comparison_for_a_name(scope, item)?;
        let (diagnostics, waits) = (self.diagnostics.len(), self.waits);
        self.selection = Selection::Probe(None);
        let outcome = self.expr(scope, &item.expr).map(settled);
        let selection = std::mem::take(&mut self.selection);
        let Selection::Probe(Some(names)) = selection else {
            let expr = outcome?;
            let name = match &item.name {
                Some(ItemName::Name(name)) => name.text.clone(),
                Some(ItemName::Pattern(pattern)) => self.pattern_name(pattern, None)?,
                None => self.own_name(&item.expr),
            };
            return Ok(vec![NamedItem { name: name.into(), expr, span: item.span }]);
        };
        self.diagnostics.truncate(diagnostics);
        self.waits = waits;
        let left_out = |name: &Arc<str>| matches!(placement, Placement::Braces(keys) if keys.contains(name));
        let mut items = Vec::with_capacity(names.len());
        for column in names.into_iter().filter(|n| !left_out(n)) {
            items.push(self.repeated(scope, item, column)?);
        }
        Ok(items)
    }

    /// `x == 1` without a column `x` was meant to make one.
    fn no_comparison_for_a_name(&mut self, scope: Scope<'_>, item: &Item) -> Outcome<()> {
        let ExprKind::Binary { op, left, .. } = &item.expr.kind else { return Ok(()) };
        let Some(name) = left.as_name().filter(|_| op.value == BinaryOp::Eq && item.name.is_none()) else { return Ok(()) };
        let known = scope.field(&name.text).is_some() || self.failed_items.contains(&name.text);
        if known || suggest(&name.text, scope.names().iter().map(|n| &**n)).is_some() {
            return Ok(());
        }
        let message = format!("`==` compares, but there is no column `{}`", name.text);
        let diagnostic = Diagnostic::error(Code::COMPARES_NAMES, message, op.span);
        self.fail(diagnostic.fix(op.span, "=", "write `=` to name a new column"))
    }

    /// The item for one column of its selector.
    fn repeated(&mut self, scope: Scope<'_>, item: &Item, column: Arc<str>) -> Outcome<NamedItem> {
        self.selection = Selection::Column(Arc::clone(&column));
        let outcome = self.expr(scope, &item.expr).map(settled);
        self.selection = Selection::Off;
        let name = match &item.name {
            Some(ItemName::Pattern(pattern)) => self.pattern_name(pattern, Some(&column))?.into(),
            Some(ItemName::Name(name)) => {
                let message = "one name for the several columns of a selector";
                let fix = format!("f\"{{col}}_{}\"", name.text);
                let diagnostic = Diagnostic::error(Code::NAME_TWICE, message, name.span);
                return self.fail(diagnostic.fix(name.span, &fix, format!("write `{fix}`")));
            }
            None => self.repeated_name(&item.expr, &column),
        };
        Ok(NamedItem { name, expr: outcome?, span: item.span })
    }

    /// `f_c` for an aggregate of the column, else the column's own name.
    fn repeated_name(&self, expr: &ast::Expr, column: &Arc<str>) -> Arc<str> {
        let aggregate = match &expr.without_parens().kind {
            ExprKind::Call { name, .. } | ExprKind::Method { name, .. } => {
                self.env.registry().aggregate(&name.text).map(|_| name)
            }
            _ => None,
        };
        aggregate.map_or_else(|| Arc::clone(column), |name| format!("{}_{column}", name.text).into())
    }

    /// `f"{col}_share"`
    fn pattern_name(&mut self, pattern: &FString, column: Option<&str>) -> Outcome<String> {
        let mut name = String::new();
        for part in &pattern.parts {
            match (part, column) {
                (FStringPart::Text(text), _) => name.push_str(text),
                (FStringPart::Expr { expr, .. }, Some(column)) if expr.as_name().is_some_and(|n| n.text == "col") => {
                    name.push_str(column);
                }
                (FStringPart::Expr { expr, .. }, _) => {
                    let (_, value) = self.constant(expr)?;
                    name.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                }
            }
        }
        Ok(name)
    }

    /// What an item without a name is called.
    pub(crate) fn own_name(&self, expr: &ast::Expr) -> String {
        match &expr.without_parens().kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } | ExprKind::Session(name) => name.text.clone(),
            ExprKind::Call { name, args } if self.env.registry().aggregate(&name.text).is_some() => {
                let first = args.iter().find(|a| a.name.is_none());
                self.folded_name(&name.text, first.and_then(|a| a.value.as_expr())).unwrap_or_else(|| self.own_text(expr))
            }
            ExprKind::Method { receiver, name, .. } if self.env.registry().aggregate(&name.text).is_some() => {
                self.folded_name(&name.text, Some(receiver)).unwrap_or_else(|| self.own_text(expr))
            }
            _ => self.own_text(expr),
        }
    }

    /// `f_c`; `f` without an argument; nothing for anything but a column.
    fn folded_name(&self, function: &str, arg: Option<&ast::Expr>) -> Option<String> {
        let Some(arg) = arg else { return Some(function.to_owned()) };
        match &arg.without_parens().kind {
            ExprKind::Name(name) | ExprKind::Field { name, .. } => Some(format!("{function}_{}", name.text)),
            _ => None,
        }
    }

    /// The text itself on one line, formatted: laying a cell out renames no column.
    fn own_text(&self, expr: &ast::Expr) -> String {
        one_line(self.text, expr).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All items of a list that are resolved independently of each other; all errors are reported.
    pub(crate) fn all_items<T>(
        &mut self,
        items: &[Item],
        mut resolve: impl FnMut(&mut Self, &Item) -> Outcome<T>,
    ) -> Outcome<Vec<T>> {
        let mut resolved = Vec::with_capacity(items.len());
        for item in items {
            resolved.push(resolve(self, item));
        }
        if resolved.iter().any(Result::is_err) {
            return Err(Failed);
        }
        Ok(resolved.into_iter().flatten().collect())
    }

    /// Remembers that an item failed, so that later items of the stage that read it say nothing.
    pub(crate) fn item_failed(&mut self, item: &Item) {
        let name = match &item.name {
            Some(ItemName::Name(name)) => name.text.clone(),
            Some(ItemName::Pattern(_)) => return,
            None => self.own_name(&item.expr),
        };
        // A bare column that is unknown stays unknown: each use is a mistake of its own.
        if item.expr.as_name().is_none_or(|column| column.text != name) {
            self.failed_items.push(name);
        }
    }

    /// An error for a name that an earlier item has.
    pub(crate) fn name_twice<T>(&mut self, name: &str, span: Span) -> Outcome<T> {
        let diagnostic = Diagnostic::error(Code::NAME_TWICE, format!("two columns would be called `{name}`"), span);
        self.fail(diagnostic.help("name one of them: new_name = …"))
    }
}
