//! The conditions that a scan applies itself, as a row filter of the decoder.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowFilter};
use parquet::schema::types::SchemaDescriptor;
use weft_compute::Evaluator;
use weft_core::function::{QueryContext, Weight};
use weft_core::{Chunk, Expr, Field, Result, Schema, Series};

use super::schema::to_series;

/// Whether a scan applies `filter` exactly: it may run on any row (it cannot fail), in any order, and costs little.
pub(super) fn is_exact(filter: &Expr, schema: &Schema) -> bool {
    !filter.is_fallible()
        && filter.is_deterministic()
        && filter.weight() == Weight::Cheap
        && filter.columns().iter().all(|name| schema.index_of(name).is_some())
}

/// All exact filters of a scan, over the columns they read.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// Bound to `columns` by position.
    predicate: Expr,
    /// The columns it reads.
    pub(super) columns: Vec<Field>,
    evaluator: Evaluator,
}

impl Condition {
    /// The conjunction of `filters`; nothing when there is none.
    pub(super) fn new(filters: &[Expr], schema: &Schema, query: &QueryContext) -> Result<Option<Self>> {
        if filters.is_empty() {
            return Ok(None);
        }
        let predicate = Expr::and(filters.to_vec());
        let names = predicate.columns();
        let columns: Vec<Field> = schema.fields().iter().filter(|f| names.contains(&f.name)).cloned().collect();
        let predicate = predicate.bind(&Schema::new(columns.clone())?)?;
        Ok(Some(Condition { predicate, columns, evaluator: Evaluator::new(query.clone()) }))
    }

    /// As a row filter for a file whose root columns `roots` are the condition's.
    pub(super) fn row_filter(&self, schema: &SchemaDescriptor, roots: &[usize]) -> RowFilter {
        let mask = ProjectionMask::roots(schema, roots.iter().copied());
        let (condition, order) = (self.clone(), decoded_order(roots));
        let evaluate =
            move |batch: RecordBatch| condition.evaluate(&batch, &order).map_err(|e| ArrowError::ExternalError(Box::new(e)));
        RowFilter::new(vec![Box::new(ArrowPredicateFn::new(mask, evaluate))])
    }

    fn evaluate(&self, batch: &RecordBatch, order: &[usize]) -> Result<BooleanArray> {
        let columns = self.columns.iter().zip(order).map(|(f, &i)| to_series(batch.column(i), &f.ty));
        let chunk = Chunk::new(columns.collect::<Result<Vec<Series>>>()?, batch.num_rows())?;
        Ok(BooleanArray::new(self.mask(&chunk)?, None))
    }

    /// A bit for each row of `chunk`, which has the condition's columns: whether the condition is true on it.
    pub(super) fn mask(&self, chunk: &Chunk) -> Result<BooleanBuffer> {
        self.evaluator.mask(&self.predicate, chunk)
    }
}

/// Where each of `roots` stands among the columns that the decoder makes of them: those come in the file's order.
pub(super) fn decoded_order(roots: &[usize]) -> Vec<usize> {
    let mut sorted = roots.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    roots.iter().filter_map(|root| sorted.binary_search(root).ok()).collect()
}
