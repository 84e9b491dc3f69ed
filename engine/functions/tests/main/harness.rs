//! Calls functions as the evaluator does, on values written out.

use arrow::array::{Array, ArrayRef};
use weft_core::expr::{Expr, ExprKind};
use weft_core::function::QueryContext;
use weft_core::states::{HeapRef, StateHeap, States};
use weft_core::{AggregateCall, Aggregator, Registry, Result, Series, Type, Value};

/// All functions of the crate.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::new();
    weft_functions::register(&mut registry);
    registry
}

/// A query that began at 2024-03-09T12:00:00Z.
pub(crate) fn query() -> QueryContext {
    QueryContext { now: 1_709_985_600_000_000_000, ..QueryContext::default() }
}

pub(crate) fn int(n: i64) -> Expr {
    Expr::int(n)
}

pub(crate) fn float(x: f64) -> Expr {
    Expr::literal(Type::Float64, Value::Float(x))
}

pub(crate) fn text(text: &str) -> Expr {
    Expr::string(text)
}

pub(crate) fn null() -> Expr {
    Expr::literal(Type::Null, Value::Null)
}

pub(crate) fn decimal(digits: i128, precision: u8, scale: i8) -> Expr {
    Expr::literal(Type::Decimal { precision, scale }, Value::Decimal(digits, scale))
}

/// The value of a literal that may stand under a cast that resolution put there.
fn literal(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Cast { input, .. } => converted(&literal(input), &expr.ty),
        _ => panic!("{expr} is no literal"),
    }
}

/// The few casts that resolution asks for in these tests.
fn converted(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Null, _) => Value::Null,
        (Value::Decimal(..) | Value::Int(_), Type::Float64) => Value::Float(value.as_float().unwrap()),
        (Value::Float(x), Type::Float32 | Type::Float64) => Value::Float(*x),
        (Value::Int(n), Type::String) => Value::string(n.to_string()),
        (Value::Bool(b), Type::UInt8) => Value::Int((*b).into()),
        (Value::List(items), Type::List(item)) => Value::List(items.iter().map(|v| converted(v, item)).collect()),
        (value, ty) => {
            value.to_array(ty).unwrap();
            value.clone()
        }
    }
}

/// `name(args)` on literals.
pub(crate) fn call(name: &str, args: Vec<Expr>) -> Result<Value> {
    let function = registry().require_scalar(name)?;
    let expr = Expr::call(function.clone(), args)?;
    let ExprKind::Call { args, .. } = &expr.kind else { panic!("{expr} is no call") };
    let columns: Vec<Series> = args.iter().map(|a| Series::constant(a.ty.clone(), &literal(a), 1).unwrap()).collect();
    let result = function.call(&columns, 1, &query())?;
    assert_eq!(result.ty(), &expr.ty, "{expr}");
    assert_eq!(result.len(), 1, "{expr}");
    result.value(0)
}

/// The same, as text.
pub(crate) fn shown(name: &str, args: Vec<Expr>) -> String {
    call(name, args).unwrap().to_string()
}

/// A heap that keeps everything in one vector.
#[derive(Default)]
pub(crate) struct VecHeap(Vec<u8>);

impl StateHeap for VecHeap {
    fn put(&mut self, bytes: &[u8]) -> Result<HeapRef> {
        let offset = self.0.len() as u64;
        self.0.extend_from_slice(bytes);
        Ok(HeapRef { offset, len: bytes.len() as u64 })
    }

    fn get(&self, place: HeapRef) -> &[u8] {
        &self.0[place.offset as usize..][..place.len as usize]
    }

    fn get_mut(&mut self, place: HeapRef) -> &mut [u8] {
        &mut self.0[place.offset as usize..][..place.len as usize]
    }
}

/// Groups of states with their heap.
pub(crate) struct Groups {
    rows: Vec<Vec<u64>>,
    bytes: usize,
    pub(crate) heap: VecHeap,
}

impl Groups {
    pub(crate) fn new(aggregator: &dyn Aggregator, groups: usize) -> Self {
        let bytes = aggregator.state_bytes();
        Groups { rows: vec![vec![0; bytes.div_ceil(8)]; groups], bytes, heap: VecHeap::default() }
    }

