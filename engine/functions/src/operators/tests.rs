//! Operators over all encodings, at the edges of their types, and in what they say when they fail.

use weft_compute::Evaluator;
use weft_core::function::QueryContext;
use weft_core::registry::FunctionRef;
use weft_core::{Chunk, Expr, Result, Series, TimeUnit, Type, Value};

fn operator(name: &str) -> FunctionRef {
    FunctionRef(super::all().into_iter().find(|f| f.info().name == name).unwrap())
}

fn lit(ty: Type, value: Value) -> Expr {
    Expr::literal(ty, value)
}

fn float(x: f64) -> Expr {
    lit(Type::Float64, Value::Float(x))
}

fn decimal(precision: u8, scale: i8) -> Type {
    Type::Decimal { precision, scale }
}

/// The operator on two literals.
fn on(name: &str, args: Vec<Expr>) -> Result<Value> {
    over(name, args, &[], 1).map(|mut v| v.remove(0))
}

/// The operator over columns, referred to by `Expr::index`.
fn over(name: &str, args: Vec<Expr>, columns: &[Series], rows: usize) -> Result<Vec<Value>> {
    let expr = Expr::call(operator(name), args)?;
    let chunk = Chunk::new(columns.to_vec(), rows)?;
    let series = Evaluator::new(QueryContext::default()).evaluate(&expr, &chunk)?;
    (0..rows).map(|i| series.value(i)).collect()
}

fn column(ty: &Type, values: &[Value]) -> Series {
    Series::new(ty.clone(), Value::array(ty, values).unwrap()).unwrap()
}

fn message(result: Result<Value>) -> String {
    result.unwrap_err().message().to_string()
}

#[test]
fn integers_overflow_with_their_operands() {
    let max = || Expr::int(i64::MAX);
    assert_eq!(message(on("add", vec![max(), Expr::int(1)])), "integer overflow: 9223372036854775807 + 1");
    assert_eq!(message(on("multiply", vec![max(), Expr::int(2)])), "integer overflow: 9223372036854775807 * 2");
    assert_eq!(
        message(on("floor_divide", vec![Expr::int(i64::MIN), Expr::int(-1)])),
        "integer overflow: -9223372036854775808 // -1"
    );
    assert_eq!(on("subtract", vec![Expr::int(3), Expr::int(5)]).unwrap(), Value::Int(-2));
    let nulls = column(&Type::Int64, &[Value::Null, Value::Int(4)]);
    let sum = over("add", vec![Expr::index(0, Type::Int64, true), Expr::int(1)], &[nulls], 2).unwrap();
    assert_eq!(sum, vec![Value::Null, Value::Int(5)]);
}

#[test]
fn an_overflow_in_a_null_row_is_none() {
    let array = arrow::array::Int64Array::new(vec![i64::MAX, 1].into(), Some(vec![false, true].into()));
    let x = Series::new(Type::Int64, std::sync::Arc::new(array)).unwrap();
    let sum = over("add", vec![Expr::index(0, Type::Int64, true), Expr::int(1)], &[x], 2).unwrap();
    assert_eq!(sum, vec![Value::Null, Value::Int(2)]);
}

#[test]
fn division_rounds_down_and_zero_is_null_or_an_error() {
    for (a, b, quotient, rest) in [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, 3, 2, 0)] {
        assert_eq!(on("floor_divide", vec![Expr::int(a), Expr::int(b)]).unwrap(), Value::Int(quotient), "{a} // {b}");
        assert_eq!(on("modulo", vec![Expr::int(a), Expr::int(b)]).unwrap(), Value::Int(rest), "{a} % {b}");
        let (x, y) = (float(a as f64), float(b as f64));
        assert_eq!(on("modulo", vec![x, y]).unwrap(), Value::Float(rest as f64));
    }
    assert_eq!(on("floor_divide", vec![Expr::int(1), Expr::int(0)]).unwrap(), Value::Null);
    assert_eq!(on("divide", vec![Expr::int(1), Expr::int(0)]).unwrap(), Value::Float(f64::INFINITY));
    let expr = Expr::call(operator("modulo"), vec![Expr::int(1), Expr::int(0)]).unwrap();
    let strict = QueryContext { divide_by_zero_is_null: false, ..QueryContext::default() };
    let error = Evaluator::new(strict).evaluate(&expr, &Chunk::new(vec![], 1).unwrap()).unwrap_err();
    assert_eq!(error.message(), "division by zero: 1 % 0");
}

