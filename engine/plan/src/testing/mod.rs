//! Doubles for the tests: functions of each temper, a small table source, and an interpreter that tells what a plan means.

mod functions;
mod interpret;
mod random_plans;
mod source;

use weft_core::error::Result;
use weft_core::expr::{NamedExpr, SortKey};
use weft_core::function::QueryContext;
use weft_core::source::OpenContext;
use weft_core::window::RangeBound;
use weft_core::{AggregateCall, Expr, Origin, Schema, Settings, Type, Value, WindowCall, WindowFrame};

pub(crate) use functions::registry;
pub(crate) use interpret::{Rows, interpret};
pub(crate) use random_plans::random_plan;
pub(crate) use source::{numbers_source, numbers_with_validator, spread_source};

use crate::nodes::{JoinKey, JoinKind, NamedAggregate, NamedWindow, NodeKind, Subtable};
use crate::optimize::RuleContext;
use crate::plan::LogicalPlan;

/// Six rows of `a` (an int, never null), `b` (an int), `x` (a float).
pub(crate) fn numbers() -> LogicalPlan {
    LogicalPlan::scan(numbers_source()).unwrap()
}

/// About a thousand rows (it says; eight in truth) of `k` and `v` (ints).
pub(crate) fn others() -> LogicalPlan {
    LogicalPlan::scan(source::others_source()).unwrap()
}

/// `i` (a small int) and `d` (a date).
pub(crate) fn little() -> LogicalPlan {
    LogicalPlan::scan(source::little_source()).unwrap()
}

fn column(schema: &Schema, name: &str) -> Expr {
    Expr::column(schema, name).unwrap()
}

/// A column of `numbers`, or an int column that a plan over it made.
pub(crate) fn col(name: &str) -> Expr {
    let made = || Expr::of_field(&weft_core::Field::new(name, Type::Int64));
    if numbers().schema().field(name).is_some() { column(numbers().schema(), name) } else { made() }
}

/// A column of `others`.
pub(crate) fn other(name: &str) -> Expr {
    column(others().schema(), name)
}

pub(crate) fn int(n: i64) -> Expr {
    Expr::int(n)
}

pub(crate) fn float(x: f64) -> Expr {
    Expr::literal(Type::Float64, Value::Float(x))
}

pub(crate) fn call(name: &str, args: Vec<Expr>) -> Expr {
    Expr::call(registry().require_scalar(name).unwrap(), args).unwrap()
}

macro_rules! calls {
    ($($name:ident = $function:literal ($($arg:ident),*);)*) => {
        $(pub(crate) fn $name($($arg: Expr),*) -> Expr { call($function, vec![$($arg),*]) })*
    };
}

calls! {
    eq = "eq"(l, r);
    ne = "ne"(l, r);
    gt = "gt"(l, r);
    add = "add"(l, r);
    floor_div = "floor_div"(l, r);
    random = "random"();
    heavy = "heavy"(x);
    not = "not"(x);
}

pub(crate) fn named(name: &str, expr: Expr) -> NamedExpr {
    NamedExpr { name: name.into(), expr }
}

pub(crate) fn asc(expr: Expr) -> SortKey {
    SortKey { expr, descending: false, nulls_first: false }
}

pub(crate) fn desc(expr: Expr) -> SortKey {
    SortKey { expr, descending: true, nulls_first: false }
}

pub(crate) fn key(left: Expr, right: Expr) -> JoinKey {
    JoinKey { left, right, null_safe: false }
}

fn aggregate(name: &str, function: &str, args: Vec<Expr>) -> NamedAggregate {
    let function = registry().aggregate(function).unwrap();
    NamedAggregate { name: name.into(), call: AggregateCall::new(function, args).unwrap() }
}

pub(crate) fn sum(name: &str, expr: Expr) -> NamedAggregate {
    aggregate(name, "sum", vec![expr])
}

pub(crate) fn first(name: &str, expr: Expr) -> NamedAggregate {
    aggregate(name, "first", vec![expr])
}

pub(crate) fn count(name: &str) -> NamedAggregate {
    aggregate(name, "count", vec![])
}

/// An aggregate over the whole partition.
pub(crate) fn whole(aggregate: NamedAggregate) -> NamedWindow {
    NamedWindow { name: aggregate.name, call: WindowCall::aggregate(aggregate.call) }
}

/// An aggregate of everything up to the row.
pub(crate) fn running(aggregate: NamedAggregate) -> NamedWindow {
    let NamedWindow { name, call } = whole(aggregate);
    NamedWindow { name, call: call.over(WindowFrame::Rows { start: None, end: Some(0) }) }
}

/// The number of the row in its partition.
pub(crate) fn numbered(name: &str) -> NamedWindow {
    let function = registry().window("row_number").unwrap();
    NamedWindow { name: name.into(), call: WindowCall::function(function, vec![]).unwrap() }
}

