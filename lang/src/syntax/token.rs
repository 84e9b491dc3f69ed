//! Tokens: what the lexer makes and the grammar reads.

use std::fmt;
use std::sync::Arc;

use super::ast::{FString, Literal, Spanned};
use crate::Span;

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands; empty for closers that the layout pass put in.
    pub span: Span,
    /// Characters before it on its line if it is the first token there.
    pub indent: Option<usize>,
}

/// What a token is. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A literal other than `null`, `true`, `false`.
    Literal(Arc<Literal>),
    /// An f-string whose expressions are still tokens.
    RawFString(Arc<Vec<RawPart>>),
    /// An f-string whose expressions are parsed.
    FString(Arc<FString>),
    /// A name, or a word that means something only at some places.
    Ident(Arc<str>),
    /// A name in backticks.
    Quoted(Arc<str>),
    /// `$name`
    Session(Arc<str>),
    /// A reserved word.
    Keyword(Keyword),
    /// An operator, bracket or separator.
    Symbol(Symbol),
    /// Something that could not be read; a diagnostic has said so.
    Error,
}

/// A part of an f-string before parsing.
#[derive(Debug, Clone, PartialEq)]
pub enum RawPart {
    /// Text, escapes already replaced.
    Text(String),
    /// `{…}`
    Expr {
        /// The tokens between the braces.
        tokens: Vec<Token>,
        /// The text behind the colon.
        format: Option<Spanned<String>>,
        /// Where it stands, without the braces.
        span: Span,
    },
}

macro_rules! spelled {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $text:literal)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// How it is spelled.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one spelled `text`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

spelled! {
    /// Reserved words.
    Keyword {
        And "and" Or "or" Not "not" In "in" Is "is" If "if" Then "then" Else "else" Case "case" Match "match"
        Let "let" Fn "fn" For "for" Over "over" Null "null" True "true" False "false" On "on" As "as" But "but"
        Within "within"
    }
}

spelled! {
    /// Operators, brackets, separators.
    Symbol {
        LParen "(" RParen ")" LBracket "[" RBracket "]" LBrace "{" RBrace "}"
        Comma "," Pipe "|" Dot "." DotDot ".." DotDotLess "..<" Colon ":" Cast "::" TryCast "::?"
        Assign "=" Arrow "->" FatArrow "=>" Semicolon ";"
        Eq "==" Ne "!=" Lt "<" Le "<=" Gt ">" Ge ">=" Tilde "~" NotTilde "!~"
        Plus "+" Minus "-" Star "*" StarStar "**" Slash "/" SlashSlash "//" Percent "%" Coalesce "??"
    }
}

impl Symbol {
    /// The closing bracket of an opening one.
    #[must_use]
    pub const fn closer(self) -> Option<Self> {
        match self {
            Self::LParen => Some(Self::RParen),
            Self::LBracket => Some(Self::RBracket),
            Self::LBrace => Some(Self::RBrace),
            _ => None,
        }
    }

    /// Whether it is a closing bracket.
    #[must_use]
    pub const fn is_closer(self) -> bool {
        matches!(self, Self::RParen | Self::RBracket | Self::RBrace)
    }

    /// Whether it stands between two operands or names something: what may start a continued line.
    #[must_use]
    pub const fn is_infix(self) -> bool {
        !matches!(
            self,
            Self::LParen
                | Self::LBracket
                | Self::LBrace
                | Self::RParen
                | Self::RBracket
                | Self::RBrace
                | Self::Comma
                | Self::Semicolon
        )
    }
}

impl Kind {
    /// The symbol, if it is one.
    #[must_use]
    pub const fn symbol(&self) -> Option<Symbol> {
        match self {
            Self::Symbol(symbol) => Some(*symbol),
            _ => None,
        }
    }

    /// The keyword, if it is one.
    #[must_use]
    pub const fn keyword(&self) -> Option<Keyword> {
        match self {
            Self::Keyword(keyword) => Some(*keyword),
            _ => None,
        }
    }

    /// Whether it is this symbol.
    #[must_use]
    pub fn is(&self, symbol: Symbol) -> bool {
        self.symbol() == Some(symbol)
    }

    /// Whether an expression can end with it. `*` and `..` can where they stand as operands, which the caller knows.
    #[must_use]
    pub const fn ends_expr(&self) -> bool {
        match self {
            Self::Keyword(keyword) => {
                matches!(keyword, Keyword::Null | Keyword::True | Keyword::False)
            }
            Self::Symbol(symbol) => symbol.is_closer(),
            _ => true,
        }
    }

    /// Whether an expression can start with it.
    #[must_use]
    pub const fn starts_expr(&self) -> bool {
        match self {
            Self::Keyword(keyword) => matches!(
                keyword,
                Keyword::Not | Keyword::If | Keyword::Case | Keyword::Match | Keyword::Null | Keyword::True | Keyword::False
            ),
            Self::Symbol(symbol) => {
                matches!(symbol, Symbol::LParen | Symbol::LBracket | Symbol::LBrace | Symbol::Minus)
            }
            _ => true,
        }
    }
}

impl fmt::Display for Kind {
    /// How a message names the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => f.write_str(match &**literal {
                Literal::Int(_) | Literal::Float { .. } => "a number",
                Literal::Str(_) => "a string",
                Literal::Duration { .. } => "a duration",
                _ => "a date or time",
            }),
            Self::RawFString(_) | Self::FString(_) => f.write_str("an f-string"),
            Self::Ident(text) | Self::Quoted(text) => write!(f, "`{text}`"),
            Self::Session(text) => write!(f, "`${text}`"),
            Self::Keyword(keyword) => write!(f, "`{}`", keyword.as_str()),
            Self::Symbol(symbol) => write!(f, "`{}`", symbol.as_str()),
            Self::Error => f.write_str("an unreadable token"),
        }
    }
}
