//! A table of a few rows that applies comparisons of its first column exactly, prunes by its second, and no others.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::function::{Family, Function};
use weft_core::source::{
    ColumnStatistics, Estimate, FilterSupport, OpenContext, ScanRequest, SourceSpec, TableFunction, TableStatistics, TaskStream,
};
use weft_core::{Expr, Field, Schema, TableSource, Type, Value};

#[derive(Debug)]
pub(crate) struct ToySource {
    name: &'static str,
    schema: Schema,
    says: Option<Estimate>,
    columns: Vec<ColumnStatistics>,
    validator: Option<String>,
}

impl TableSource for ToySource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        SourceSpec { function: self.name.into(), args: Vec::new() }
    }

    fn label(&self) -> String {
        self.name.into()
    }

    fn statistics(&self) -> TableStatistics {
        TableStatistics { rows: self.says, columns: self.columns.clone() }
    }

    fn filter_support(&self, filter: &Expr) -> FilterSupport {
        let at = |i: usize| filter.columns() == [self.schema.fields()[i].name.clone()];
        match filter.is_fallible() || !filter.is_deterministic() {
            false if at(0) => FilterSupport::Exact,
            false if at(1) => FilterSupport::Pruning,
            _ => FilterSupport::None,
        }
    }

    fn validator(&self) -> Option<String> {
        self.validator.clone()
    }

    fn scan(&self, _: ScanRequest) -> Result<Box<dyn TaskStream>> {
        Err(Error::unsupported("toy tables are interpreted"))
    }
}

fn i(n: i64) -> Value {
    Value::Int(n)
}

fn numbers_rows() -> Vec<Vec<Value>> {
    let x = Value::Float;
    let null = || Value::Null;
    vec![
        vec![i(3), i(1), x(0.5)],
        vec![i(0), null(), x(-0.0)],
        vec![i(3), i(2), x(f64::NAN)],
        vec![i(1), i(1), null()],
        vec![i(5), i(0), x(2.0)],
        vec![i(0), i(3), x(0.0)],
    ]
}

pub(crate) fn numbers_with_validator(validator: Option<&str>) -> Arc<dyn TableSource> {
    let b = Field::new("b", Type::Int64);
    let fields = vec![Field::new("a", Type::Int64).required(), b, Field::new("x", Type::Float64)];
    Arc::new(ToySource {
        name: "numbers",
        schema: Schema::new(fields).unwrap(),
        says: Some(Estimate::Exact(6)),
        columns: Vec::new(),
        validator: validator.map(str::to_string),
    })
}

pub(crate) fn numbers_source() -> Arc<dyn TableSource> {
    numbers_with_validator(Some("still"))
}

pub(crate) fn others_source() -> Arc<dyn TableSource> {
    let fields = vec![Field::new("k", Type::Int64), Field::new("v", Type::Int64)];
    Arc::new(ToySource {
        name: "others",
        schema: Schema::new(fields).unwrap(),
        says: Some(Estimate::About(1000)),
        columns: Vec::new(),
        validator: Some("still".into()),
    })
}

pub(crate) fn little_source() -> Arc<dyn TableSource> {
    let fields = vec![Field::new("i", Type::Int8), Field::new("d", Type::Date)];
    Arc::new(ToySource { name: "little", schema: Schema::new(fields).unwrap(), says: None, columns: Vec::new(), validator: None })
}

/// Says that it has a thousand rows with `k` from 0 to 99, ten of them null.
pub(crate) fn spread_source() -> Arc<dyn TableSource> {
    let k = ColumnStatistics { min: Some(i(0)), max: Some(i(99)), nulls: Some(Estimate::Exact(10)), ..Default::default() };
    Arc::new(ToySource {
        name: "spread",
        schema: Schema::new(vec![Field::new("k", Type::Int64)]).unwrap(),
        says: Some(Estimate::Exact(1000)),
        columns: vec![k],
        validator: None,
    })
}

/// The rows of a toy table, by its name.
pub(super) fn rows_of(name: &str) -> Vec<Vec<Value>> {
    match name {
        "numbers" => numbers_rows(),
        _ => {
            let rows = [(3, 7), (1, 0), (3, 2), (9, 1), (0, 4), (5, 5), (0, 0)].map(|(k, v)| vec![i(k), i(v)]);
            rows.into_iter().chain([vec![Value::Null, i(6)]]).collect()
        }
    }
}

struct ToyTable {
    info: &'static Function,
    open: fn() -> Arc<dyn TableSource>,
}

const fn info(name: &'static str) -> Function {
    Function { name, family: Family::Source, summary: "A toy.", params: &[], variadic: false, operator: None, examples: &[] }
}

impl TableFunction for ToyTable {
    fn info(&self) -> &'static Function {
        self.info
    }

    fn open(&self, _: &[Value], _: &OpenContext) -> Result<Arc<dyn TableSource>> {
        Ok((self.open)())
    }
}

pub(super) fn tables() -> Vec<Arc<dyn TableFunction>> {
    const NUMBERS: &Function = &info("numbers");
    const OTHERS: &Function = &info("others");
    vec![Arc::new(ToyTable { info: NUMBERS, open: numbers_source }), Arc::new(ToyTable { info: OTHERS, open: others_source })]
}
