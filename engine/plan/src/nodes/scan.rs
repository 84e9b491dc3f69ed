//! Reading a table.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::{Expr, Schema, TableSource};

use super::{Node, NodeKind, Rewrite, list};
use crate::plan::LogicalPlan;

/// A table source; equal when it would be made by the same call over the same data.
#[derive(Debug, Clone)]
pub struct SourceRef(pub Arc<dyn TableSource>);

impl PartialEq for SourceRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.spec() == other.0.spec() && self.0.validator() == other.0.validator())
    }
}

/// Reads columns of a source. Filters and limit get here by pushdown; the source said that it applies them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// What is read.
    pub source: SourceRef,
    /// Names of the columns that are read, in order; nothing for all.
    pub projection: Option<Vec<Arc<str>>>,
    /// Conditions over the source's columns (also ones that are not in the projection) that the source applies exactly.
    pub filters: Vec<Expr>,
    /// Conditions that only rule out parts of the source; a filter above applies them exactly.
    pub pruning: Vec<Expr>,
    /// Rows after the filters that suffice.
    pub limit: Option<u64>,
}

impl Scan {
    /// All of `source`.
    pub fn all(source: Arc<dyn TableSource>) -> Self {
        Scan { source: SourceRef(source), projection: None, filters: Vec::new(), pruning: Vec::new(), limit: None }
    }

    /// Positions in the source's schema of the columns that are read.
    pub fn column_indices(&self) -> Result<Vec<usize>> {
        let schema = self.source.0.schema();
        match &self.projection {
            None => Ok((0..schema.len()).collect()),
            Some(names) => {
                let find = |n: &Arc<str>| {
                    schema.index_of(n).ok_or_else(|| Error::internal(format!("no column `{n}` in {}", self.source.0.label())))
                };
                names.iter().map(find).collect()
            }
        }
    }
}

impl NodeKind for Scan {
    fn name(&self) -> &'static str {
        "scan"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        Vec::new()
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        if inputs.is_empty() { Ok(self.clone().into()) } else { Err(Error::internal("a scan has no input")) }
    }

    fn schema(&self) -> Result<Schema> {
        self.source.0.schema().project(&self.column_indices()?)
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.filters.iter().chain(&self.pruning).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        let filters = self.filters.iter().map(|f| rewrite(f.clone())).collect::<Result<_>>()?;
        let pruning = self.pruning.iter().map(|f| rewrite(f.clone())).collect::<Result<_>>()?;
        Ok(Scan { filters, pruning, ..self.clone() }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = vec![("", self.source.0.label())];
        if let Some(names) = &self.projection {
            details.push(("columns", format!("{} of {}: {}", names.len(), self.source.0.schema().len(), list(names))));
        }
        if !self.filters.is_empty() {
            details.push(("where", list(&self.filters)));
        }
        if !self.pruning.is_empty() {
            details.push(("prune", list(&self.pruning)));
        }
        if let Some(limit) = self.limit {
            details.push(("take", limit.to_string()));
        }
        details
    }
}
