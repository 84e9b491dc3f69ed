//! Toy functions: comparisons, one that can fail, a volatile one, a heavy one; and aggregates that are never run.

use std::cmp::Ordering;
use std::sync::Arc;

use weft_core::aggregate::{Aggregate, Aggregator};
use weft_core::error::{Error, Result};
use weft_core::function::{
    ArgType, Family, Function, Nulls, Param, Properties, QueryContext, ScalarFunction, Signature, Volatility, Weight,
};
use weft_core::types::common_type;
use weft_core::{Registry, Series, Type, Value, WindowFunction, WindowKernel};

const X: Param = Param::required("x", "any", "A value.");
const Y: Param = Param::required("y", "any", "A value.");

type Kernel = fn(&[Value]) -> Result<Value>;

struct Toy {
    info: &'static Function,
    properties: Properties,
    /// The result's type; nothing for the type that the arguments meet in.
    output: Option<Type>,
    kernel: Kernel,
}

const fn info(name: &'static str, operator: Option<&'static str>, params: &'static [Param]) -> Function {
    Function { name, family: Family::Operator, summary: "A toy.", params, variadic: false, operator, examples: &[] }
}

impl ScalarFunction for Toy {
    fn info(&self) -> &'static Function {
        self.info
    }

    fn properties(&self) -> Properties {
        self.properties
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let mut ty = Type::Null;
        for arg in args {
            ty = common_type(&ty, arg.ty).ok_or_else(|| Error::type_mismatch("types that do not meet"))?;
        }
        let output = self.output.clone().unwrap_or_else(|| ty.clone());
        Ok(Signature { args: vec![ty; args.len()], output })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let types: Vec<Type> = args.iter().map(|a| a.ty().clone()).collect();
        let output = self.output.clone().or_else(|| types.first().cloned()).unwrap_or(Type::Int64);
        let row = |i| {
            let values = args.iter().map(|a| a.value(i)).collect::<Result<Vec<_>>>()?;
            call_toy(self.properties, self.kernel, &values)
        };
        let values = (0..rows).map(row).collect::<Result<Vec<_>>>()?;
        Series::new(output.clone(), Value::array(&output, &values)?)
    }
}

fn call_toy(properties: Properties, kernel: Kernel, values: &[Value]) -> Result<Value> {
    if properties.nulls == Nulls::Propagate && values.iter().any(Value::is_null) { Ok(Value::Null) } else { kernel(values) }
}

/// The order of values: NaN is the greatest, the zeros are one.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan())),
        _ => a.to_string().cmp(&b.to_string()),
    }
}

fn compared(values: &[Value], holds: fn(Ordering) -> bool) -> Result<Value> {
    Ok(Value::Bool(holds(order(&values[0], &values[1]))))
}

fn added(values: &[Value]) -> Result<Value> {
    match (&values[0], &values[1]) {
        (Value::Int(a), Value::Int(b)) => Ok(Value::Int(a.wrapping_add(*b))),
        (a, b) => Ok(Value::Float(a.as_float().unwrap() + b.as_float().unwrap())),
    }
}

fn divided(values: &[Value]) -> Result<Value> {
    match (&values[0], &values[1]) {
        (_, Value::Int(0)) => Err(Error::value("division by zero")),
        (Value::Int(a), Value::Int(b)) => Ok(Value::Int(a.div_euclid(*b))),
        _ => Err(Error::internal("a toy divides ints only")),
    }
}

macro_rules! toys {
    ($($name:literal $operator:expr, $params:expr, $properties:expr, $output:expr, $kernel:expr;)*) => {
        /// A registry of the toys.
        pub(crate) fn registry() -> Registry {
            let mut registry = Registry::new();
            $({
                static INFO: Function = info($name, $operator, $params);
                let toy = Toy { info: &INFO, properties: $properties, output: $output, kernel: $kernel };
                registry.add_scalars([Arc::new(toy) as Arc<dyn ScalarFunction>]);
            })*
            registry.add_aggregates([SUM, COUNT, FIRST].map(|a| Arc::new(a) as Arc<dyn Aggregate>));
            registry.add_windows([Arc::new(RowNumber) as Arc<dyn WindowFunction>]);
            registry.add_tables(super::source::tables());
            registry
        }

        /// The kernel of a toy.
        pub(super) fn evaluate(name: &str, values: &[Value]) -> Result<Value> {
            match name {
                $($name => call_toy($properties, $kernel, values),)*
                other => Err(Error::not_found(format!("no toy `{other}`"))),
            }
        }
    };
}

const SIMPLE: Properties = Properties::SIMPLE;

toys! {
    "eq" Some("=="), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_eq);
    "ne" Some("!="), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_ne);
    "lt" Some("<"), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_lt);
    "le" Some("<="), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_le);
    "gt" Some(">"), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_gt);
    "ge" Some(">="), &[X, Y], SIMPLE, Some(Type::Bool), |v| compared(v, Ordering::is_ge);
    "not" Some("not "), &[X], SIMPLE, Some(Type::Bool), |v| Ok(Value::Bool(v[0].as_bool() == Some(false)));
    "is" Some("is"), &[X, Y], SIMPLE.nulls(Nulls::Never), Some(Type::Bool), |v| Ok(Value::Bool(v[0] == v[1]));
    "is_not" Some("is not"), &[X, Y], SIMPLE.nulls(Nulls::Never), Some(Type::Bool), |v| Ok(Value::Bool(v[0] != v[1]));
    "add" Some("+"), &[X, Y], SIMPLE, None, added;
    "floor_div" Some("//"), &[X, Y], SIMPLE.fallible(), None, divided;
    "heavy" None, &[X], SIMPLE.weight(Weight::Heavy), None, |v| Ok(v[0].clone());
    "random" None, &[], SIMPLE.nulls(Nulls::Never).volatility(Volatility::Volatile), Some(Type::Int64), |_| Ok(Value::Int(4));
}

struct ToyAggregate {
    info: &'static Function,
    is_count: bool,
    observes_order: bool,
}

const SUM: ToyAggregate = ToyAggregate { info: &info("sum", None, &[X]), is_count: false, observes_order: false };
const COUNT: ToyAggregate = ToyAggregate { info: &info("count", None, &[]), is_count: true, observes_order: false };
const FIRST: ToyAggregate = ToyAggregate { info: &info("first", None, &[X]), is_count: false, observes_order: true };

impl Aggregate for ToyAggregate {
    fn info(&self) -> &'static Function {
        self.info
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let args: Vec<Type> = args.iter().map(|a| a.ty.clone()).collect();
        let output = args.first().cloned().unwrap_or(Type::Int64);
        Ok(Signature { args, output })
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        Err(Error::unsupported("toy aggregates are interpreted"))
    }

    fn never_null(&self) -> bool {
        self.is_count
    }

    fn observes_order(&self) -> bool {
        self.observes_order
    }
}

struct RowNumber;

impl WindowFunction for RowNumber {
    fn info(&self) -> &'static Function {
        &const { info("row_number", None, &[]) }
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: Vec::new(), output: Type::Int64 })
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Err(Error::unsupported("toy windows are interpreted"))
    }

    fn never_null(&self) -> bool {
        true
    }
}