#[test]
fn decimals_keep_their_digits_beside_literals() {
    let price = decimal(15, 2);
    let prices = column(&price, &[Value::Decimal(10_050, 2), Value::Null]);
    let p = || Expr::index(0, price.clone(), true);
    let complement = Expr::call(operator("subtract"), vec![Expr::int(1), p()]).unwrap();
    assert_eq!(complement.ty, decimal(16, 2));
    let product = Expr::call(operator("multiply"), vec![p(), complement.clone()]).unwrap();
    assert_eq!(product.ty, decimal(31, 4));
    let wide = Expr::call(operator("multiply"), vec![product.clone(), complement]).unwrap();
    assert_eq!(wide.ty, decimal(38, 6));
    let chunk = Chunk::new(vec![prices.clone()], 2).unwrap();
    let value = |e: &Expr| Evaluator::new(QueryContext::default()).evaluate(e, &chunk).unwrap().value(0).unwrap();
    assert_eq!(value(&product), Value::Decimal(10_050 * (100 - 10_050), 4));
    assert_eq!(value(&wide), Value::Decimal(10_050 * 9_950 * 9_950, 6));

    let tenth = || lit(decimal(2, 1), Value::Decimal(1, 1));
    let sum = Expr::call(operator("add"), vec![p(), tenth()]).unwrap();
    assert_eq!((value(&sum), sum.ty), (Value::Decimal(10_060, 2), decimal(16, 2)));
    assert_eq!(on("add", vec![tenth(), lit(decimal(2, 1), Value::Decimal(2, 1))]).unwrap(), Value::Float(0.1 + 0.2));
    let equal = over("greater_equal", vec![p(), lit(decimal(4, 1), Value::Decimal(1005, 1))], &[prices], 2).unwrap();
    assert_eq!(equal, vec![Value::Bool(true), Value::Null]);
    let half = Expr::call(operator("divide"), vec![p(), Expr::int(2)]).unwrap();
    assert_eq!(value(&half), Value::Float(50.25));
}

#[test]
fn wide_decimal_products_are_checked() {
    let wide = decimal(38, 0);
    let x = column(&wide, &[Value::Decimal(10i128.pow(37), 0)]);
    let args = vec![Expr::index(0, wide.clone(), true), Expr::int(10)];
    let error = over("multiply", args, std::slice::from_ref(&x), 1).unwrap_err();
    assert!(error.message().starts_with("decimal overflow: 1"), "{error}");
    let nine = over("multiply", vec![Expr::index(0, wide, true), Expr::int(9)], &[x], 1).unwrap();
    assert_eq!(nine, vec![Value::Decimal(9 * 10i128.pow(37), 0)]);
}

#[test]
fn floats_have_one_zero_and_one_nan_that_is_greatest() {
    let nan = || float(f64::NAN);
    for (name, a, b, want) in [
        ("equal", nan(), nan(), true),
        ("less", float(f64::INFINITY), nan(), true),
        ("greater", nan(), float(1.0), true),
        ("less", nan(), nan(), false),
        ("less_equal", nan(), nan(), true),
        ("equal", float(-0.0), float(0.0), true),
        ("less", float(-0.0), float(0.0), false),
        ("not_equal", nan(), float(1.0), true),
        ("is_same", nan(), nan(), true),
    ] {
        assert_eq!(on(name, vec![a, b]).unwrap(), Value::Bool(want), "{name}");
    }
}

