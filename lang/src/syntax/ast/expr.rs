//! Expressions, windows and types.

use super::{Arg, BinaryOp, Key, Literal, Name, Pipe, Spanned, UnaryOp};
use crate::Span;

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A value in the text.
    Literal(Literal),
    /// `f"…{x}…"`
    FString(FString),
    /// A bare name: a column in row expressions, a table at the head of a pipe.
    Name(Name),
    /// `$name`: a value of the session, or a parameter.
    Session(Name),
    /// `*`: all columns.
    Star,
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[a desc, b]`: a list with directions, meaningful only as the value of an option.
    Keys(Vec<Key>),
    /// `[element for vars in list if condition]`
    Comprehension {
        /// What each element becomes.
        element: Box<Expr>,
        /// One name, or several for lists of structs or pairs.
        vars: Vec<Name>,
        /// The list.
        list: Box<Expr>,
        /// Which elements stay.
        condition: Option<Box<Expr>>,
    },
    /// `{a: 1, b: 2}`, `{..base, a: 1}`
    Struct {
        /// The struct that is copied first.
        base: Option<Box<Expr>>,
        /// Fields in order of writing.
        fields: Vec<(Name, Expr)>,
    },
    /// `x -> body`, `(x, y) -> body`
    Lambda {
        /// The parameters.
        params: Vec<Name>,
        /// What it computes.
        body: Box<Expr>,
    },
    /// `if c then a else b`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// The value where it is true.
        then: Box<Expr>,
        /// The value elsewhere.
        otherwise: Box<Expr>,
    },
    /// `case { c => v, …, else => v }`
    Case {
        /// The arms in order.
        arms: Vec<CaseArm>,
        /// The value of `else`.
        otherwise: Option<Box<Expr>>,
    },
    /// `match x { pattern => v, …, else => v }`
    Match {
        /// What is matched.
        subject: Box<Expr>,
        /// The arms in order.
        arms: Vec<MatchArm>,
        /// The value of `else`.
        otherwise: Option<Box<Expr>>,
    },
    /// `(x)`: only grouping.
    Paren(Box<Expr>),
    /// `(t | …)`: a pipeline in an expression.
    Pipeline(Box<Pipe>),
    /// `f(a, b, name: c)`
    Call {
        /// The function.
        name: Name,
        /// Its arguments.
        args: Vec<Arg>,
    },
    /// `x.f(a)`
    Method {
        /// What stands before the dot.
        receiver: Box<Expr>,
        /// The function.
        name: Name,
        /// The arguments in parentheses.
        args: Vec<Arg>,
    },
    /// `x.f`: a struct's field, a namespace, a part of a catalog path.
    Field {
        /// What stands before the dot.
        receiver: Box<Expr>,
        /// The name behind it.
        name: Name,
    },
    /// `x[i]`, `x[a..b]`
    Index {
        /// What is indexed.
        receiver: Box<Expr>,
        /// The index or range.
        index: Box<Expr>,
    },
    /// `x::type`, `x::?type`
    Cast {
        /// What is cast.
        value: Box<Expr>,
        /// To what.
        ty: TypeExpr,
        /// Whether a bad value gives null (`::?`) instead of an error.
        lenient: bool,
    },
    /// `x over (by k sort t rows ..0)`
    Over {
        /// The aggregate or window function.
        value: Box<Expr>,
        /// Its window.
        window: Window,
    },
    /// `* but a`, `cols(numeric) but (a, b)`
    But {
        /// `*` or a call of `cols`.
        selector: Box<Expr>,
        /// What is left out.
        except: Vec<Expr>,
    },
    /// `-x`, `not x`
    Unary {
        /// The operator.
        op: Spanned<UnaryOp>,
        /// Its operand.
        operand: Box<Expr>,
    },
    /// `a + b` and the like
    Binary {
        /// The operator.
        op: Spanned<BinaryOp>,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `a..b`, `a..<b`, `a..`, `..b`
    Range {
        /// The lower bound.
        start: Option<Box<Expr>>,
        /// The upper bound.
        end: Option<Box<Expr>>,
        /// Whether the upper bound belongs to it: `..` and not `..<`.
        inclusive: bool,
    },
    /// Could not be read; a diagnostic says why.
    Error,
}

impl Expr {
    /// An expression of this kind at this place.
    #[must_use]
    pub const fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The expression inside any number of parentheses.
    #[must_use]
    pub fn without_parens(&self) -> &Self {
        let mut expr = self;
        while let ExprKind::Paren(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }

    /// The bare name, if it is nothing else.
    #[must_use]
    pub const fn as_name(&self) -> Option<&Name> {
        match &self.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The literal, if it is one.
    #[must_use]
    pub const fn as_literal(&self) -> Option<&Literal> {
        match &self.kind {
            ExprKind::Literal(literal) => Some(literal),
            _ => None,
        }
    }
}

/// An f-string, split into its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct FString {
    /// The parts in order; texts never follow each other.
    pub parts: Vec<FStringPart>,
    /// Where the whole literal stands.
    pub span: Span,
}

/// A part of an f-string.
#[derive(Debug, Clone, PartialEq)]
pub enum FStringPart {
    /// Text, escapes already replaced.
    Text(String),
    /// `{expr}` or `{expr:format}`
    Expr {
        /// What is inserted.
        expr: Expr,
        /// How it is formatted: the text behind the colon.
        format: Option<Spanned<String>>,
    },
}

/// `condition => value`
#[derive(Debug, Clone, PartialEq)]
pub struct CaseArm {
    /// When.
    pub condition: Expr,
    /// What.
    pub value: Expr,
}

/// `pattern => value`
#[derive(Debug, Clone, PartialEq)]
pub struct MatchArm {
    /// A value, a list, a range or null.
    pub pattern: Expr,
    /// What it gives.
    pub value: Expr,
}

/// `(by a, b sort c desc rows -2..0)`
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The keys of the partition; empty without `by`.
    pub partition: Vec<Expr>,
    /// The order inside; empty without `sort`.
    pub order: Vec<Key>,
    /// The rows seen from each row.
    pub frame: Option<Frame>,
    /// Where it stands, parentheses included.
    pub span: Span,
}

/// `rows a..b`, `range a..b`
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// First row or value; none is unbounded.
    pub start: Option<Box<Expr>>,
    /// Last row or value; none is unbounded.
    pub end: Option<Box<Expr>>,
    /// Where it stands.
    pub span: Span,
}

/// What the bounds of a frame count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Values of the sort key.
    Range,
}

/// A type as written behind `::`.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of types as written.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `int`, `decimal(12, 2)`
    Named {
        /// The type's name.
        name: Name,
        /// Its arguments.
        args: Vec<Arg>,
    },
    /// `[int]`
    List(Box<TypeExpr>),
    /// `{a: int, b: str}`
    Struct(Vec<(Name, TypeExpr)>),
}
