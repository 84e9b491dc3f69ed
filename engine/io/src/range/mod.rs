//! `range([start,] stop [, step])`: whole numbers in one column `id`.

use std::sync::Arc;

use arrow::array::Int64Array;
use weft_core::function::{Default, Example, Family, Param};
use weft_core::source::{
    ChunkReader, ColumnStatistics, Estimate, OpenContext, ScanRequest, ScanTask, SourceSpec, TableFunction, TableSource,
    TableStatistics, TaskStream,
};
use weft_core::{Chunk, Error, Field, Function, Result, Schema, Series, Type, Value};

use crate::chunks::{FnTask, IterReader, pieces};
use crate::options::Options;

/// See the module.
pub(crate) struct Range;

static INFO: Function = Function {
    name: "range",
    family: Family::Source,
    summary: "Whole numbers from `start` (0 if left out) up to, not including, `stop`, in one column `id`.",
    params: &[
        Param::option("start", "int", Default::Null, "the first number; alone it is the end, and 0 the start"),
        Param::option("stop", "int", Default::Null, "the end, itself not included"),
        Param::option("step", "int", Default::Int(1), "what is added from one number to the next; may be negative"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "range(1, 10, 3) | agg { sum(id) }", result: "12" }],
};

impl TableFunction for Range {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], _context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let (start, stop) = match (options.optional_int("start")?, options.optional_int("stop")?) {
            (None, None) => return Err(options.refuse("stop", "a whole number")),
            (Some(stop), None) => (0, stop),
            (start, Some(stop)) => (start.unwrap_or(0), stop),
        };
        let step = options.optional_int("step")?.unwrap_or(1);
        if step == 0 {
            return Err(Error::argument("the step of a `range` cannot be 0"));
        }
        let schema = Schema::new(vec![Field::new("id", Type::Int64).required()])?;
        Ok(Arc::new(RangeSource { schema, start, step, rows: count(start, stop, step), spec: options.spec() }))
    }
}

/// How many numbers there are; any range of `i64` has fewer than 2⁶⁴.
fn count(start: i64, stop: i64, step: i64) -> u64 {
    let (span, stride) = match step > 0 {
        true => (i128::from(stop) - i128::from(start), i128::from(step)),
        false => (i128::from(start) - i128::from(stop), -i128::from(step)),
    };
    u64::try_from((span.max(0) + stride - 1) / stride).unwrap_or(u64::MAX)
}

#[derive(Debug)]
struct RangeSource {
    schema: Schema,
    start: i64,
    step: i64,
    rows: u64,
    spec: SourceSpec,
}

/// Number `index` of the range that begins at `start`: within `i64` for every index below the count.
fn number(start: i64, step: i64, index: u64) -> i64 {
    (i128::from(start) + i128::from(step) * i128::from(index)) as i64
}

impl TableSource for RangeSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        self.spec.clone()
    }

    fn label(&self) -> String {
        match self.rows {
            0 => "range, empty".into(),
            n => format!("range {}..={}, {n} rows", self.start, number(self.start, self.step, n - 1)),
        }
    }

    fn statistics(&self) -> TableStatistics {
        let ends = self.rows.checked_sub(1).map(|last| (self.start, number(self.start, self.step, last)));
        let column = ColumnStatistics {
            min: ends.map(|(a, b)| Value::Int(a.min(b))),
            max: ends.map(|(a, b)| Value::Int(a.max(b))),
            nulls: Some(Estimate::Exact(0)),
            distinct: Some(Estimate::Exact(self.rows)),
            bytes: Some(8),
        };
        TableStatistics { rows: Some(Estimate::Exact(self.rows)), columns: vec![column] }
    }

    fn validator(&self) -> Option<String> {
        Some("constant".into())
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let end = self.rows.min(request.limit.unwrap_or(u64::MAX));
        Ok(Box::new(RangeTasks { start: self.start, step: self.step, next: 0, end, request }))
    }
}

struct RangeTasks {
    start: i64,
    step: i64,
    next: u64,
    end: u64,
    request: ScanRequest,
}

impl TaskStream for RangeTasks {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        if self.next >= self.end {
            return Ok(None);
        }
        let settings = &self.request.context.settings;
        let rows = (self.end - self.next).min(settings.task_rows() as u64);
        let (start, step, first, columns) = (self.start, self.step, self.next, self.request.projection.len());
        let (chunk_rows, cancel) = (settings.chunk_rows(), self.request.context.cancel.clone());
        self.next += rows;
        let open = move || {
            let chunks = pieces(first, first + rows, chunk_rows).map(move |(from, length)| {
                let numbers = || (0..length as u64).map(|i| number(start, step, from + i));
                let series = || Series::new(Type::Int64, Arc::new(Int64Array::from_iter_values(numbers())));
                Chunk::new((0..columns).map(|_| series()).collect::<Result<_>>()?, length)
            });
            Ok(Box::new(IterReader::new(chunks, cancel)) as Box<dyn ChunkReader>)
        };
        Ok(Some(Box::new(FnTask { rows: Some(rows), open })))
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from((self.end - self.next).div_ceil(self.request.context.settings.task_rows() as u64)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_hold_at_the_ends_of_the_integers() {
        assert_eq!(count(0, 10, 3), 4);
        assert_eq!(count(10, 0, -3), 4);
        assert_eq!(count(5, 5, 1), 0);
        assert_eq!(count(5, 0, 1), 0);
        assert_eq!(count(i64::MIN, i64::MAX, 1), u64::MAX);
        assert_eq!(count(0, 1, i64::MIN), 0);
        assert_eq!(number(i64::MIN, 1, u64::MAX - 1), i64::MAX - 1);
    }
}
