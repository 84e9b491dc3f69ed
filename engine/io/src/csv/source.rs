//! Delimited files as one table, and its tasks: one for each block.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use weft_core::source::{
    ChunkReader, Estimate, ScanContext, ScanRequest, ScanTask, SourceSpec, TableSource, TableStatistics, TaskStream,
};
use weft_core::{CancelToken, Chunk, Error, Field as ColumnField, Result, Schema, Series};

use super::blocks::{Block, Blocks};
use super::columns::{Column, Misfit};
use super::function::CsvOptions;
use super::infer::Kind;
use super::records::{Field, Records};
use crate::local::{FileId, Found, LocalFile};

/// Bytes of a file that are looked at to find the types, at most.
const SAMPLE: usize = 4 << 20;
/// Characters of a field that a message shows.
const SHOWN: usize = 60;

/// See the module.
#[derive(Debug)]
pub(super) struct CsvSource {
    files: Arc<[Found]>,
    place: String,
    options: Arc<CsvOptions>,
    schema: Schema,
    spec: SourceSpec,
    /// Bytes of a record, about.
    record_bytes: f64,
}

impl CsvSource {
    /// Reads the first rows of the first file, and takes names and types from them.
    pub(super) fn open(
        files: Vec<Found>,
        place: String,
        options: CsvOptions,
        spec: SourceSpec,
        cancel: &CancelToken,
    ) -> Result<Self> {
        let first = files.first().ok_or_else(|| Error::argument("`read_csv` needs at least one file"))?;
        let file = LocalFile::open(&first.path)?;
        let mut blocks = Blocks::open(&file, options.dialect, options.skip, None)?;
        let names = header(&mut blocks, &options)?;
        let (mut kinds, mut bytes, mut rows) = (Vec::new(), 0, 0);
        let mut width = names.as_ref().map(Vec::len);
        while rows < options.infer_rows && bytes < SAMPLE {
            cancel.check()?;
            let Some(block) = blocks.next(options.infer_rows - rows)? else { break };
            bytes += block.text.len();
            let mut cursor = Cursor { at: 0, line: block.line };
            let mut fields = Vec::new();
            while let Some(_line) = cursor.record(&block, &options, &file.path, &mut width, &mut fields)? {
                kinds.resize(kinds.len().max(fields.len()), Kind::Nothing);
                for (kind, field) in kinds.iter_mut().zip(&fields) {
                    if *kind != Kind::Text && !is_null(field, &options) {
                        *kind = kind.meet(Kind::of(&field.bytes, &options.formats));
                    }
                }
                rows += 1;
            }
        }
        let names = match (names, width) {
            (Some(names), _) => names,
            (None, Some(width)) => (1..=width).map(|i| format!("column_{i}")).collect(),
            (None, None) => return Err(Error::format(format!("`{}` is empty: there is no record in it", file.path))),
        };
        let schema = schema(names, &kinds, &options)?;
        let record_bytes = bytes as f64 / rows.max(1) as f64;
        Ok(CsvSource { files: files.into(), place, options: Arc::new(options), schema, spec, record_bytes })
    }
}

/// Names for the columns: those given, else those of the header, which is read either way. Nothing without both.
fn header(blocks: &mut Blocks, options: &CsvOptions) -> Result<Option<Vec<String>>> {
    let mut names = None;
    if options.header {
        loop {
            let Some(block) = blocks.next(1)? else {
                return Err(Error::format(format!("`{}` is empty: there is no header in it", blocks.path)));
            };
            let mut fields = Vec::new();
            let found = Records::new(&block.text, options.dialect, block.line).next(&mut fields);
            // Empty lines before the header are no header.
            if found.is_some() && !is_blank(&fields) {
                names = Some(read_names(&fields, &blocks.path)?);
                break;
            }
        }
    }
    match (&options.names, names) {
        (Some(given), Some(found)) if given.len() != found.len() => {
            let message = format!("`{}` has {} columns, but `columns` names {}", blocks.path, found.len(), given.len());
            Err(Error::argument(message))
        }
        (Some(given), _) => Ok(Some(given.clone())),
        (None, found) => Ok(found),
    }
}

/// Names as they stand; empty ones get `column_3`, repeated ones `name_2`.
fn read_names(fields: &[Field<'_>], path: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for (i, field) in fields.iter().enumerate() {
        let text = std::str::from_utf8(&field.bytes).map_err(|_| not_utf8(path, 1, &format!("name of column {}", i + 1)))?;
        let text = if text.trim().is_empty() { format!("column_{}", i + 1) } else { text.to_string() };
        let mut free = text.clone();
        let mut n = 2;
        while names.contains(&free) {
            free = format!("{text}_{n}");
            n += 1;
        }
        names.push(free);
    }
    Ok(names)
}

