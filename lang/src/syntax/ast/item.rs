//! What stands in lists: items, sort keys, arguments, options.

use super::{Expr, FString, Name};
use crate::Span;

/// `[name =] expr`
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The name given.
    pub name: Option<ItemName>,
    /// What is computed.
    pub expr: Expr,
    /// Where the whole item stands.
    pub span: Span,
}

/// The name of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemName {
    /// `name =`
    Name(Name),
    /// `f"{col}_x" =`
    Pattern(FString),
}

impl ItemName {
    /// Where it stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::Pattern(pattern) => pattern.span,
        }
    }
}

/// `expr [asc|desc] [nulls first|last]`
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// What is sorted by.
    pub expr: Expr,
    /// `desc`
    pub descending: bool,
    /// `nulls first` (true), `nulls last` (false), or not said.
    pub nulls_first: Option<bool>,
    /// Where the whole key stands.
    pub span: Span,
}

impl Key {
    /// Whether nothing but the expression was written.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.span == self.expr.span
    }
}

/// `[name:] value` in the parentheses of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// The name, if it is a named argument.
    pub name: Option<Name>,
    /// The value.
    pub value: Value,
    /// Where the whole argument stands.
    pub span: Span,
}

/// `, name: value` at the end of a stage or statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Opt {
    /// The option.
    pub name: Name,
    /// Its value.
    pub value: Value,
    /// Where both stand.
    pub span: Span,
}

/// The value of an argument or option.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An expression.
    Expr(Expr),
    /// Sort keys with at least one direction: `day desc`, `[a, b desc]`.
    Keys(Vec<Key>, Span),
}

impl Value {
    /// Where it stands.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Expr(expr) => expr.span,
            Self::Keys(_, span) => *span,
        }
    }

    /// The expression, if it is no list of sort keys.
    #[must_use]
    pub const fn as_expr(&self) -> Option<&Expr> {
        match self {
            Self::Expr(expr) => Some(expr),
            Self::Keys(..) => None,
        }
    }
}
