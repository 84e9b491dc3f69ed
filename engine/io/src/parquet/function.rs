//! The table function: what it takes, and how it opens.

use std::sync::Arc;

use weft_core::function::{Default, Example, Family, Param};
use weft_core::source::{OpenContext, TableFunction, TableSource};
use weft_core::{Function, Result, Value};

use super::source::ParquetSource;
use crate::local;
use crate::options::Options;

/// See the module.
pub(crate) struct ReadParquet;

static INFO: Function = Function {
    name: "read_parquet",
    family: Family::Source,
    summary: "The rows of Parquet files; reads only the columns, row groups and pages that the query needs.",
    params: &[
        Param::required("path", "str or [str]", "a file, a folder, or a pattern with `* ? [] {} **`; or several of them"),
        Param::option("columns", "[str]", Default::Null, "the columns to have, in this order; all when left out"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "read_parquet(\"data/sales.parquet\") | agg { n = count() }", result: "20000" }],
};

impl TableFunction for ReadParquet {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let places = options.texts("path")?.ok_or_else(|| options.refuse("path", "text or a list of texts"))?;
        let mut files = Vec::new();
        for place in &places {
            files.extend(local::find(place, &context.working_dir, &[".parquet", ".pq", ".parq"], &context.cancel)?);
        }
        let columns = options.texts("columns")?;
        Ok(Arc::new(ParquetSource::open(files, &places.join(", "), columns.as_deref(), options.spec())?))
    }
}
