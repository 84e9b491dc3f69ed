//! A context to run plans in, and sources made for tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use weft_core::function::QueryContext;
use weft_core::source::{ChunkReader, OpenContext, ScanRequest, ScanTask, SourceSpec, TableSource, TaskStream};
use weft_core::{
    CancelToken, Chunk, Error, Field, MemoryPool, Registry, Result, Schema, Series, Settings, SpillManager, Type, Value,
};
use weft_exec::{ExecContext, QueryHandle, QueryResult, Runtime};
use weft_plan::LogicalPlan;

/// A runtime with settings that tests change.
pub struct Bench {
    pub registry: Registry,
    pub settings: Settings,
    pub pool: Arc<MemoryPool>,
    pub cancel: CancelToken,
}

impl Bench {
    pub fn new() -> Self {
        let mut registry = Registry::new();
        weft_functions::register(&mut registry);
        weft_io::register(&mut registry);
        let mut settings = Settings::new();
        settings.set("threads", &Value::Int(2)).unwrap();
        Bench { registry, settings, pool: MemoryPool::new(1 << 30), cancel: CancelToken::new() }
    }

    pub fn set(mut self, name: &str, value: i64) -> Self {
        self.settings.set(name, &Value::Int(value)).unwrap();
        self
    }

    /// The numbers `0 .. rows` as column `id`.
    pub fn range(&self, rows: i64) -> LogicalPlan {
        let open =
            OpenContext { settings: Arc::new(self.settings.clone()), working_dir: "/".into(), cancel: self.cancel.clone() };
        let args = [Value::Int(0), Value::Int(rows), Value::Int(1)];
        LogicalPlan::scan(self.registry.table("range").unwrap().open(&args, &open).unwrap()).unwrap()
    }

    pub fn start(&self, plan: &LogicalPlan) -> QueryHandle {
        let query = QueryContext { cancel: self.cancel.clone(), ..QueryContext::default() };
        self.pool.set_always_spill(self.settings.spill_always());
        let context = ExecContext {
            runtime: Runtime::new(),
            settings: Arc::new(self.settings.clone()),
            pool: Arc::clone(&self.pool),
            spill: SpillManager::new(self.settings.spill_dir(), self.settings.spill_limit()),
            query,
        };
        weft_exec::execute(plan, &context).unwrap()
    }

    pub fn run(&self, plan: &LogicalPlan) -> Result<QueryResult> {
        self.start(plan).wait()
    }

    /// All rows of a plan that must succeed.
    pub fn rows(&self, plan: &LogicalPlan) -> Vec<Vec<Value>> {
        rows_of(&self.run(plan).unwrap())
    }

    /// The first column of a plan that must succeed, as integers.
    pub fn ints(&self, plan: &LogicalPlan) -> Vec<i64> {
        self.rows(plan).into_iter().map(|r| r[0].as_int().unwrap()).collect()
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

/// `tasks` tasks of `rows` rows each, which count how many were begun, and may fail or panic in one.
#[derive(Debug)]
pub struct Counted {
    pub schema: Schema,
    pub tasks: u64,
    pub rows: u64,
    pub begun: Arc<AtomicU64>,
    pub trouble: Option<(u64, Trouble)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trouble {
    Fail,
    Panic,
}

impl Counted {
    pub fn new(tasks: u64, rows: u64) -> Self {
        let schema = Schema::new(vec![Field::new("id", Type::Int64).required()]).unwrap();
        Counted { schema, tasks, rows, begun: Arc::default(), trouble: None }
    }
}

impl TableSource for Counted {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        SourceSpec { function: "counted".into(), args: vec![] }
    }

    fn label(&self) -> String {
        "counted".into()
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let (tasks, rows, begun, trouble) = (self.tasks, self.rows, Arc::clone(&self.begun), self.trouble);
        let chunk_rows = request.context.settings.chunk_rows() as u64;
        Ok(Box::new(Stream((0..tasks).map(move |t| Task {
            rows: t * rows..(t + 1) * rows,
            chunk_rows,
            begun: Arc::clone(&begun),
            trouble: trouble.filter(|(at, _)| *at == t).map(|(_, how)| how),
        }))))
    }
}

struct Stream<I>(I);

impl<I: Iterator<Item = Task> + Send> TaskStream for Stream<I> {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        Ok(self.0.next().map(|t| Box::new(t) as Box<dyn ScanTask>))
    }
}

struct Task {
    rows: std::ops::Range<u64>,
    chunk_rows: u64,
    begun: Arc<AtomicU64>,
    trouble: Option<Trouble>,
}

impl ScanTask for Task {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        match self.trouble {
            Some(Trouble::Fail) => Err(Error::format("a broken task")),
            Some(Trouble::Panic) => panic!("a task that panics"),
            None => Ok(self),
        }
    }
}

impl ChunkReader for Task {
    fn poll_next(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<Option<Chunk>>> {
        let end = self.rows.end.min(self.rows.start + self.chunk_rows);
        if end == self.rows.start {
            return std::task::Poll::Ready(Ok(None));
        }
        let values: Vec<Value> = (self.rows.start..end).map(|n| Value::Int(n as i64)).collect();
        self.rows.start = end;
        let chunk = Value::array(&Type::Int64, &values)
            .and_then(|a| Series::new(Type::Int64, a))
            .and_then(|s| Chunk::new(vec![s], values.len()));
        std::task::Poll::Ready(chunk.map(Some))
    }
}
