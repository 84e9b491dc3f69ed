//! What the right columns are called in a join.

use std::sync::Arc;

use weft_core::{Field, Schema};

use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Outcome};
use crate::syntax::{self as ast, Name};

/// A right column in the join.
pub(super) struct RightColumn {
    /// Its name on the right.
    pub(super) written: Arc<str>,
    /// Its name and type in the join.
    pub(super) field: Field,
    /// Whether it is a key of both sides, written alone, which comes out once.
    pub(super) lone: bool,
}

/// What the right columns are called.
pub(super) struct Names<'a> {
    pub(super) left: &'a Schema,
    pub(super) right: &'a Schema,
    /// Keys of both sides.
    pub(super) lone: &'a [&'a Name],
    pub(super) alias: Option<&'a str>,
    pub(super) prefix: Option<&'a (String, Span)>,
    /// Whether right columns come out.
    pub(super) shows_right: bool,
}

impl Names<'_> {
    /// A column for each of the right side's, in order.
    pub(super) fn right_columns(&self, cx: &mut Context<'_>, join: &ast::Join) -> Outcome<Vec<RightColumn>> {
        let mut columns: Vec<RightColumn> = Vec::with_capacity(self.right.len());
        let mut clashes = Vec::new();
        for field in self.right.fields() {
            let lone = self.lone.iter().any(|lone| lone.text == *field.name);
            let name = if lone || !self.shows_right { self.inner_name(&field.name) } else { self.shown_name(&field.name) };
            if !lone && self.shows_right && self.is_taken(&field.name, &name) {
                clashes.push((Arc::clone(&field.name), name));
                continue;
            }
            columns.push(RightColumn { written: Arc::clone(&field.name), field: Field { name, ..field.clone() }, lone });
        }
        if clashes.is_empty() { Ok(columns) } else { self.clash(cx, join, &clashes) }
    }

    fn shown_name(&self, name: &Arc<str>) -> Arc<str> {
        match (self.prefix, self.alias) {
            (Some((prefix, _)), _) => format!("{prefix}{name}").into(),
            (None, Some(alias)) if self.left.field(name).is_some() => format!("{alias}_{name}").into(),
            _ => Arc::clone(name),
        }
    }

    /// A name that nobody sees and no column has.
    fn inner_name(&self, name: &Arc<str>) -> Arc<str> {
        let taken = |name: &str| self.left.field(name).is_some() || self.right.field(name).is_some();
        let mut inner: Arc<str> = Arc::clone(name);
        while self.left.field(&inner).is_some() || (inner != *name && taken(&inner)) {
            inner = format!("{inner} (right)").into();
        }
        inner
    }

    /// Whether another column has the name that right column `written` would get.
    fn is_taken(&self, written: &Arc<str>, wanted: &Arc<str>) -> bool {
        let beside = self.prefix.is_none() && wanted != written && self.right.field(wanted).is_some();
        self.left.field(wanted).is_some() || beside
    }

    fn clash<T>(&self, cx: &mut Context<'_>, join: &ast::Join, clashes: &[(Arc<str>, Arc<str>)]) -> Outcome<T> {
        let list = |names: Vec<&str>| format!("`{}`", names.join("`, `"));
        let wanted = list(clashes.iter().map(|(_, wanted)| &**wanted).collect());
        let written = list(clashes.iter().map(|(written, _)| &**written).collect());
        let (one, first) = (clashes.len() == 1, clashes.first().map_or("", |(written, _)| &**written));
        let (columns, become_, names, are) =
            if one { ("column", "becomes", "a name", "is") } else { ("columns", "become", "names", "are") };
        if let Some((prefix, span)) = self.prefix {
            let message =
                format!("with the prefix {prefix:?} the right {columns} {written} {become_} {wanted}: {names} that {are} taken");
            let help = "the left side has such columns: choose another prefix, or rename or drop them first";
            return cx.fail(Diagnostic::error(Code::NAME_TWICE, message, *span).help(help));
        }
        if let Some(alias) = self.alias {
            let message = format!("the right {columns} {written} {become_} {wanted}, {names} that {are} taken");
            let help = format!("use another name than `{alias}`, or say prefix: \"…\"");
            return cx.fail(Diagnostic::error(Code::NAME_TWICE, message, join.source.span).help(help));
        }
        let message = if one {
            format!("both sides of the join have a column {written}")
        } else {
            format!("both sides of the join have columns {written}")
        };
        let diagnostic = Diagnostic::error(Code::NAME_TWICE, message, join.source.span);
        let span = join.source.span.at_end();
        cx.fail(
            diagnostic
                .fix(span, " as r", format!("add `as r`, to get `r_{first}`"))
                .help(format!("name the right side (`as r` makes it `r_{first}`), say prefix: \"r_\", or drop the column first")),
        )
    }
}
