//! Frames: which rows of its partition a row looks at.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::expr::Expr;

/// The rows that an aggregate or a picking function sees from a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// A plan holds a handful of frames: their size is nobody's concern.
#[allow(clippy::large_enum_variant)]
pub enum WindowFrame {
    /// The whole partition.
    #[default]
    Whole,
    /// Rows counted from the row itself, both ends included; nothing is unbounded.
    Rows {
        /// The first row; negative ones stand before.
        start: Option<i64>,
        /// The last row.
        end: Option<i64>,
    },
    /// Rows by the values of their sort key, both ends included.
    Range {
        /// The sort key in the type of the bounds, where a bound is a value.
        key: Option<Expr>,
        /// The first row.
        start: RangeBound,
        /// The last row.
        end: RangeBound,
    },
}

/// An end of a frame by values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeBound {
    /// That of the partition.
    Unbounded,
    /// The rows with the same sort keys.
    Peers,
    /// The value that the key may just reach; of the key's type, computed for each row.
    Value(Expr),
}

impl WindowFrame {
    /// The expressions it reads.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let (key, bounds) = match self {
            WindowFrame::Range { key, start, end } => (key.as_ref(), vec![start, end]),
            _ => (None, Vec::new()),
        };
        key.into_iter().chain(bounds.into_iter().filter_map(RangeBound::value))
    }

    /// The expressions it reads, to be changed. The types must stay.
    pub fn exprs_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let (key, bounds) = match self {
            WindowFrame::Range { key, start, end } => (key.as_mut(), vec![start, end]),
            _ => (None, Vec::new()),
        };
        let values = bounds.into_iter().filter_map(|bound| match bound {
            RangeBound::Value(expr) => Some(expr),
            _ => None,
        });
        key.into_iter().chain(values)
    }
}

impl RangeBound {
    /// The bound's expression, where it is a value.
    pub fn value(&self) -> Option<&Expr> {
        match self {
            RangeBound::Value(expr) => Some(expr),
            _ => None,
        }
    }
}

impl fmt::Display for WindowFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = |n: &Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        match self {
            WindowFrame::Whole => Ok(()),
            WindowFrame::Rows { start, end } => write!(f, "rows {}..{}", rows(start), rows(end)),
            WindowFrame::Range { start, end, .. } => write!(f, "range {start}..{end}"),
        }
    }
}

impl fmt::Display for RangeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RangeBound::Unbounded => Ok(()),
            RangeBound::Peers => f.write_str("0"),
            RangeBound::Value(expr) => write!(f, "({expr})"),
        }
    }
}