    /// Runs `act` with the states of `groups` and the heap.
    #[allow(unsafe_code)]
    pub(crate) fn with<T>(&mut self, groups: &[usize], act: impl FnOnce(&mut States<'_>, &mut VecHeap) -> T) -> T {
        let all: Vec<*mut u8> = self.rows.iter_mut().map(|r| r.as_mut_ptr().cast()).collect();
        let rows: Vec<*mut u8> = groups.iter().map(|&g| all[g]).collect();
        // SAFETY: every row holds `bytes` initialised bytes aligned to 8, borrowed exclusively through `self`.
        let mut states = unsafe { States::new(&rows, 0, self.bytes) };
        act(&mut states, &mut self.heap)
    }

    pub(crate) fn update(&mut self, aggregator: &dyn Aggregator, groups: &[usize], args: &[ArrayRef]) -> Result<()> {
        self.with(groups, |states, heap| aggregator.update(states, args, heap))
    }

    pub(crate) fn finish(&mut self, aggregator: &dyn Aggregator) -> Result<ArrayRef> {
        let all: Vec<usize> = (0..self.rows.len()).collect();
        self.with(&all, |states, heap| aggregator.finish(states, heap))
    }
}

/// An aggregate bound for a column of `ty`, with literal options after it.
pub(crate) fn bind(name: &str, ty: &Type, options: Vec<Expr>) -> Result<(AggregateCall, Box<dyn Aggregator>)> {
    let mut args = vec![Expr::index(0, ty.clone(), true)];
    args.extend(options);
    let call = AggregateCall::new(registry().aggregate(name).unwrap(), args)?;
    let bound = call.bind()?;
    Ok((call, bound))
}

/// `name(column)` over `values` by every path: one state, groups, and halves merged; all must agree.
pub(crate) fn fold(name: &str, ty: &Type, values: &[Value], options: Vec<Expr>) -> Result<Value> {
    let (call, aggregator) = bind(name, ty, options)?;
    let arg = call.args[0].ty.clone();
    let values: Vec<Value> = values.iter().map(|v| converted(v, &arg)).collect();
    let mut args = vec![Value::array(&arg, &values)?];
    for option in &call.args[1..] {
        args.push(Series::constant(option.ty.clone(), option.as_literal().unwrap(), values.len())?.to_flat()?);
    }
    let mut one = Groups::new(&*aggregator, 1);
    one.with(&[0], |states, heap| aggregator.update_one(states, &args, values.len(), heap))?;
    let result = Value::from_array(&one.finish(&*aggregator)?, 0, &call.ty)?;

    // Row by row into one group, in slices, so that offsets are met.
    let mut grouped = Groups::new(&*aggregator, 1);
    for start in (0..values.len()).step_by(3) {
        let len = (values.len() - start).min(3);
        let part: Vec<ArrayRef> = args.iter().map(|a| a.slice(start, len)).collect();
        grouped.update(&*aggregator, &vec![0; len], &part)?;
    }
    assert_close(&Value::from_array(&grouped.finish(&*aggregator)?, 0, &call.ty)?, &result, name);

    // Halves in different heaps, merged.
    let middle = values.len() / 2;
    let (mut left, mut right) = (Groups::new(&*aggregator, 1), Groups::new(&*aggregator, 1));
    let half = |from: usize, to: usize| args.iter().map(|a| a.slice(from, to - from)).collect::<Vec<_>>();
    left.update(&*aggregator, &vec![0; middle], &half(0, middle))?;
    right.update(&*aggregator, &vec![0; values.len() - middle], &half(middle, values.len()))?;
    let from_heap = std::mem::take(&mut right.heap);
    left.with(&[0], |into, heap| right.with(&[0], |from, _| aggregator.merge(into, heap, from, &from_heap)))?;
    assert_close(&Value::from_array(&left.finish(&*aggregator)?, 0, &call.ty)?, &result, name);
    Ok(result)
}

/// Floats within 1e-9, all else equal.
pub(crate) fn assert_close(a: &Value, b: &Value, what: &str) {
    match (a, b) {
        (Value::Float(x), Value::Float(y)) if (x - y).abs() <= 1e-9 * y.abs().max(1.0) => {}
        _ => assert_eq!(a, b, "{what}"),
    }
}

/// Text of a column, for failures and comparisons.
pub(crate) fn column(series: &Series) -> Vec<Value> {
    (0..series.len()).map(|i| series.value(i).unwrap()).collect()
}
