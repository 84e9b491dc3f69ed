//! A toy session: tables with schemas and no rows, values that are made up.

use std::sync::Arc;

use weft_core::function::{Family, Param, QueryContext};
use weft_core::registry::TableFunctionRef;
use weft_core::source::{OpenContext, ScanRequest, SourceSpec, TableFunction, TableSource, TaskStream};
use weft_core::{CancelToken, Chunk, Error, Expr, Field, Function, Registry, Result, Schema, Settings, Type, Value};
use weft_lang::resolve::{Action, ActionKind, Environment};
use weft_plan::LogicalPlan;
use weft_plan::catalog::{Binding, Catalog};

/// A table without rows.
#[derive(Debug)]
struct Toy {
    name: String,
    schema: Schema,
}

impl TableSource for Toy {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        SourceSpec { function: "toy".into(), args: vec![Value::string(self.name.as_str())] }
    }

    fn label(&self) -> String {
        self.name.clone()
    }

    fn scan(&self, _: ScanRequest) -> Result<Box<dyn TaskStream>> {
        Err(Error::unsupported("toys have no rows"))
    }
}

struct ReadParquet;

static READ_PARQUET: Function = Function {
    name: "read_parquet",
    family: Family::Source,
    summary: "A toy.",
    params: &[
        Param::required("path", "str", "a path"),
        Param::option("columns", "[str]", weft_core::function::Default::Null, "columns"),
    ],
    variadic: false,
    operator: None,
    examples: &[],
};

impl TableFunction for ReadParquet {
    fn info(&self) -> &'static Function {
        &READ_PARQUET
    }

    fn open(&self, args: &[Value], _: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let path = args[0].as_str().unwrap_or_default();
        if path.contains("missing") {
            return Err(Error::not_found(format!("no file `{path}`")));
        }
        Ok(Arc::new(Toy { name: format!("read_parquet {path}"), schema: schema(TRIPS) }))
    }
}

const TRIPS: &str =
    "vendor str, fare float, tip float, passengers int, day date, at timestamp, tags [str], place {city: str, zip: int}";

const TABLES: &[(&str, &str)] = &[
    ("trips", TRIPS),
    (
        "lineitem",
        "l_orderkey int, l_suppkey int, l_quantity decimal, l_extendedprice decimal, l_discount decimal, l_tax decimal, l_returnflag str, l_linestatus str, l_shipdate date, l_commitdate date, l_receiptdate date",
    ),
    ("orders", "o_orderkey int, o_custkey int, o_orderdate date, o_shippriority int32, o_comment str, o_orderstatus str"),
    ("customer", "c_custkey int, c_name str, c_phone str, c_acctbal decimal, c_mktsegment str"),
    ("supplier", "s_suppkey int, s_name str, s_nationkey int, s_acctbal decimal, s_address str, s_phone str, s_comment str"),
    ("part", "p_partkey int, p_size int, p_type str, p_mfgr str"),
    ("partsupp", "ps_partkey int, ps_suppkey int, ps_supplycost decimal"),
    ("events", "user_id int, ts timestamp, page str"),
    ("nation", "n_nationkey int, n_name str, n_regionkey int"),
    ("region", "r_regionkey int, r_name str"),
    ("vendors", "vendor str, name str, fare float"),
    ("limits", "most int"),
];

fn schema(text: &str) -> Schema {
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once(' ').unwrap();
        let end = if after.starts_with('{') { after.find('}').unwrap() + 1 } else { after.find(',').unwrap_or(after.len()) };
        fields.push(Field::new(name, ty(&after[..end])));
        rest = after[end..].trim_start_matches(',').trim_start();
    }
    Schema::new(fields).unwrap()
}

fn ty(text: &str) -> Type {
    match text {
        "str" => Type::String,
        "int" => Type::Int64,
        "int32" => Type::Int32,
        "float" => Type::Float64,
        "date" => Type::Date,
        "timestamp" => Type::timestamp(),
        "decimal" => Type::Decimal { precision: 15, scale: 2 },
        "[str]" => Type::list(Type::String),
        _ => Type::Struct(vec![Field::new("city", Type::String), Field::new("zip", Type::Int64)].into()),
    }
}

/// The toy session.
pub(crate) struct Session {
    registry: Registry,
    catalog: Catalog,
    settings: Settings,
}

impl Session {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::new();
        weft_functions::register(&mut registry);
        registry.add_tables([Arc::new(ReadParquet) as Arc<dyn TableFunction>]);
        let mut catalog = Catalog::default();
        for (name, columns) in TABLES {
            let toy = Toy { name: (*name).to_owned(), schema: schema(columns) };
            catalog.bind((*name).into(), Binding::Table(LogicalPlan::scan(Arc::new(toy)).unwrap()));
        }
        catalog.bind("n".into(), Binding::Scalar(Type::Int64, Value::Int(3)));
        Session { registry, catalog, settings: Settings::new() }
    }

    /// Binds a table of these columns, without rows.
    pub(crate) fn bind(&mut self, name: &str, columns: &str) {
        let toy = Toy { name: name.to_owned(), schema: schema(columns) };
        self.catalog.bind(name.into(), Binding::Table(LogicalPlan::scan(Arc::new(toy)).unwrap()));
    }

    /// Carries out what touches the session itself.
    pub(super) fn carry_out(&mut self, action: &Action) {
        if let ActionKind::Bind { name, binding } = &action.kind {
            self.catalog.bind(Arc::clone(name), binding.clone());
        }
    }
}

impl Environment for Session {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::new(self.settings.clone())
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::new(self.catalog.clone())
    }

    fn open(&self, function: &TableFunctionRef, args: Vec<Value>) -> Result<LogicalPlan> {
        let context = OpenContext { settings: self.settings(), working_dir: ".".into(), cancel: CancelToken::new() };
        LogicalPlan::scan(function.open(&args, &context)?)
    }

    fn table(&self, schema: Schema, rows: Vec<Vec<Value>>) -> Result<LogicalPlan> {
        let rows: Vec<String> = rows.iter().map(|row| row.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")).collect();
        LogicalPlan::scan(Arc::new(Toy { name: format!("literal ({})", rows.join("; ")), schema }))
    }

    fn evaluate(&self, expr: &Expr) -> Result<Value> {
        weft_compute::evaluate(expr, &Chunk::new(Vec::new(), 1)?, &QueryContext::default())?.value(0)
    }

    /// 40, 41, … in the first column of one row, or three for `in`.
    fn rows(&self, plan: &LogicalPlan, limit: usize) -> Result<Vec<Vec<Value>>> {
        let rows = if limit > 2 { 3 } else { 1 };
        let value = |ty: &Type, n: i64| match ty {
            Type::Int64 => Value::Int(n),
            Type::Float64 => Value::Float(n as f64),
            Type::Decimal { scale, .. } => Value::Decimal(n.into(), *scale),
            _ => Value::string(format!("text {n}")),
        };
        let row = |n: i64| plan.schema().fields().iter().map(|f| value(&f.ty, n)).collect();
        Ok((40..40 + rows).map(row).collect())
    }

    fn input(&self, prompt: &str, _: bool) -> Result<String> {
        Ok(format!("answer to {prompt}"))
    }
}