fn schema(names: Vec<String>, kinds: &[Kind], options: &CsvOptions) -> Result<Schema> {
    if let Some((unknown, _)) = options.types.iter().find(|(name, _)| !names.contains(name)) {
        let message = format!("`schema` names a column `{unknown}` that the file has not");
        return Err(Error::not_found(message).with_help(format!("its columns are `{}`", names.join("`, `"))));
    }
    let field = |(i, name): (usize, String)| {
        let given = options.types.iter().find(|(n, _)| *n == name).map(|(_, ty)| ty.clone());
        let ty = given.unwrap_or_else(|| kinds.get(i).copied().unwrap_or_default().ty());
        ColumnField::new(name, ty)
    };
    Schema::new(names.into_iter().enumerate().map(field).collect())
}

fn is_blank(fields: &[Field<'_>]) -> bool {
    matches!(fields, [only] if only.bytes.is_empty() && !only.quoted)
}

fn is_null(field: &Field<'_>, options: &CsvOptions) -> bool {
    !field.quoted && options.nulls.iter().any(|n| n.as_slice() == &*field.bytes)
}

fn not_utf8(path: &str, line: u64, what: &str) -> Error {
    Error::format(format!("`{path}`, line {line}: the {what} is not UTF-8"))
        .with_help("convert the file first, for example with `iconv -f latin1 -t utf-8`")
}

impl TableSource for CsvSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        self.spec.clone()
    }

    fn label(&self) -> String {
        match self.files.len() {
            1 => format!("csv {}", self.place),
            n => format!("csv {} ({n} files)", self.place),
        }
    }

    fn statistics(&self) -> TableStatistics {
        let bytes: u64 = self.files.iter().map(|f| f.id.size).sum();
        let rows = (self.record_bytes > 0.0).then(|| Estimate::About((bytes as f64 / self.record_bytes) as u64));
        TableStatistics { rows, columns: Vec::new() }
    }

    /// The identities of all files as they are now.
    fn validator(&self) -> Option<String> {
        let now = |f: &Found| std::fs::metadata(&f.path).ok().map(|m| FileId::of(&m).to_string());
        let ids: Option<Vec<String>> = self.files.iter().map(now).collect();
        ids.map(|ids| ids.join(" "))
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let plan = Plan {
            options: Arc::clone(&self.options),
            names: self.schema.names().cloned().collect(),
            columns: self.schema.project(&request.projection)?.fields().to_vec(),
            projection: request.projection,
            limit: request.limit,
            given: AtomicU64::new(0),
            context: request.context,
        };
        Ok(Box::new(Tasks { files: Arc::clone(&self.files), next_file: 0, plan: Arc::new(plan), open: None }))
    }
}

/// What all tasks of a scan share.
struct Plan {
    options: Arc<CsvOptions>,
    /// Of all columns of the source.
    names: Vec<Arc<str>>,
    columns: Vec<ColumnField>,
    projection: Vec<usize>,
    limit: Option<u64>,
    /// Rows that tasks have given.
    given: AtomicU64,
    context: ScanContext,
}

struct Tasks {
    files: Arc<[Found]>,
    next_file: usize,
    plan: Arc<Plan>,
    open: Option<OpenFile>,
}

struct OpenFile {
    blocks: Blocks,
    shape: Arc<Shape>,
}

/// How one file's records become the wanted columns.
struct Shape {
    path: Arc<str>,
    /// Fields of a record.
    width: usize,
    /// For each wanted column its field.
    fields: Vec<usize>,
}

impl Tasks {
    fn open_next(&mut self) -> Result<bool> {
        let Some(found) = self.files.get(self.next_file) else { return Ok(false) };
        self.next_file += 1;
        let (plan, options) = (&self.plan, &self.plan.options);
        let file = LocalFile::open(&found.path)?;
        let metrics = Arc::clone(&plan.context.metrics);
        let mut blocks = Blocks::open(&file, options.dialect, options.skip, Some(metrics))?;
        let names = header(&mut blocks, options)?;
        plan.context.metrics.files.add(1);
        let at = |&column: &usize| match &names {
            None => Ok(column),
            Some(names) => names.iter().position(|n| **n == *plan.names[column]).ok_or_else(|| {
                let message = format!("`{}` has no column `{}`, which the first file has", file.path, plan.names[column]);
                Error::format(message).with_help("read files of different columns one by one and `union` them")
            }),
        };
        let fields = plan.projection.iter().map(at).collect::<Result<Vec<_>>>()?;
        let width = names.as_ref().map_or(plan.names.len(), Vec::len);
        self.open = Some(OpenFile { blocks, shape: Arc::new(Shape { path: file.path, width, fields }) });
        Ok(true)
    }
}

