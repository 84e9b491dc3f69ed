//! Which names a row expression sees.

use std::cell::RefCell;
use std::sync::Arc;

use weft_core::{Field, Schema};
use weft_plan::nodes::NamedAggregate;

/// What stands behind a bare name.
#[derive(Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// Nothing: no table is at hand.
    Constant,
    /// The columns of the table at this stage.
    Rows(&'a Schema),
    /// The same, inside the parentheses of an aggregate.
    Folded(&'a Schema),
    /// The braces of `agg` and `group`.
    Braces(&'a Braces<'a>),
    /// The conditions of a join.
    Join(&'a JoinScope<'a>),
}

/// The braces of `agg` and `group`: aggregates read the input, all else keys and earlier items.
pub(crate) struct Braces<'a> {
    /// The rows that are folded.
    pub(crate) input: &'a Schema,
    /// Keys and earlier items.
    pub(crate) visible: RefCell<Vec<Field>>,
    /// The aggregates found so far.
    pub(crate) calls: RefCell<Vec<NamedAggregate>>,
    /// Names that no aggregate may get by itself.
    pub(crate) taken: Vec<Arc<str>>,
}

/// Both sides of a join.
pub(crate) struct JoinScope<'a> {
    /// The left columns.
    pub(crate) left: &'a Schema,
    /// The right columns: their names as written, and what they are called in the node.
    pub(crate) right: Vec<(Arc<str>, Field)>,
    /// The right side's name.
    pub(crate) alias: Option<&'a str>,
}

impl JoinScope<'_> {
    /// The right side's column.
    pub(crate) fn right(&self, name: &str) -> Option<&Field> {
        self.right.iter().find(|(written, _)| &**written == name).map(|(_, field)| field)
    }
}

/// Whether a column is none of the user's: names with a backtick cannot be written.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('`')
}

impl Scope<'_> {
    /// The column behind a bare name.
    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        match self {
            Scope::Constant => None,
            Scope::Rows(schema) | Scope::Folded(schema) => schema.field(name).cloned(),
            Scope::Braces(braces) => braces.visible.borrow().iter().find(|f| &*f.name == name).cloned(),
            Scope::Join(join) => join.left.field(name).or_else(|| join.right(name)).cloned(),
        }
    }

    /// All names, for "did you mean".
    pub(crate) fn names(&self) -> Vec<Arc<str>> {
        match self {
            Scope::Constant => Vec::new(),
            Scope::Rows(schema) | Scope::Folded(schema) => schema.names().filter(|n| !is_hidden(n)).cloned().collect(),
            Scope::Braces(braces) => braces.visible.borrow().iter().map(|f| Arc::clone(&f.name)).collect(),
            Scope::Join(join) => join.left.names().chain(join.right.iter().map(|(name, _)| name)).cloned().collect(),
        }
    }

    /// The table that selectors are expanded against.
    pub(crate) fn schema(&self) -> Option<&Schema> {
        match self {
            Scope::Rows(schema) | Scope::Folded(schema) => Some(schema),
            Scope::Braces(braces) => Some(braces.input),
            Scope::Constant | Scope::Join(_) => None,
        }
    }
}
