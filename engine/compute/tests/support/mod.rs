//! A function that counts the rows it sees and fails on some, to see where expressions are evaluated.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{ArrayRef, AsArray, Int64Array, StringViewArray, UInt32Array};
use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Family, Function, Nulls, Param, Properties, QueryContext, Signature};
use weft_core::registry::FunctionRef;
use weft_core::{Chunk, Error, Expr, Result, ScalarFunction, Series, Type, Value};

static INVERSE: Function = Function {
    name: "inverse",
    family: Family::Numeric,
    summary: "1000 // x, failing for zero.",
    params: &[Param::required("x", "int", "not zero")],
    variadic: false,
    operator: None,
    examples: &[],
};

/// `1000 // x`, which fails for zero; counts the rows it sees.
#[derive(Default)]
pub(crate) struct Inverse {
    pub(crate) seen: AtomicUsize,
}

impl ScalarFunction for Inverse {
    fn info(&self) -> &'static Function {
        &INVERSE
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible().nulls(Nulls::Propagate)
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: vec![Type::Int64], output: Type::Int64 })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        self.seen.fetch_add(rows, Ordering::Relaxed);
        let flat = args[0].to_flat()?;
        let mut out = Vec::new();
        for x in flat.as_primitive::<Int64Type>() {
            match x {
                Some(0) => return Err(Error::value("1000 // 0")),
                x => out.push(x.map(|x| 1000 / x)),
            }
        }
        Series::new(Type::Int64, Arc::new(Int64Array::from(out)))
    }
}

/// `inverse(x)` and what counts its rows.
pub(crate) fn inverse(x: Expr) -> (Expr, Arc<Inverse>) {
    let function = Arc::new(Inverse::default());
    (Expr::call(FunctionRef(function.clone()), vec![x]).unwrap(), function)
}

pub(crate) fn ints(values: &[Option<i64>]) -> Series {
    Series::new(Type::Int64, Arc::new(Int64Array::from(values.to_vec()))).unwrap()
}

pub(crate) fn texts(values: &[Option<&str>]) -> Series {
    Series::new(Type::String, Arc::new(StringViewArray::from(values.to_vec()))).unwrap()
}

pub(crate) fn coded(codes: &[Option<u32>], values: Vec<i64>) -> Series {
    let values: ArrayRef = Arc::new(Int64Array::from(values));
    Series::dictionary(Type::Int64, UInt32Array::from(codes.to_vec()), values)
}

pub(crate) fn chunk(columns: Vec<Series>) -> Chunk {
    let rows = columns[0].len();
    Chunk::new(columns, rows).unwrap()
}

pub(crate) fn x() -> Expr {
    Expr::index(0, Type::Int64, true)
}

pub(crate) fn values(series: &Series) -> Vec<Value> {
    (0..series.len()).map(|i| series.value(i).unwrap()).collect()
}

pub(crate) fn int_values(series: &Series) -> Vec<Option<i64>> {
    values(series).iter().map(Value::as_int).collect()
}
