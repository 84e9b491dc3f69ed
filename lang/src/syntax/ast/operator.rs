//! Prefix and infix operators.

/// Operators before their operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `not x`
    Not,
}

/// Operators between two operands. Ranges and lambdas are nodes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the spelling beside each says it all")]
pub enum BinaryOp {
    /// `**`
    Pow,
    /// `*`
    Mul,
    /// `/`: float division
    Div,
    /// `//`: floor division
    FloorDiv,
    /// `%`: the remainder of `//`
    Rem,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `??`: the right side where the left is null
    Coalesce,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `~`: matches a regular expression
    Matches,
    /// `!~`
    NotMatches,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `is`: equal, nulls alike
    Is,
    /// `is not`
    IsNot,
    /// `and`
    And,
    /// `or`
    Or,
}

impl BinaryOp {
    /// How the operator is spelled.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pow => "**",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Rem => "%",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Coalesce => "??",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Matches => "~",
            Self::NotMatches => "!~",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// Whether it compares: comparisons do not chain.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq
                | Self::Ne
                | Self::Lt
                | Self::Le
                | Self::Gt
                | Self::Ge
                | Self::Matches
                | Self::NotMatches
                | Self::In
                | Self::NotIn
                | Self::Is
                | Self::IsNot
        )
    }

    /// Whether it is one of `** * / // % + -`.
    #[must_use]
    pub const fn is_arithmetic(self) -> bool {
        matches!(self, Self::Pow | Self::Mul | Self::Div | Self::FloorDiv | Self::Rem | Self::Add | Self::Sub)
    }
}
