//! `x in (…)`: looking rows up among the values of a sub-pipeline.

use arrow::array::BooleanArray;
use weft_core::{Result, Series, Subquery, Type};

use super::Evaluator;
use crate::encoding::{PerValue, from_array, map_values, validity};

impl Evaluator {
    /// Whether each row equals one of the table's values; null where the row is.
    pub(super) fn in_table(&self, values: &Series, table: &Subquery) -> Result<Series> {
        let set = self.query.answers.table(table)?;
        let how = PerValue { used_only: false, null_gives_null: true };
        map_values(values, how, &|s| from_array(Type::Bool, BooleanArray::new(set.contains(s)?, validity(s)?)))
    }
}
