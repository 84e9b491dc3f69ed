//! Sources: tables, paths, function calls, pipelines in parentheses, table literals.

use chumsky::prelude::*;

use super::common::{failure, parens, path, sym};
use super::{P, call, collection};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Expr, ExprKind, Name, Path, Pipe, Source, SourceKind};
use crate::syntax::token::{Kind, Symbol};

pub(super) fn source(expr: &P<Expr>, pipe: &P<Pipe>) -> P<Source> {
    let named = path().then(call::args(expr).or_not()).try_map(|(path, args), span: crate::Span| {
        let Some(args) = args else {
            return Ok(SourceKind::Path(path));
        };
        let mut names = path.names;
        match (names.pop(), names.is_empty()) {
            (Some(name), true) => Ok(SourceKind::Call { name, args }),
            _ => Err(failure(Diagnostic::error(Code::NOT_A_TABLE, "a path into a catalog takes no arguments", span))),
        }
    });
    let piped = parens(pipe.clone()).map(|pipe| SourceKind::Pipe(Box::new(pipe)));
    let row = collection::structure(expr);
    let rows = row
        .separated_by(sym(Symbol::Comma))
        .allow_trailing()
        .collect()
        .delimited_by(sym(Symbol::LBracket), sym(Symbol::RBracket))
        .map(SourceKind::Rows);
    let session = select! { Kind::Session(text) => text }.map_with(|text, e| {
        let span: crate::Span = e.span();
        e.emit(failure(Diagnostic::error(Code::NOT_A_TABLE, "tables stand without `$` here", span).fix(
            span,
            text.to_string(),
            "remove the `$`",
        )));
        let name = Name { text: text.to_string(), span, quoted: false };
        SourceKind::Path(Path { names: vec![name], span })
    });
    choice((named.boxed(), piped.boxed(), rows.boxed(), session.boxed()))
        .map_with(|kind, e| Source { kind, span: e.span() })
        .labelled("a table")
        .boxed()
}

/// Why an expression cannot be the head of a pipe.
pub(super) fn not_a_table(head: &Expr) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::NOT_A_TABLE, "a pipe starts with a table", head.span).label("this is an expression");
    match &head.kind {
        ExprKind::Session(name) => {
            diagnostic.fix(head.span, name.text.clone(), "remove the `$`").help("tables stand without `$` at the head of a pipe")
        }
        ExprKind::Literal(crate::syntax::ast::Literal::Str(_)) => {
            diagnostic.help("read a file with `read_csv(\"…\")`, `read_parquet(\"…\")` or `glob(\"…\")`")
        }
        _ => diagnostic,
    }
}