#[test]
fn null_is_null_only_for_is() {
    let null = || lit(Type::Null, Value::Null);
    assert_eq!(on("equal", vec![null(), Expr::int(1)]).unwrap(), Value::Null);
    assert_eq!(on("is_same", vec![null(), Expr::int(1)]).unwrap(), Value::Bool(false));
    assert_eq!(on("is_same", vec![null(), null()]).unwrap(), Value::Bool(true));
    assert_eq!(on("is_not_same", vec![null(), Expr::int(1)]).unwrap(), Value::Bool(true));
    let x = column(&Type::Int64, &[Value::Null, Value::Int(1), Value::Int(2), Value::Null]);
    let y = column(&Type::Int64, &[Value::Null, Value::Int(1), Value::Int(3), Value::Int(0)]);
    let args = || vec![Expr::index(0, Type::Int64, true), Expr::index(1, Type::Int64, true)];
    let bools = |bits: [bool; 4]| bits.map(Value::Bool).to_vec();
    assert_eq!(over("is_same", args(), &[x.clone(), y.clone()], 4).unwrap(), bools([true, true, false, false]));
    assert_eq!(over("is_null", vec![args().remove(0)], std::slice::from_ref(&x), 4).unwrap(), bools([true, false, false, true]));
    assert_eq!(over("is_not_null", vec![args().remove(0)], &[x], 4).unwrap(), bools([false, true, true, false]));
}

#[test]
fn moments_move_by_days_months_and_time() {
    let day = |d| lit(Type::Date, Value::Date(d));
    let interval = |m, d, n| lit(Type::Interval, Value::Interval(m, d, n));
    let us = Type::Duration(TimeUnit::Microsecond);
    let stamp = |n| lit(Type::timestamp(), Value::Timestamp(n));
    // 2024-01-31 + 1mo clamps to 2024-02-29.
    assert_eq!(on("add", vec![day(19_753), interval(1, 0, 0)]).unwrap(), Value::Date(19_782));
    assert_eq!(on("subtract", vec![day(19_782), interval(0, 1, 0)]).unwrap(), Value::Date(19_781));
    let hour = 3_600_000_000;
    let two_days = || lit(us.clone(), Value::Duration(48 * hour));
    assert_eq!(on("add", vec![two_days(), day(1)]).unwrap(), Value::Date(3));
    assert_eq!(on("add", vec![day(1), lit(us.clone(), Value::Duration(hour))]).unwrap(), Value::Timestamp(25 * hour));
    assert_eq!(on("subtract", vec![day(3), day(1)]).unwrap(), Value::Duration(48 * hour));
    assert_eq!(on("subtract", vec![stamp(5), stamp(7)]).unwrap(), Value::Duration(-2));
    assert_eq!(on("subtract", vec![stamp(hour), day(0)]).unwrap(), Value::Duration(hour));
    assert_eq!(on("multiply", vec![Expr::int(3), two_days()]).unwrap(), Value::Duration(144 * hour));
    assert_eq!(on("divide", vec![two_days(), interval(0, 1, 0)]).unwrap(), Value::Float(2.0));
    assert_eq!(on("greater", vec![two_days(), interval(0, 1, 0)]).unwrap(), Value::Bool(true));
    assert_eq!(on("negate", vec![two_days()]).unwrap(), Value::Duration(-48 * hour));
    assert_eq!(message(on("add", vec![stamp(i64::MAX), two_days()])), "out of range: 9223372036854775807us + 2d");
}

#[test]
fn a_day_in_a_zone_is_a_day_of_its_clock() {
    let berlin = Type::Timestamp(TimeUnit::Second, Some("Europe/Berlin".into()));
    // 2024-03-30 12:00 in Berlin; the clock skips an hour in the next night.
    let noon = lit(berlin.clone(), Value::Timestamp(1_711_796_400));
    let moved = on("add", vec![noon.clone(), lit(Type::Interval, Value::Interval(0, 1, 0))]).unwrap();
    assert_eq!(moved, Value::Timestamp(1_711_796_400 + 23 * 3600));
    let exact = on("add", vec![noon, lit(Type::Duration(TimeUnit::Second), Value::Duration(86_400))]).unwrap();
    assert_eq!(exact, Value::Timestamp(1_711_796_400 + 24 * 3600));
}