pub(crate) fn placed(aggregate: NamedAggregate, cell: u32) -> NamedAggregate {
    NamedAggregate { call: aggregate.call.at(Origin::new(cell, 1, 2)), ..aggregate }
}

pub(crate) fn open_context() -> OpenContext {
    OpenContext { settings: Settings::new().into(), working_dir: ".".into(), cancel: Default::default() }
}

/// One rule, once.
pub(crate) fn apply(rule: &dyn crate::optimize::Rule, plan: &LogicalPlan) -> LogicalPlan {
    let (registry, query) = (registry(), QueryContext::default());
    let after = rule.apply(plan, &RuleContext { registry: &registry, query: &query }).unwrap();
    assert_eq!(shape(&after), shape(plan), "the rule changed the columns");
    after
}

/// Names and types of the output.
pub(crate) fn shape(plan: &LogicalPlan) -> Vec<(String, Type)> {
    plan.schema().fields().iter().map(|f| (f.name.to_string(), f.ty.clone())).collect()
}

/// The plan in few words, one line per node; build sides only where they are unusual.
pub(crate) fn assert_text(plan: &LogicalPlan, expected: &str) {
    fn write(plan: &LogicalPlan, depth: usize, text: &mut String) {
        let word = |(name, value): (&'static str, String)| match name {
            "" | "columns" => Some(value),
            "build" if value == "right" => None,
            name => Some(format!("{name} {value}")),
        };
        let words: Vec<String> = plan.node().details().into_iter().filter_map(word).collect();
        let line = format!("{:depth$}{} {}", "", plan.node().name(), words.join(", "), depth = depth * 2);
        let blank = if words.is_empty() { line.trim_end() } else { &line };
        text.push_str(if text.is_empty() { "" } else { "\n" });
        text.push_str(blank);
        plan.inputs().into_iter().for_each(|i| write(i, depth + 1, text));
    }
    let mut text = String::new();
    write(plan, 0, &mut text);
    assert_eq!(text, expected, "\n{text}");
}

/// Rows whose `a` is greater than some value and among others, both of sub-pipelines.
pub(crate) fn with_subtables(plan: LogicalPlan) -> Result<LogicalPlan> {
    let least = others().aggregate(vec![], vec![sum("least", int(1))])?;
    let (least, value) = Subtable::value(least, Origin::NONE)?;
    let known = others().filter(gt(other("v"), int(1)))?.select_columns(["k"])?;
    let (known, set) = Subtable::set(col("a"), known, Origin::NONE)?;
    plan.filter(Expr::and(vec![ne(col("b"), least), known]))?.with_tables(vec![value, set])
}

/// A plan with each kind of node on top.
pub(crate) fn every_node() -> Vec<LogicalPlan> {
    let join = |kind| {
        let residual = Some(gt(col("b"), other("v")));
        numbers().join(others(), kind, vec![key(col("a"), other("k"))], residual)
    };
    let mut scan = crate::nodes::Scan::all(numbers_source());
    scan.projection = Some(vec!["b".into()]);
    scan.filters.push(gt(col("a"), int(1)));
    scan.pruning.push(gt(col("b"), int(1)));
    scan.limit = Some(4);
    let keys = vec![desc(col("b")), SortKey { nulls_first: true, ..asc(col("x")) }];
    let top = crate::nodes::TopN { input: numbers(), keys: keys.clone(), offset: 1, limit: 2 };
    let mut call = sum("s", col("b"));
    call.call.filter = Some(gt(col("a"), int(2)));
    call.call.distinct = true;
    call.call.order = keys.clone();
    let mut ranged = running(count("n")).call.at(Origin::new(1, 2, 3));
    ranged.frame =
        WindowFrame::Range { key: Some(col("b")), start: RangeBound::Value(add(col("b"), int(-1))), end: RangeBound::Peers };
    ranged.min_periods = 2;
    let windows = vec![numbered("r"), running(sum("t", col("b"))), NamedWindow { name: "u".into(), call: ranged }];
    let plans: Vec<Result<LogicalPlan>> = vec![
        numbers().window(vec![col("a")], keys.clone(), windows),
        LogicalPlan::new(scan.into()),
        numbers().filter(Expr::or(vec![gt(col("b"), int(1)), Expr::in_list(col("a"), vec![int(1), int(2)]).unwrap()])),
        numbers().project(vec![named("c", Expr::coalesce(vec![col("b"), int(3)]).unwrap())]),
        numbers().aggregate(vec![named("k", col("a"))], vec![call, count("n")]),
        numbers().distinct(vec!["a".into()]),
        numbers().sort(keys),
        LogicalPlan::new(top.into()),
        numbers().limit(3, None),
        numbers().tail(2),
        join(JoinKind::Inner),
        join(JoinKind::Left),
        join(JoinKind::Right),
        join(JoinKind::Full),
        join(JoinKind::Semi),
        join(JoinKind::Anti),
        numbers().union(vec![numbers()]),
        with_subtables(numbers()),
    ];
    plans.into_iter().map(Result::unwrap).collect()
}
