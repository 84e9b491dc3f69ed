//! Names and types of a table's columns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::types::Type;

/// A named, typed column of a table, or a member of a struct.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// The column's name; any text, names are case-sensitive.
    pub name: Arc<str>,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether nulls can stand in it. `true` where not known.
    pub nullable: bool,
}

impl Field {
    /// A nullable field.
    pub fn new(name: impl Into<Arc<str>>, ty: Type) -> Self {
        Field { name: name.into(), ty, nullable: true }
    }

    /// The same, known to hold no nulls.
    pub fn required(mut self) -> Self {
        self.nullable = false;
        self
    }
}

/// The columns of a table in order; names are unique.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Schema {
    fields: Arc<[Field]>,
}

impl Schema {
    /// A schema of `fields`; an error if a name stands twice.
    pub fn new(fields: Vec<Field>) -> Result<Self> {
        let mut seen = std::collections::HashSet::with_capacity(fields.len());
        if let Some(twice) = fields.iter().find(|f| !seen.insert(&*f.name)) {
            return Err(Error::argument(format!("two columns are called `{}`", twice.name)));
        }
        drop(seen);
        Ok(Schema { fields: fields.into() })
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many columns.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The position of column `name`, from 0.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| &*f.name == name)
    }

    /// The column `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| &*f.name == name)
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.fields.iter().map(|f| &f.name)
    }

    /// The schema of the columns at `indices`, in that order.
    pub fn project(&self, indices: &[usize]) -> Result<Self> {
        let fields = indices.iter().map(|&i| self.fields.get(i).cloned()).collect::<Option<Vec<_>>>();
        Schema::new(fields.ok_or_else(|| Error::internal("projection past the schema's end"))?)
    }

    /// The Arrow schema, logical types as extension types on its fields.
    pub fn to_arrow(&self) -> arrow::datatypes::SchemaRef {
        Arc::new(arrow::datatypes::Schema::new(self.fields.iter().map(Field::to_arrow).collect::<Vec<_>>()))
    }

    /// The engine's schema for an Arrow one; names that stand twice get `_2`, `_3`, ….
    pub fn from_arrow(schema: &arrow::datatypes::Schema) -> Result<Self> {
        let mut fields: Vec<Field> = Vec::with_capacity(schema.fields().len());
        let mut taken = std::collections::HashSet::new();
        for arrow in schema.fields() {
            let mut field = Field::from_arrow(arrow)?;
            let mut n = 2;
            while !taken.insert(field.name.clone()) {
                field.name = format!("{}_{n}", arrow.name()).into();
                n += 1;
            }
            fields.push(field);
        }
        Schema::new(fields)
    }
}
