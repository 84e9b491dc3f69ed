//! A row for each item of a list.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::{Expr, Field, Schema, Type};

use super::{Node, NodeKind, Rewrite, list, only};
use crate::plan::LogicalPlan;

/// Each row as often as its lists have items, which stand in place of the lists. Lists of one row must be equally long.
/// Keeps order. Rows whose lists are null or empty go, or stay once with nulls.
#[derive(Debug, Clone, PartialEq)]
pub struct Explode {
    /// The rows.
    pub input: LogicalPlan,
    /// Columns of lists; at least one, each once.
    pub columns: Vec<Arc<str>>,
    /// A further column for the place in the list, from 0.
    pub index: Option<Arc<str>>,
    /// Whether rows without items stay.
    pub keep_empty: bool,
}

impl Explode {
    /// Whether `name` holds the same values before and after.
    pub fn passes(&self, name: &str) -> bool {
        !self.columns.iter().any(|c| **c == *name) && self.index.as_deref() != Some(name)
    }
}

/// The type of a list's items.
fn item_of(ty: &Type) -> Option<&Type> {
    match ty {
        Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _) => Some(item),
        _ => None,
    }
}

impl NodeKind for Explode {
    fn name(&self) -> &'static str {
        "explode"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Explode { input: only(inputs)?, ..self.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        let mut fields: Vec<Field> = self.input.schema().fields().to_vec();
        for name in &self.columns {
            let field = fields.iter_mut().find(|f| f.name == *name);
            let field = field.ok_or_else(|| Error::not_found(format!("no column `{name}` for explode")))?;
            let item = item_of(&field.ty)
                .ok_or_else(|| Error::type_mismatch(format!("`explode` takes lists apart, and `{name}` is {}", field.ty)))?;
            *field = Field { name: Arc::clone(&field.name), ty: item.clone(), nullable: true };
        }
        if let Some(index) = &self.index {
            fields.push(Field { name: Arc::clone(index), ty: Type::Int64, nullable: self.keep_empty });
        }
        Schema::new(fields)
    }

    fn exprs(&self) -> Vec<&Expr> {
        Vec::new()
    }

    fn with_exprs(&self, _: Rewrite<'_>) -> Result<Node> {
        Ok(self.clone().into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = vec![("", list(&self.columns))];
        details.extend(self.index.as_ref().map(|name| ("index", name.to_string())));
        if self.keep_empty {
            details.push(("keep empty", String::new()));
        }
        details
    }
}
