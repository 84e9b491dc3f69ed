//! Sub-pipelines that expressions read: a table whose only value stands for a value, or whose values are looked into.
//!
//! An expression names such a table; the plan around it says what the table is, execution computes it once, before the
//! rows that read it, and puts the answer here.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::series::Series;
use crate::value::Value;

/// The name of a sub-pipeline. Two with one `id` compute the same table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subquery {
    /// What tells it apart: made of what it computes, so that it is the same in every session.
    pub id: Arc<str>,
    /// The name of its column, for `explain`.
    pub label: Arc<str>,
}

impl fmt::Display for Subquery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$({})", self.label)
    }
}

/// A set of values of one type that rows are looked up in.
pub trait Membership: fmt::Debug + Send + Sync {
    /// A bit for each row: whether its value is in the set. Unset for null.
    ///
    /// # Errors
    /// When the set is not there yet, which is a fault of the order in which things run.
    fn contains(&self, values: &Series) -> Result<BooleanBuffer>;
}

/// What a sub-pipeline gave.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Its only value; null where it has no row.
    Value(Value),
    /// Its values.
    Set(Arc<dyn Membership>),
}

/// The answers of one query's sub-pipelines. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<RwLock<HashMap<Arc<str>, Answer>>>);

impl Answers {
    /// Notes the answer of a sub-pipeline.
    pub fn set(&self, subquery: &Subquery, answer: Answer) {
        self.0.write().insert(Arc::clone(&subquery.id), answer);
    }

    /// The value of a sub-pipeline.
    ///
    /// # Errors
    /// When it was not computed before what reads it.
    pub fn value(&self, subquery: &Subquery) -> Result<Value> {
        match self.0.read().get(&subquery.id) {
            Some(Answer::Value(value)) => Ok(value.clone()),
            _ => Err(missing(subquery)),
        }
    }

    /// The values of a sub-pipeline.
    ///
    /// # Errors
    /// When it was not computed before what reads it.
    pub fn table(&self, subquery: &Subquery) -> Result<Arc<dyn Membership>> {
        match self.0.read().get(&subquery.id) {
            Some(Answer::Set(set)) => Ok(Arc::clone(set)),
            _ => Err(missing(subquery)),
        }
    }
}

fn missing(subquery: &Subquery) -> Error {
    Error::internal(format!("the sub-pipeline {subquery} was not computed before it is read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_what_it_is() {
        let (answers, name) = (Answers::default(), Subquery { id: "1".into(), label: "n".into() });
        assert!(answers.value(&name).unwrap_err().message().contains("$(n)"));
        answers.clone().set(&name, Answer::Value(Value::Int(3)));
        assert_eq!(answers.value(&name).unwrap(), Value::Int(3));
        assert!(answers.table(&name).is_err());
    }
}
