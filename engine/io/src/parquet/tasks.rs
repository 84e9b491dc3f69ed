//! The tasks of a scan: files opened one after the other, row groups ruled out or cut into slices.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parquet::file::metadata::ParquetMetaData;
use weft_compute::{Bounds, Pruned, prune};
use weft_core::source::{ScanContext, ScanTask, TaskStream};
use weft_core::{Expr, Field, Result};

use super::bounds::{of_row_groups, rows_of};
use super::filter::Condition;
use super::footer::Footer;
use super::read::GroupTask;
use crate::chunks::pieces;
use crate::local::{Found, LocalFile};

/// What every task of a scan does.
#[derive(Debug)]
pub(super) struct Plan {
    /// The wanted columns in order.
    pub(super) columns: Vec<Field>,
    /// The exact filters as one.
    pub(super) filter: Option<Expr>,
    /// The same, ready to be evaluated.
    pub(super) condition: Option<Condition>,
    pub(super) limit: Option<u64>,
    pub(super) context: ScanContext,
}

/// A file of a scan, open.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) file: LocalFile,
    pub(super) footer: Arc<Footer>,
    /// With the page index, where it is of use.
    pub(super) metadata: Arc<ParquetMetaData>,
    /// Root columns of the wanted columns.
    pub(super) roots: Vec<usize>,
    /// Root columns of the condition's columns.
    pub(super) filter_roots: Vec<usize>,
    /// Whether it was counted as read.
    pub(super) counted: AtomicBool,
}

/// See the module.
pub(super) struct Tasks {
    files: Arc<[Found]>,
    next_file: usize,
    plan: Arc<Plan>,
    queue: VecDeque<GroupTask>,
    /// Rows that tasks have given so far: when they suffice, no later task is needed.
    given: Arc<AtomicU64>,
    /// Rows of the tasks made so far, before filters.
    made: u64,
}

impl Tasks {
    pub(super) fn new(files: Arc<[Found]>, plan: Plan) -> Self {
        Tasks { files, next_file: 0, plan: Arc::new(plan), queue: VecDeque::new(), given: Arc::default(), made: 0 }
    }

    /// Whether the tasks made so far give all the rows that are wanted.
    fn suffices(&self) -> bool {
        let Some(limit) = self.plan.limit else { return false };
        let sure = if self.plan.condition.is_none() { self.made } else { self.given.load(Ordering::Acquire) };
        sure >= limit
    }

    /// Opens the next file and plans its row groups.
    fn open_next(&mut self) -> Result<bool> {
        let Some(found) = self.files.get(self.next_file) else { return Ok(false) };
        self.next_file += 1;
        self.plan.context.cancel.check()?;
        let file = LocalFile::open(&found.path)?;
        let footer = Footer::of(&file)?;
        let roots = footer.schema.locate(&self.plan.columns, &file.path)?;
        let filter_columns = self.plan.condition.as_ref().map_or(&[][..], |c| &c.columns);
        let filter_roots = footer.schema.locate(filter_columns, &file.path)?;
        let kept = self.kept_groups(&footer, &filter_roots, filter_columns);
        let task_rows = self.plan.context.settings.task_rows();
        let big = kept.iter().any(|k| k.rows > task_rows as u64);
        let wants_index = big || self.plan.limit.is_some() || self.plan.condition.is_some();
        let metadata = if wants_index { footer.with_page_index(&file) } else { Arc::clone(&footer.metadata) };
        let open = Arc::new(OpenFile { file, footer, metadata, roots, filter_roots, counted: AtomicBool::new(false) });
        for Kept { group, rows, filtered } in kept {
            let step = if open.can_slice(group) { task_rows } else { usize::MAX };
            for (start, length) in pieces(0, rows, step) {
                self.queue.push_back(GroupTask {
                    plan: Arc::clone(&self.plan),
                    open: Arc::clone(&open),
                    given: Arc::clone(&self.given),
                    group,
                    filtered,
                    rows: start..start + length as u64,
                    limit: self.plan.limit,
                });
            }
        }
        Ok(true)
    }

    /// Row groups in which the filters can be true; the others are counted as pruned.
    fn kept_groups(&self, footer: &Footer, roots: &[usize], columns: &[Field]) -> Vec<Kept> {
        let pairs = columns.iter().zip(roots);
        let bounds: HashMap<&str, Vec<Bounds>> = pairs.map(|(f, &root)| (&*f.name, of_row_groups(footer, root, f))).collect();
        let mut kept = Vec::new();
        for (group, rows) in footer.metadata.row_groups().iter().map(rows_of).enumerate().filter(|&(_, rows)| rows > 0) {
            let of_column = |name: &str| bounds.get(name).and_then(|b| b.get(group)).cloned();
            match self.plan.filter.as_ref().map_or(Pruned::All, |f| prune(f, &of_column)) {
                Pruned::Skip => self.plan.context.metrics.row_groups_pruned.add(1),
                found => kept.push(Kept { group, rows, filtered: found != Pruned::All }),
            }
        }
        kept
    }
}

/// A row group to read.
struct Kept {
    group: usize,
    rows: u64,
    /// Whether some of its rows may fail the filters.
    filtered: bool,
}

impl OpenFile {
    /// Whether parts of a row group can be read without reading its column chunks whole.
    fn can_slice(&self, group: usize) -> bool {
        let Some(index) = self.metadata.page_index() else { return false };
        let leaves = 0..self.metadata.file_metadata().schema_descr().num_columns();
        leaves.into_iter().all(|leaf| index.offset_index(group, leaf).is_some())
    }
}

impl TaskStream for Tasks {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        loop {
            if self.suffices() {
                return Ok(None);
            }
            if let Some(mut task) = self.queue.pop_front() {
                if let (Some(limit), None) = (self.plan.limit, &self.plan.condition) {
                    task.limit = Some(limit - self.made);
                }
                self.made += task.rows.end - task.rows.start;
                return Ok(Some(Box::new(task)));
            }
            if !self.open_next()? {
                return Ok(None);
            }
        }
    }

    /// Known once the last file is open.
    fn size_hint(&self) -> Option<usize> {
        (self.next_file == self.files.len()).then_some(self.queue.len())
    }
}
