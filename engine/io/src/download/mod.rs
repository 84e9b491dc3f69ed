//! `download(path)`: the bytes of files, several at a time, without holding a worker thread.

use std::path::Path;
use std::sync::Arc;
use std::sync::LazyLock;

use arrow::array::{AsArray, BinaryViewBuilder};
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use weft_core::function::{
    ArgType, Default, Example, Family, Nulls, Param, Properties, QueryContext, Signature, Volatility, Weight,
};
use weft_core::{Error, ErrorKind, Function, Result, ScalarFunction, Series, Type, Value};

use crate::local::{LocalFile, resolve};

/// Files larger than this are refused: a value of a column has to fit in memory many times over.
const LARGEST: u64 = 1 << 30;

/// See the module.
pub(crate) struct Download;

static INFO: Function = Function {
    name: "download",
    family: Family::File,
    summary: "The bytes of the file at a path or `file://` URL.",
    params: &[
        Param::required("path", "str", "where the file is"),
        Param {
            name: "on_error",
            takes: "str or null",
            doc: "what a file that cannot be read gives: an error, or null",
            default: Some(Default::Str("raise")),
            choices: &["raise", "null"],
        },
        Param::option("connections", "int", Default::Null, "files read at a time; the setting `connections` when left out"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "download(\"/no/such/file\", on_error: null) is null", result: "true" }],
};

impl ScalarFunction for Download {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::CAUTIOUS.nulls(Nulls::Handles).volatility(Volatility::Stable).weight(Weight::Waits)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if !matches!(args[0].ty, Type::String | Type::File | Type::Null) {
            return Err(Error::type_mismatch(format!("`download` takes a path as str, not {}", args[0].ty)));
        }
        let path = if *args[0].ty == Type::File { Type::File } else { Type::String };
        Ok(Signature { args: vec![path, Type::String, Type::Int64], output: Type::Binary })
    }

    /// Waits in place: for callers outside the asynchronous stage, such as constant folding in tests.
    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        futures::executor::block_on(self.call_waiting(args.to_vec(), rows, query.clone()))
    }

    fn call_waiting(&self, args: Vec<Series>, rows: usize, query: QueryContext) -> BoxFuture<'static, Result<Series>> {
        Box::pin(async move {
            let request = Request::read(&args, rows, &query)?;
            if let Some(path) = args[0].as_constant() {
                let one = Series::constant_array(args[0].ty().clone(), Arc::clone(path), 1)?;
                let array = request.run(&one).await?.to_flat()?;
                return Series::constant_array(Type::Binary, array, rows);
            }
            request.run(&args[0]).await
        })
    }

    fn output_bytes(&self, _args: &[Series]) -> usize {
        256 << 10
    }
}

/// The options of one call.
struct Request {
    /// Whether a file that cannot be read gives null.
    forgiving: bool,
    connections: usize,
    query: QueryContext,
}

impl Request {
    fn read(args: &[Series], rows: usize, query: &QueryContext) -> Result<Self> {
        let option = |i: usize| if rows == 0 { Ok(Value::Null) } else { args[i].value(0) };
        let forgiving = match option(1)? {
            Value::Null => true,
            value => match value.as_str() {
                Some("raise") => false,
                Some("null") => true,
                _ => return Err(Error::argument(format!("`on_error` of `download` must be \"raise\" or null, not {value}"))),
            },
        };
        let connections = match option(2)? {
            Value::Null => query.connections,
            value => value.as_int().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).ok_or_else(|| {
                Error::argument(format!("`connections` of `download` must be a whole number from 1 up, not {value}"))
            })?,
        };
        Ok(Request { forgiving, connections: connections.clamp(1, 1024), query: query.clone() })
    }

    async fn run(&self, paths: &Series) -> Result<Series> {
        let flat = paths.to_flat()?;
        let texts: Vec<Option<String>> = flat.as_string_view().iter().map(|p| p.map(str::to_string)).collect();
        drop(flat);
        let reads = texts.into_iter().map(|path| self.fetch(path));
        let mut results = stream::iter(reads).buffered(self.connections);
        let mut builder = BinaryViewBuilder::new();
        while let Some(bytes) = results.next().await {
            match bytes? {
                Some(bytes) => builder.append_value(bytes),
                None => builder.append_null(),
            }
        }
        Series::new(Type::Binary, Arc::new(builder.finish()))
    }

    /// Reads one file on the runtime for input. Nothing for a null path, and for a failure that is forgiven.
    async fn fetch(&self, path: Option<String>) -> Result<Option<Vec<u8>>> {
        self.query.cancel.check()?;
        let Some(path) = path else { return Ok(None) };
        let cancel = self.query.cancel.clone();
        let read = io_runtime()?.spawn_blocking(move || {
            cancel.check()?;
            read_file(&path)
        });
        let result = read.await.unwrap_or_else(|e| Err(Error::internal(format!("a download was dropped: {e}"))));
        match result {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if self.forgiving && error.kind() != ErrorKind::Cancelled => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn read_file(path: &str) -> Result<Vec<u8>> {
    let working_dir = std::path::absolute(Path::new(".")).map_err(|e| Error::io(".", &e))?;
    let file = LocalFile::open(&resolve(path, &working_dir.to_string_lossy())?)?;
    if file.id.size > LARGEST {
        let size = weft_core::memory::human_bytes(usize::try_from(file.id.size).unwrap_or(usize::MAX));
        return Err(Error::value(format!("`{path}` has {size}; `download` reads files of at most 1 GiB")));
    }
    let mut bytes = vec![0; file.id.size as usize];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// The runtime on which this crate waits for input: apart from the worker threads, shared by all queries.
pub(crate) fn io_runtime() -> Result<&'static tokio::runtime::Runtime> {
    static RUNTIME: LazyLock<std::io::Result<tokio::runtime::Runtime>> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(64)
            .thread_name("weft-io")
            .enable_all()
            .build()
    });
    RUNTIME.as_ref().map_err(|e| Error::new(ErrorKind::Io, format!("no threads for input can be started: {e}")))
}