#[test]
fn what_does_not_mix_says_so() {
    let text = || Expr::string("a");
    let error = on("add", vec![text(), Expr::int(1)]).unwrap_err();
    assert_eq!(error.message(), "`+` cannot add str and int");
    assert!(error.help().unwrap().contains("f-string"));
    assert_eq!(message(on("equal", vec![text(), Expr::int(1)])), "`==` cannot compare str and int");
    assert_eq!(message(on("not", vec![Expr::int(1)])), "`not` needs a bool, not int");
    assert!(message(on("matches", vec![text(), Expr::string("(")])).starts_with("\"(\" is no regular expression"));
}

#[test]
fn every_encoding_gives_the_same() {
    let values = [Value::Int(3), Value::Null, Value::Int(-2), Value::Int(3)];
    let flat = column(&Type::Int64, &values);
    let distinct = Value::array(&Type::Int64, &[Value::Int(-2), Value::Int(3), Value::Int(i64::MAX)]).unwrap();
    let codes = arrow::array::UInt32Array::from(vec![Some(1), None, Some(0), Some(1)]);
    let coded = Series::dictionary(Type::Int64, codes, distinct);
    let padded = column(&Type::Int64, &[&[Value::Int(9)], &values[..], &[Value::Int(9)]].concat()).slice(1, 4);
    let x = || Expr::index(0, Type::Int64, true);
    let names = ["add", "subtract", "multiply", "divide", "floor_divide", "modulo", "equal", "less", "is_same", "is_not_same"];
    for name in names {
        let want = over(name, vec![x(), Expr::int(2)], std::slice::from_ref(&flat), 4).unwrap();
        for other in [&coded, &padded] {
            let got = over(name, vec![x(), Expr::int(2)], std::slice::from_ref(other), 4).unwrap();
            assert_eq!(got, want, "{name}");
        }
        for row in 0..4 {
            let one = over(name, vec![x(), Expr::int(2)], &[coded.slice(row, 1)], 1).unwrap();
            assert_eq!(one[0], want[row], "{name} row {row}");
            let constant = Series::constant(Type::Int64, &values[row], 3).unwrap();
            let all = over(name, vec![x(), Expr::int(2)], &[constant], 3).unwrap();
            assert_eq!(all, vec![want[row].clone(); 3], "{name} constant {row}");
        }
        let nulls = over(name, vec![x(), Expr::int(2)], &[Series::nulls(Type::Int64, 2)], 2).unwrap();
        assert_eq!(nulls[0], want[1], "{name} of nulls");
        let both = over(name, vec![x(), x()], std::slice::from_ref(&padded), 4).unwrap();
        assert_eq!(both, over(name, vec![x(), x()], std::slice::from_ref(&flat), 4).unwrap(), "{name} of itself");
    }
}

#[test]
fn empty_columns_give_empty_columns() {
    let query = QueryContext::default();
    for function in super::all() {
        let name = function.info().name;
        let ty = match name {
            "not" => Type::Bool,
            "matches" | "not_matches" => Type::String,
            _ => Type::Int64,
        };
        let ty = if matches!(name, "divide") { Type::Float64 } else { ty };
        let array = arrow::array::new_empty_array(&ty.to_arrow());
        let args = vec![Series::new(ty, array).unwrap(); function.info().params.len()];
        let result = function.call(&args, 0, &query).unwrap();
        assert_eq!(result.len(), 0, "{name}");
    }
}

#[test]
fn a_guard_protects_strict_division() {
    let x = || Expr::index(0, Type::Int64, true);
    let nonzero = Expr::call(operator("not_equal"), vec![x(), Expr::int(0)]).unwrap();
    let inverse = Expr::call(operator("floor_divide"), vec![Expr::int(1), x()]).unwrap();
    let large = Expr::call(operator("greater"), vec![inverse, Expr::int(0)]).unwrap();
    let data = Chunk::new(vec![column(&Type::Int64, &[Value::Int(0), Value::Int(1), Value::Int(2)])], 3).unwrap();
    let strict = Evaluator::new(QueryContext { divide_by_zero_is_null: false, ..QueryContext::default() });
    let kept = strict.filter(&Expr::and(vec![nonzero, large.clone()]), data.clone()).unwrap().unwrap();
    assert_eq!(kept.rows(), 1);
    assert!(strict.filter(&large, data).is_err());
}
