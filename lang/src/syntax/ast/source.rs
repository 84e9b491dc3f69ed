//! Where rows come from: the head of a pipe, the right side of joins and set operations.

use super::{Arg, Expr, ExprKind, Name, Path, Pipe};
use crate::Span;

/// A source of rows and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of sources.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceKind {
    /// A table of the session or a path into a catalog.
    Path(Path),
    /// `read_csv("x.csv", header: true)`
    Call {
        /// The function.
        name: Name,
        /// Its arguments.
        args: Vec<Arg>,
    },
    /// `(t | where …)`
    Pipe(Box<Pipe>),
    /// `[{a: 1}, {a: 2}]`: a table literal; each row is a struct expression.
    Rows(Vec<Expr>),
}

impl Source {
    /// Reads an expression as a source, because a pipe's head is parsed before it is known whether stages follow.
    /// Gives back `None` for what can be no table: a literal, an operator, `$x`.
    #[must_use]
    pub fn from_expr(expr: &Expr) -> Option<Self> {
        let kind = match &expr.kind {
            ExprKind::Name(_) | ExprKind::Field { .. } => SourceKind::Path(path_of(expr)?),
            ExprKind::Call { name, args } => SourceKind::Call { name: name.clone(), args: args.clone() },
            ExprKind::Pipeline(pipe) => SourceKind::Pipe(pipe.clone()),
            ExprKind::Paren(inner) => Self::from_expr(inner)?.kind,
            ExprKind::List(rows) if rows.iter().all(is_struct) => SourceKind::Rows(rows.clone()),
            _ => return None,
        };
        Some(Self { kind, span: expr.span })
    }
}

const fn is_struct(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Struct { .. } | ExprKind::Error)
}

fn path_of(expr: &Expr) -> Option<Path> {
    let mut names = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Name(name) => {
                names.push(name.clone());
                names.reverse();
                return Some(Path { names, span: expr.span });
            }
            ExprKind::Field { receiver, name } => {
                names.push(name.clone());
                at = receiver;
            }
            _ => return None,
        }
    }
}
