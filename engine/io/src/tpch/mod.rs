//! `tpch("lineitem", scale: 0.1)`: the tables of the TPC-H benchmark, made in process, in parts by several threads.

mod rows;
mod tables;

use std::sync::Arc;

use weft_core::function::{Default, Example, Family, Param};
use weft_core::source::{
    ColumnStatistics, Estimate, OpenContext, ScanRequest, ScanTask, SourceSpec, TableFunction, TableSource, TableStatistics,
    TaskStream,
};
use weft_core::{Error, Field, Function, Result, Schema, Value};

use crate::chunks::FnTask;
use crate::options::Options;
use tables::Table;

/// See the module.
pub(crate) struct Tpch;

static INFO: Function = Function {
    name: "tpch",
    family: Family::Source,
    summary: "A table of the TPC-H benchmark, made on the spot: data to try things on.",
    params: &[
        Param {
            name: "table",
            takes: "str",
            doc: "which table",
            default: None,
            choices: &["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"],
        },
        Param::option("scale", "number", Default::Float(0.1), "the scale factor: at 1, lineitem has six million rows"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "tpch(\"nation\") | agg { count() }", result: "25" }],
};

impl TableFunction for Tpch {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], _context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let name = options.text("table")?;
        let table = Table::named(name).ok_or_else(|| {
            let names: Vec<&str> = tables::ALL.iter().map(|t| t.name()).collect();
            Error::not_found(format!("TPC-H has no table `{name}`")).with_help(format!("its tables are {}", names.join(", ")))
        })?;
        let scale = options.value("scale").as_float().filter(|s| (0.001..=1000.0).contains(s));
        let scale = scale.ok_or_else(|| options.refuse("scale", "a number from 0.001 to 1000"))?;
        let fields = table.columns().iter().map(|(name, kind)| Field::new(*name, kind.ty()).required());
        Ok(Arc::new(TpchSource { table, scale, schema: Schema::new(fields.collect())?, spec: options.spec() }))
    }
}

#[derive(Debug)]
struct TpchSource {
    table: Table,
    scale: f64,
    schema: Schema,
    spec: SourceSpec,
}

impl TableSource for TpchSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        self.spec.clone()
    }

    fn label(&self) -> String {
        format!("tpch {}, scale {}", self.table.name(), self.scale)
    }

    fn statistics(&self) -> TableStatistics {
        let none = || ColumnStatistics { nulls: Some(Estimate::Exact(0)), ..ColumnStatistics::default() };
        let columns = self.schema.fields().iter().map(|_| none()).collect();
        TableStatistics { rows: Some(self.table.rows(self.scale)), columns }
    }

    /// The generator is the same for ever: its rows are those of the benchmark's own.
    fn validator(&self) -> Option<String> {
        Some("constant".into())
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        let parts = self.table.parts(self.scale, request.context.settings.task_rows());
        Ok(Box::new(Parts { table: self.table, scale: self.scale, next: 1, parts, made: 0, request: Arc::new(request) }))
    }
}

struct Parts {
    table: Table,
    scale: f64,
    next: i32,
    parts: i32,
    /// Rows that the tasks made so far give at least.
    made: u64,
    request: Arc<ScanRequest>,
}

impl TaskStream for Parts {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let left = self.request.limit.unwrap_or(u64::MAX).saturating_sub(self.made);
        if self.next > self.parts || left == 0 {
            return Ok(None);
        }
        let (table, scale, part, parts) = (self.table, self.scale, self.next, self.parts);
        let request = Arc::clone(&self.request);
        self.next += 1;
        self.made += table.least_rows(scale, part, parts);
        let open = move || Ok(table.read(scale, (part, parts), &request, left));
        Ok(Some(Box::new(FnTask { rows: None, open })))
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(self.parts - self.next + 1).ok()
    }
}
