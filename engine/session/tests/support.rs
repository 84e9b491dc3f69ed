//! A session over a folder of its own, and short names for building plans.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use tempfile::TempDir;
use weft_core::expr::{NamedExpr, SortKey};
use weft_core::{AggregateCall, CancelToken, Expr, Field, Result, Schema, Type, Value, WindowCall, WindowFrame};
use weft_io::MemorySource;
use weft_plan::LogicalPlan;
use weft_plan::nodes::{JoinKey, NamedAggregate, NamedWindow};
use weft_session::{QueryResult, Session};

/// A session with two threads over a folder that is removed in the end.
pub struct Bench {
    pub session: Session,
    pub folder: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::new(folder.path().to_str().unwrap());
        session.set("threads", &Value::Int(2)).unwrap();
        session.set("memory_limit", &Value::Int(1 << 30)).unwrap();
        Bench { session, folder }
    }

    pub fn set(self, name: &str, value: impl Into<Setting>) -> Self {
        self.session.set(name, &value.into().0).unwrap();
        self
    }

    /// A table function with its arguments by name, defaults for the rest.
    pub fn open(&self, function: &str, args: &[(&str, Value)]) -> Result<LogicalPlan> {
        let table = self.session.registry().table(function).unwrap();
        let value = |name: &str, default: Option<Value>| {
            let given = args.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
            given.or(default).unwrap_or(Value::Null)
        };
        let params = table.info().params.iter();
        let values: Vec<Value> =
            params.map(|p| value(p.name, p.default.and_then(|d| d.to_expr().as_literal().cloned()))).collect();
        LogicalPlan::scan(table.open(&values, &self.session.open_context(&CancelToken::new()))?)
    }

    pub fn parquet(&self, path: &str) -> Result<LogicalPlan> {
        self.open("read_parquet", &[("path", Value::string(path))])
    }

    pub fn csv(&self, path: &str) -> Result<LogicalPlan> {
        self.open("read_csv", &[("path", Value::string(path))])
    }

    /// The numbers `0 .. rows` as column `id`.
    pub fn range(&self, rows: i64) -> LogicalPlan {
        self.open("range", &[("stop", Value::Int(rows))]).unwrap()
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, plan: &LogicalPlan) -> Result<QueryResult> {
        self.session.run(plan, &CancelToken::new())
    }

    /// All rows of a plan that must succeed.
    pub fn rows(&self, plan: &LogicalPlan) -> Vec<Vec<Value>> {
        rows_of(&self.run(plan).unwrap())
    }

    /// The first column of a plan that must succeed, as integers.
    pub fn ints(&self, plan: &LogicalPlan) -> Vec<i64> {
        self.rows(plan).into_iter().map(|r| r[0].as_int().unwrap()).collect()
    }

    /// The session still answers, and nothing that ran before holds memory or disk.
    pub fn assert_well(&self) {
        assert_eq!(self.session.pool().used(), 0, "memory is still held");
        assert_eq!((self.session.spill().used(), self.session.spill().files()), (0, 0), "files are still held");
        assert_eq!(self.ints(&self.range(3)), [0, 1, 2]);
    }

    pub fn call(&self, name: &str, args: Vec<Expr>) -> Expr {
        Expr::call(self.session.registry().scalar(name).unwrap_or_else(|| panic!("no function {name}")), args).unwrap()
    }

    pub fn aggregate(&self, name: &str, function: &str, args: Vec<Expr>) -> NamedAggregate {
        let call = AggregateCall::new(self.session.registry().aggregate(function).unwrap(), args).unwrap();
        NamedAggregate { name: name.into(), call }
    }

    /// A window function over whole partitions.
    pub fn window(&self, name: &str, function: &str, args: Vec<Expr>) -> NamedWindow {
        let function = self.session.registry().window(function).unwrap();
        NamedWindow { name: name.into(), call: WindowCall::function(function, args).unwrap() }
    }

    /// An aggregate over a frame of rows.
    pub fn over_rows(&self, aggregate: NamedAggregate, start: Option<i64>, end: Option<i64>) -> NamedWindow {
        let call = WindowCall::aggregate(aggregate.call).over(WindowFrame::Rows { start, end });
        NamedWindow { name: aggregate.name, call }
    }

    /// `plan` grouped by its column `key`, rows counted.
    pub fn counted_by(&self, plan: LogicalPlan, key: &str) -> LogicalPlan {
        let keys = vec![named(key, column(&plan, key))];
        plan.aggregate(keys, vec![self.aggregate("n", "count", vec![])]).unwrap()
    }
}

/// A setting's value from what tests write down.
pub struct Setting(Value);

impl From<i64> for Setting {
    fn from(n: i64) -> Self {
        Setting(Value::Int(n))
    }
}

impl From<bool> for Setting {
    fn from(b: bool) -> Self {
        Setting(Value::Bool(b))
    }
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Setting(Value::string(text))
    }
}

pub fn rows_of(result: &QueryResult) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for chunk in result.partition.chunks().unwrap() {
        let chunk = chunk.clone().compact().unwrap();
        for row in 0..chunk.rows() {
            rows.push(chunk.columns().iter().map(|c| c.value(row).unwrap()).collect());
        }
    }
    rows
}

pub fn column(plan: &LogicalPlan, name: &str) -> Expr {
    Expr::column(plan.schema(), name).unwrap()
}

pub fn named(name: &str, expr: Expr) -> NamedExpr {
    NamedExpr { name: name.into(), expr }
}

pub fn ascending(expr: Expr) -> SortKey {
    SortKey { expr, descending: false, nulls_first: false }
}

pub fn descending(expr: Expr) -> SortKey {
    SortKey { expr, descending: true, nulls_first: false }
}

pub fn same(left: Expr, right: Expr) -> JoinKey {
    JoinKey { left, right, null_safe: false }
}

/// A table of `rows` in memory; columns can be null.
pub fn table(columns: &[(&str, Type)], rows: &[Vec<Value>]) -> LogicalPlan {
    let fields = columns.iter().map(|(name, ty)| Field::new(*name, ty.clone())).collect();
    LogicalPlan::scan(Arc::new(MemorySource::from_rows(Schema::new(fields).unwrap(), rows).unwrap())).unwrap()
}

/// `id` from `first` up, `word` of three words, `text` that does not pack well.
pub fn batch(first: i64, rows: i64) -> RecordBatch {
    let ids = first..first + rows;
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values(ids.clone()));
    let word: ArrayRef = Arc::new(StringArray::from_iter_values(ids.clone().map(|i| ["red", "green", "blue"][i as usize % 3])));
    let long = ids.map(|i| format!("{:016x}-{i}", (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let text: ArrayRef = Arc::new(StringArray::from_iter_values(long));
    RecordBatch::try_from_iter([("id", id), ("word", word), ("text", text)]).unwrap()
}

/// Writes a Parquet file with row groups and pages of these sizes and all statistics.
pub fn write_parquet(path: &Path, batch: &RecordBatch, group_rows: usize, page_rows: usize) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(page_rows.min(1024))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_dictionary_enabled("id".into(), false)
        .build();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}
