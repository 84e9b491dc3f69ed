//! Parquet files as one table.

use std::sync::{Arc, OnceLock};

use weft_core::source::{FilterSupport, ScanRequest, SourceSpec, TableSource, TableStatistics, TaskStream};
use weft_core::{Error, Expr, Field, Result, Schema};

use super::filter::{Condition, is_exact};
use super::footer::Footer;
use super::statistics;
use super::tasks::{Plan, Tasks};
use crate::local::{FileId, Found, LocalFile};

/// One or more Parquet files with the columns of the first.
#[derive(Debug)]
pub(super) struct ParquetSource {
    files: Arc<[Found]>,
    /// As the user wrote the place.
    place: String,
    schema: Schema,
    spec: SourceSpec,
    statistics: OnceLock<TableStatistics>,
}

impl ParquetSource {
    /// Reads the first file's footer, and takes its columns, or those named `columns`.
    pub(super) fn open(files: Vec<Found>, place: &str, columns: Option<&[&str]>, spec: SourceSpec) -> Result<Self> {
        let first = files.first().ok_or_else(|| Error::argument("`read_parquet` needs at least one file"))?;
        let file = LocalFile::open(&first.path)?;
        let footer = Footer::of(&file)?;
        let schema = choose(&footer, columns, &file.path)?;
        Ok(ParquetSource { files: files.into(), place: place.into(), schema, spec, statistics: OnceLock::new() })
    }
}

fn choose(footer: &Footer, columns: Option<&[&str]>, path: &str) -> Result<Schema> {
    let all = &footer.schema.columns;
    let named = |name: &str| {
        let found = all.iter().find(|(n, _)| &**n == name);
        found.ok_or_else(|| {
            let mut names: Vec<&str> = all.iter().map(|(n, _)| &**n).collect();
            names.sort_by(|a, b| strsim::jaro_winkler(name, b).total_cmp(&strsim::jaro_winkler(name, a)));
            names.truncate(3);
            Error::not_found(format!("`{path}` has no column `{name}`")).with_help(format!("nearest: `{}`", names.join("`, `")))
        })
    };
    let chosen = match columns {
        None => all.iter().map(Ok).collect::<Result<Vec<_>>>()?,
        Some(names) => names.iter().map(|name| named(name)).collect::<Result<Vec<_>>>()?,
    };
    let fields = chosen.into_iter().map(|(_, field)| field.clone().map_err(|e| e.with_context(format!("file `{path}`"))));
    Schema::new(fields.collect::<Result<Vec<Field>>>()?)
}

impl TableSource for ParquetSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        self.spec.clone()
    }

    fn label(&self) -> String {
        match self.files.len() {
            1 => format!("parquet {}", self.place),
            n => format!("parquet {} ({n} files)", self.place),
        }
    }

    fn statistics(&self) -> TableStatistics {
        self.statistics.get_or_init(|| statistics::of_files(&self.files, &self.schema)).clone()
    }

    fn filter_support(&self, filter: &Expr) -> FilterSupport {
        if is_exact(filter, &self.schema) { FilterSupport::Exact } else { FilterSupport::None }
    }

    /// The identities of all files as they are now.
    fn validator(&self) -> Option<String> {
        let now = |f: &Found| std::fs::metadata(&f.path).ok().map(|m| FileId::of(&m).to_string());
        let ids: Option<Vec<String>> = self.files.iter().map(now).collect();
        ids.map(|ids| ids.join(" "))
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let filters: Vec<Expr> = request.filters.iter().filter(|f| is_exact(f, &self.schema)).cloned().collect();
        let columns = self.schema.project(&request.projection)?.fields().to_vec();
        let condition = Condition::new(&filters, &self.schema, &request.context.query)?;
        let filter = (!filters.is_empty()).then(|| Expr::and(filters));
        let plan = Plan { columns, filter, condition, limit: request.limit, context: request.context };
        Ok(Box::new(Tasks::new(Arc::clone(&self.files), plan)))
    }
}
