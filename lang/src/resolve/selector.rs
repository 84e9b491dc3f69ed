//! `*`, `cols(…)`, `… but …`: columns chosen by name, pattern or kind of type.

use std::sync::Arc;

use weft_core::{Expr, Field, Schema, Type};

use super::context::Selection;
use super::{Context, Failed, Outcome, Scope, is_hidden};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Arg, ExprKind, Literal};

/// Whether a kind of types holds a type.
type Class = fn(&Type) -> bool;

/// Whether a selector chooses a field.
type Test = Box<dyn Fn(&Field) -> bool>;

/// The kinds of types that `cols( )` knows.
const CLASSES: &[(&str, Class)] = &[
    ("numeric", Type::is_numeric),
    ("integer", Type::is_integer),
    ("int", Type::is_integer),
    ("float", Type::is_float),
    ("decimal", Type::is_decimal),
    ("temporal", Type::is_temporal),
    ("str", |t| *t == Type::String),
    ("bool", |t| *t == Type::Bool),
    ("date", |t| *t == Type::Date),
    ("timestamp", |t| matches!(t, Type::Timestamp(..))),
    ("binary", |t| matches!(t, Type::Binary | Type::FixedBinary(_))),
    ("list", |t| matches!(t, Type::List(_) | Type::FixedList(..))),
    ("struct", |t| matches!(t, Type::Struct(_))),
    ("image", |t| matches!(t, Type::Image(_))),
];

impl Context<'_> {
    /// Whether an expression is a selector, so that it stands for several columns.
    pub(crate) fn is_selector(&self, expr: &ast::Expr) -> bool {
        match &expr.without_parens().kind {
            ExprKind::Star | ExprKind::But { .. } => true,
            ExprKind::Call { name, .. } => name.text == "cols",
            _ => false,
        }
    }

    /// The names that a selector stands for, in the order of the table.
    pub(crate) fn expand(&mut self, schema: &Schema, expr: &ast::Expr) -> Outcome<Vec<Arc<str>>> {
        match &expr.without_parens().kind {
            ExprKind::Star => Ok(schema.names().filter(|n| !is_hidden(n)).cloned().collect()),
            ExprKind::Call { args, .. } => self.cols(schema, args),
            ExprKind::But { selector, except } => {
                let mut names = self.expand(schema, selector)?;
                for item in except {
                    if self.is_selector(item) {
                        let gone = self.expand(schema, item)?;
                        names.retain(|n| !gone.contains(n));
                    } else if let Some(name) = item.as_name() {
                        if schema.field(&name.text).is_none() {
                            return self.no_column(Scope::Rows(schema), name);
                        }
                        names.retain(|n| **n != *name.text);
                    } else {
                        return self.error(Code::NOT_A_VALUE, "`but` takes names of columns", item.span);
                    }
                }
                Ok(names)
            }
            _ => self.error(Code::NOT_A_VALUE, "this is no selector", expr.span),
        }
    }

    /// Fields that any of the arguments chooses.
    fn cols(&mut self, schema: &Schema, args: &[Arg]) -> Outcome<Vec<Arc<str>>> {
        let mut tests: Vec<Test> = Vec::with_capacity(args.len());
        for arg in args {
            let Some(expr) = arg.value.as_expr() else {
                return self.error(Code::NOT_A_VALUE, "`cols` takes patterns and kinds of types", arg.span);
            };
            match &expr.kind {
                ExprKind::Literal(Literal::Str(pattern)) => match regex::Regex::new(pattern) {
                    Ok(regex) if schema.field(pattern).is_none() => tests.push(Box::new(move |f| regex.is_match(&f.name))),
                    // A string that is a column's name means that column alone.
                    Ok(_) => {
                        let name = pattern.clone();
                        tests.push(Box::new(move |f| *f.name == *name));
                    }
                    Err(error) => return self.error(Code::BAD_ARGUMENT, format!("no regular expression: {error}"), expr.span),
                },
                ExprKind::Name(class) => match CLASSES.iter().find(|(known, _)| *known == class.text) {
                    Some((_, test)) => tests.push(Box::new(move |f| test(&f.ty))),
                    None => {
                        let message = format!("no kind of types `{}`", class.text);
                        let diagnostic = Diagnostic::error(Code::UNKNOWN_TYPE, message, class.span);
                        return self.fail(match suggest(&class.text, CLASSES.iter().map(|(n, _)| *n)) {
                            Some(near) => diagnostic.fix(class.span, near, format!("write `{near}`")),
                            None => diagnostic.help("columns by name stand in quotes here: cols(\"a\", \"b\")"),
                        });
                    }
                },
                _ => return self.error(Code::NOT_A_VALUE, "`cols` takes patterns and kinds of types", expr.span),
            }
        }
        let shown = schema.fields().iter().filter(|f| !is_hidden(&f.name));
        Ok(shown.filter(|f| tests.iter().any(|t| t(f))).map(|f| Arc::clone(&f.name)).collect())
    }

    /// A selector inside an expression: the column that the item is being repeated for.
    pub(super) fn selected(&mut self, scope: Scope<'_>, expr: &ast::Expr) -> Outcome<Expr> {
        let Some(schema) = scope.schema() else {
            return self.error(Code::NOT_A_VALUE, "a selector has no columns to choose from here", expr.span);
        };
        match self.selection.clone() {
            Selection::Column(name) => {
                let column = Expr::column(schema, &name);
                self.engine(column, expr.span)
            }
            Selection::Probe(None) => {
                let names = self.expand(schema, expr)?;
                self.selection = Selection::Probe(Some(names));
                Err(Failed)
            }
            Selection::Probe(Some(_)) => Err(Failed),
            Selection::Off => {
                let diagnostic =
                    Diagnostic::error(Code::NOT_A_VALUE, "a selector stands for several columns, not for a value", expr.span);
                self.fail(
                    diagnostic.help("in derive, select and braces an item with a selector is repeated for each of its columns"),
                )
            }
        }
    }

    /// The columns of a selector as arguments of a variadic function.
    pub(super) fn expanded_columns(&mut self, scope: Scope<'_>, expr: &ast::Expr) -> Outcome<Vec<Expr>> {
        let Some(schema) = scope.schema() else { return self.selected(scope, expr).map(|e| vec![e]) };
        let names = self.expand(schema, expr)?;
        let columns = names.iter().map(|name| Expr::column(schema, name)).collect::<weft_core::Result<Vec<_>>>();
        self.engine(columns, expr.span)
    }
}
