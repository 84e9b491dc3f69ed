//! Opens table functions by name and runs all tasks of a scan.

use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use weft_core::function::QueryContext;
use weft_core::registry::Registry;
use weft_core::source::{OpenContext, ScanContext, ScanRequest, TableSource};
use weft_core::{CancelToken, Chunk, Expr, OperatorMetrics, Result, Settings, Value};

pub(crate) fn registry() -> Registry {
    let mut registry = Registry::new();
    weft_io::register(&mut registry);
    registry
}

/// Opens `function` with `args` given by name and defaults for the rest; paths are relative to `folder`.
pub(crate) fn open_in(folder: &Path, function: &str, args: &[(&str, Value)]) -> Result<Arc<dyn TableSource>> {
    let table = registry().table(function).unwrap();
    let values = table.info().params.iter().map(|p| {
        let given = args.iter().find(|(name, _)| *name == p.name).map(|(_, v)| v.clone());
        given.or_else(|| p.default.and_then(|d| d.to_expr().as_literal().cloned())).unwrap_or(Value::Null)
    });
    let values: Vec<Value> = values.collect();
    for (name, _) in args {
        assert!(table.info().params.iter().any(|p| p.name == *name), "{function} has no parameter {name}");
    }
    let context = OpenContext {
        settings: Arc::new(Settings::new()),
        working_dir: folder.to_str().unwrap().into(),
        cancel: CancelToken::new(),
    };
    table.open(&values, &context)
}

pub(crate) fn open(function: &str, args: &[(&str, Value)]) -> Result<Arc<dyn TableSource>> {
    open_in(Path::new("/"), function, args)
}

/// What a scan gave: the chunks of each task, and the counters.
pub(crate) struct Scanned {
    pub(crate) tasks: Vec<Vec<Chunk>>,
    pub(crate) metrics: Arc<OperatorMetrics>,
}

impl Scanned {
    pub(crate) fn rows(&self) -> usize {
        self.tasks.iter().flatten().map(Chunk::rows).sum()
    }

    /// All rows as values.
    pub(crate) fn values(&self) -> Vec<Vec<Value>> {
        let mut rows = Vec::new();
        for chunk in self.tasks.iter().flatten() {
            let chunk = chunk.clone().compact().unwrap();
            rows.extend((0..chunk.rows()).map(|r| chunk.columns().iter().map(|c| c.value(r).unwrap()).collect()));
        }
        rows
    }

    /// All values of one column.
    pub(crate) fn column(&self, index: usize) -> Vec<Value> {
        self.values().into_iter().map(|mut row| row.swap_remove(index)).collect()
    }
}

/// Settings of the scans below: small enough that files of a few rows make several tasks and chunks.
#[derive(Default, Clone)]
pub(crate) struct Scan {
    pub(crate) columns: Option<Vec<usize>>,
    pub(crate) filters: Vec<Expr>,
    pub(crate) limit: Option<u64>,
    pub(crate) task_rows: Option<i64>,
    pub(crate) chunk_rows: Option<i64>,
}

pub(crate) fn request(source: &dyn TableSource, scan: &Scan) -> ScanRequest {
    let mut settings = Settings::new();
    for (name, n) in [("task_rows", scan.task_rows), ("chunk_rows", scan.chunk_rows)] {
        if let Some(n) = n {
            settings.set(name, &Value::Int(n)).unwrap();
        }
    }
    ScanRequest {
        projection: scan.columns.clone().unwrap_or_else(|| (0..source.schema().len()).collect()),
        filters: scan.filters.clone(),
        limit: scan.limit,
        context: ScanContext {
            settings: Arc::new(settings),
            metrics: OperatorMetrics::new("scan"),
            cancel: CancelToken::new(),
            query: QueryContext::default(),
        },
    }
}

/// Runs every task of a scan in order, and checks what all chunks must keep.
pub(crate) fn run(source: &dyn TableSource, scan: &Scan) -> Result<Scanned> {
    let request = request(source, scan);
    let (metrics, settings) = (Arc::clone(&request.context.metrics), Arc::clone(&request.context.settings));
    let schema = source.schema().project(&request.projection)?;
    let mut stream = source.scan(request)?;
    let mut tasks = Vec::new();
    while let Some(task) = stream.next_task()? {
        let mut reader = task.open()?;
        let mut chunks = Vec::new();
        loop {
            match reader.poll_next(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(Some(chunk))) => {
                    assert!(chunk.rows() > 0 && chunk.physical_rows() <= settings.chunk_rows());
                    let types: Vec<_> = chunk.columns().iter().map(|c| c.ty().clone()).collect();
                    let wanted: Vec<_> = schema.fields().iter().map(|f| f.ty.clone()).collect();
                    assert_eq!(types, wanted);
                    chunks.push(chunk);
                }
                Poll::Ready(Ok(None)) => break,
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => panic!("a local source waits"),
            }
        }
        tasks.push(chunks);
    }
    Ok(Scanned { tasks, metrics })
}

pub(crate) fn all(source: &dyn TableSource) -> Scanned {
    run(source, &Scan::default()).unwrap()
}

pub(crate) fn ints(values: impl IntoIterator<Item = i64>) -> Vec<Value> {
    values.into_iter().map(Value::Int).collect()
}

pub(crate) fn text(text: &str) -> Value {
    Value::string(text)
}