impl TaskStream for Tasks {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        loop {
            self.plan.context.cancel.check()?;
            if self.plan.limit.is_some_and(|limit| self.plan.given.load(Ordering::Acquire) >= limit) {
                return Ok(None);
            }
            if let Some(open) = &mut self.open {
                match open.blocks.next(self.plan.context.settings.task_rows())? {
                    Some(block) => {
                        return Ok(Some(Box::new(BlockTask {
                            block,
                            plan: Arc::clone(&self.plan),
                            shape: Arc::clone(&open.shape),
                        })));
                    }
                    None => self.open = None,
                }
            } else if !self.open_next()? {
                return Ok(None);
            }
        }
    }
}

struct BlockTask {
    block: Block,
    plan: Arc<Plan>,
    shape: Arc<Shape>,
}

impl ScanTask for BlockTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        let cursor = Cursor { at: 0, line: self.block.line };
        let formats = &self.plan.options.formats;
        let columns = self.plan.columns.iter().map(|f| Column::new(&f.ty, formats)).collect();
        let left = self.plan.limit.unwrap_or(u64::MAX);
        Ok(Box::new(BlockReader { task: *self, cursor, columns, left }))
    }
}

/// Where in a block the next record begins.
struct Cursor {
    at: usize,
    line: u64,
}

impl Cursor {
    /// The next record that is no empty line; its line.
    fn record<'a>(
        &mut self,
        block: &'a Block,
        options: &CsvOptions,
        path: &str,
        width: &mut Option<usize>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Option<u64>> {
        let mut records = Records::at(&block.text, self.at, options.dialect, self.line);
        let found = loop {
            match records.next(fields) {
                // Where records have one field, an empty line is a record.
                Some(_) if is_blank(fields) && *width != Some(1) => {}
                found => break found,
            }
        };
        (self.at, self.line) = records.place();
        let Some(line) = found else { return Ok(None) };
        let wanted = *width.get_or_insert(fields.len());
        if fields.len() != wanted && !options.fill {
            let message = format!("`{path}`, line {line}: {} fields where there should be {wanted}", fields.len());
            return Err(Error::format(message).with_help(
                "with `ragged: \"fill\"` missing fields are null and extra ones are dropped; is `sep` the right character?",
            ));
        }
        Ok(Some(line))
    }
}

struct BlockReader {
    task: BlockTask,
    cursor: Cursor,
    columns: Vec<Column>,
    /// Rows still wanted.
    left: u64,
}

impl BlockReader {
    fn next(&mut self) -> Result<Option<Chunk>> {
        let (plan, shape) = (Arc::clone(&self.task.plan), Arc::clone(&self.task.shape));
        plan.context.cancel.check()?;
        let most = plan.context.settings.chunk_rows().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut lines = Vec::new();
        let mut fields = Vec::new();
        let mut width = Some(shape.width);
        while lines.len() < most {
            let next = self.cursor.record(&self.task.block, &plan.options, &shape.path, &mut width, &mut fields)?;
            let Some(line) = next else { break };
            for ((column, &at), index) in self.columns.iter_mut().zip(&shape.fields).zip(0..) {
                let field = fields.get(at).filter(|f| !is_null(f, &plan.options));
                let pushed = column.push(field.map(|f| &*f.bytes));
                pushed.map_err(|misfit| self.task.misfit(&misfit, index, line, field))?;
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let finish = |(index, column): (usize, &mut Column)| {
            column.finish().map_err(|(row, error)| {
                let line = lines.get(row).copied().unwrap_or(0);
                let name = &plan.columns[index].name;
                Error::format(format!("`{}`, line {line}, column `{name}`: {}", shape.path, error.message()))
            })
        };
        let columns: Vec<Series> = self.columns.iter_mut().enumerate().map(finish).collect::<Result<_>>()?;
        self.left -= lines.len() as u64;
        plan.given.fetch_add(lines.len() as u64, Ordering::AcqRel);
        plan.context.metrics.rows_in.add(lines.len() as u64);
        Chunk::new(columns, lines.len()).map(Some)
    }
}

impl BlockTask {
    fn misfit(&self, misfit: &Misfit, index: usize, line: u64, field: Option<&Field<'_>>) -> Error {
        let (path, column) = (&self.shape.path, &self.plan.columns[index]);
        if let Misfit::Encoding = misfit {
            return not_utf8(path, line, &format!("value of column `{}`", column.name));
        }
        let text = String::from_utf8_lossy(field.map_or(&[][..], |f| &f.bytes));
        let shown: String = text.chars().take(SHOWN).collect();
        let message = format!("`{path}`, line {line}: {shown:?} in column `{}` is no {}", column.name, column.ty);
        Error::format(message).with_help(format!(
            "give the column a type that holds all its values, `schema: {{`{}`: \"str\"}}`, or name the text among `null: […]`",
            column.name
        ))
    }
}

impl ChunkReader for BlockReader {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.next())
    }
}
