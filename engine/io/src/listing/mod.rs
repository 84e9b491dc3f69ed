//! `glob(pattern)`: a table of files, listed folder by folder as rows are asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampMicrosecondArray};
use weft_core::function::{Example, Family, Param};
use weft_core::source::{OpenContext, ScanRequest, ScanTask, SourceSpec, TableFunction, TableSource, TaskStream};
use weft_core::{CancelToken, Chunk, Error, Field, Function, Result, Schema, Series, TimeUnit, Type, Value};

use crate::chunks::{FnTask, IterReader};
use crate::local::{self, Found, Walk, resolve, show};
use crate::options::Options;

/// See the module.
pub(crate) struct Glob;

static INFO: Function = Function {
    name: "glob",
    family: Family::Source,
    summary: "The files that match a pattern: path, name, size in bytes, time of the last change.",
    params: &[Param::required("pattern", "str", "a path with `* ? [] {} **`; a folder stands for the files in it")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "glob(\"data/swatches/tartan-*.jpg\") | agg { n = count() }", result: "3" }],
};

impl TableFunction for Glob {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let mut pattern = resolve(options.text("pattern")?, &context.working_dir)?;
        if pattern.is_dir() {
            pattern.push("*");
        }
        // The first match tells whether there is any; the listing itself waits until it is asked for.
        let first = Walk::of(&pattern, &context.cancel)?.next().transpose()?;
        if first.is_none() {
            return Err(local::missing(&pattern, true));
        }
        // What was asked for by a relative path is named by relative ones, as other readers do.
        let relative = !Path::new(options.text("pattern")?).is_absolute();
        let base = relative.then(|| PathBuf::from(&*context.working_dir));
        let fields = vec![
            Field::new("path", Type::String).required(),
            Field::new("name", Type::String).required(),
            Field::new("size", Type::Int64).required(),
            Field::new("modified", modified_type()).required(),
        ];
        Ok(Arc::new(Listing { pattern, base, schema: Schema::new(fields)?, spec: options.spec() }))
    }
}

fn modified_type() -> Type {
    Type::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

#[derive(Debug)]
struct Listing {
    pattern: PathBuf,
    /// The folder that paths are told from, where that is shorter.
    base: Option<PathBuf>,
    schema: Schema,
    spec: SourceSpec,
}

impl TableSource for Listing {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        self.spec.clone()
    }

    fn label(&self) -> String {
        format!("files {}", show(&self.pattern))
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let walk = Walk::of(&self.pattern, &request.context.cancel)?;
        let left = request.limit.unwrap_or(u64::MAX);
        Ok(Box::new(Files { walk, base: self.base.clone(), request: Arc::new(request), left }))
    }
}

struct Files {
    walk: Walk,
    base: Option<PathBuf>,
    request: Arc<ScanRequest>,
    left: u64,
}

impl TaskStream for Files {
    /// A task is one chunk: listing is what costs, and that is done here.
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let settings = &self.request.context.settings;
        let most = settings.chunk_rows().min(settings.task_rows()).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let files = self.walk.by_ref().take(most).collect::<Result<Vec<Found>>>()?;
        if files.is_empty() {
            return Ok(None);
        }
        let rows = files.len() as u64;
        self.left -= rows;
        let (request, cancel): (_, CancelToken) = (Arc::clone(&self.request), self.request.context.cancel.clone());
        let base = self.base.clone();
        let open = move || {
            let chunks = std::iter::once_with(move || chunk(&files, base.as_deref(), &request.projection));
            Ok(Box::new(IterReader::new(chunks, cancel)) as Box<_>)
        };
        Ok(Some(Box::new(FnTask { rows: Some(rows), open })))
    }
}

fn chunk(files: &[Found], base: Option<&Path>, projection: &[usize]) -> Result<Chunk> {
    let texts =
        |text: &dyn Fn(&Found) -> String| -> ArrayRef { Arc::new(StringViewArray::from_iter_values(files.iter().map(text))) };
    let told = |f: &Found| show(base.and_then(|base| f.path.strip_prefix(base).ok()).unwrap_or(&f.path));
    let name = |f: &Found| f.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let column = |&index: &usize| -> Result<Series> {
        match index {
            0 => Series::new(Type::String, texts(&told)),
            1 => Series::new(Type::String, texts(&name)),
            2 => {
                let sizes = files.iter().map(|f| i64::try_from(f.id.size).unwrap_or(i64::MAX));
                Series::new(Type::Int64, Arc::new(Int64Array::from_iter_values(sizes)))
            }
            3 => {
                let micros = files.iter().map(|f| i64::try_from(f.id.modified.div_euclid(1000)).unwrap_or(i64::MAX));
                let array = TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC");
                Series::new(modified_type(), Arc::new(array))
            }
            _ => Err(Error::internal(format!("no column {index} in a listing"))),
        }
    };
    Chunk::new(projection.iter().map(column).collect::<Result<_>>()?, files.len())
}
