//! Casts between all families: values that fit, values that do not, what is said then.

use std::sync::Arc;

use arrow::array::UInt32Array;
use weft_compute::cast;
use weft_core::expr::CastMode;
use weft_core::{Error, Field, Series, TimeUnit, Type, Value};

use crate::support::*;

fn series(ty: &Type, values: &[Value]) -> Series {
    Series::new(ty.clone(), Value::array(ty, values).unwrap()).unwrap()
}

fn strict(from: &Type, value: Value, to: &Type) -> Result<Value, Error> {
    cast(&series(from, &[value]), to, CastMode::Strict)?.value(0)
}

fn tried(from: &Type, value: Value, to: &Type) -> Value {
    cast(&series(from, &[value]), to, CastMode::Try).unwrap().value(0).unwrap()
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn decimal(precision: u8, scale: i8) -> Type {
    Type::Decimal { precision, scale }
}

#[test]
fn values_that_fit() {
    use Type::*;
    let us = Timestamp(TimeUnit::Microsecond, None);
    let berlin = Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
    let noon = Value::Timestamp(1_706_695_200_000_000); // 2024-01-31 10:00
    let cases: Vec<(Type, Value, Type, Value)> = vec![
        (Int64, Value::Int(200), UInt8, Value::Int(200)),
        (Float64, Value::Float(2.5), Int64, Value::Int(3)),
        (Float64, Value::Float(-2.5), Int8, Value::Int(-3)),
        (decimal(10, 2), Value::Decimal(250, 2), Int64, Value::Int(3)),
        (decimal(10, 2), Value::Decimal(-249, 2), Int64, Value::Int(-2)),
        (decimal(10, 3), Value::Decimal(1_235, 3), decimal(10, 2), Value::Decimal(124, 2)),
        (decimal(10, 2), Value::Decimal(-105, 2), decimal(30, 4), Value::Decimal(-10_500, 4)),
        (decimal(10, 2), Value::Decimal(105, 2), Float64, Value::Float(1.05)),
        (Int32, Value::Int(7), decimal(5, 2), Value::Decimal(700, 2)),
        (UInt64, Value::UInt(u64::MAX), decimal(20, 0), Value::Decimal(u64::MAX.into(), 0)),
        (Float64, Value::Float(0.125), decimal(5, 2), Value::Decimal(13, 2)),
        (String, s(" 42 "), Int64, Value::Int(42)),
        (String, s("-1.5e3"), Float64, Value::Float(-1500.0)),
        (String, s("12.345"), decimal(10, 2), Value::Decimal(1_235, 2)),
        (String, s("-1e2"), decimal(10, 2), Value::Decimal(-10_000, 2)),
        (String, s("123.4e-5"), decimal(10, 4), Value::Decimal(12, 4)),
        (String, s("Yes"), Bool, Value::Bool(true)),
        (Bool, Value::Bool(true), Int64, Value::Int(1)),
        (Int64, Value::Int(0), Bool, Value::Bool(false)),
        (String, s("2024-01-31"), Date, Value::Date(19_753)),
        (String, s("10:30"), Time(TimeUnit::Second), Value::Time(37_800)),
        (String, s("2024-01-31 10:00:00"), us.clone(), noon.clone()),
        (String, s("2024-01-31T10:00"), us.clone(), noon.clone()),
        (String, s("2024-01-31T12:00:00+02:00"), us.clone(), noon.clone()),
        (String, s("2024-01-31T11:00:00"), berlin.clone(), noon.clone()),
        (String, s("1h 30min"), Duration(TimeUnit::Second), Value::Duration(5_400)),
        (String, s("-2.5ms"), Duration(TimeUnit::Microsecond), Value::Duration(-2_500)),
        (Date, Value::Date(19_753), us.clone(), Value::Timestamp(19_753 * 86_400_000_000)),
        (Date, Value::Date(0), berlin.clone(), Value::Timestamp(-3_600_000_000)),
        (us.clone(), Value::Timestamp(-1), Date, Value::Date(-1)),
        (us.clone(), noon.clone(), Time(TimeUnit::Microsecond), Value::Time(36_000_000_000)),
        (us.clone(), Value::Timestamp(-1), Timestamp(TimeUnit::Second, None), Value::Timestamp(-1)),
        (berlin.clone(), noon.clone(), us.clone(), Value::Timestamp(1_706_698_800_000_000)),
        (us.clone(), Value::Timestamp(1_706_698_800_000_000), berlin.clone(), noon.clone()),
        (String, s("00112233-4455-6677-8899-aabbccddeeff"), Uuid, Value::Binary((0..16u8).map(|i| i * 17).collect())),
        (String, s("ä"), Binary, Value::Binary("ä".as_bytes().into())),
        (Interval, Value::Interval(0, 1, 5), Duration(TimeUnit::Nanosecond), Value::Duration(86_400_000_000_005)),
        (Null, Value::Null, Date, Value::Null),
    ];
    for (from, value, to, want) in cases {
        assert_eq!(strict(&from, value.clone(), &to).unwrap(), want, "{value} {from} -> {to}");
    }
}

#[test]
fn anything_printable_becomes_text() {
    let us = Type::Timestamp(TimeUnit::Microsecond, None);
    let zoned = Type::Timestamp(TimeUnit::Millisecond, Some("Europe/Berlin".into()));
    let point = Type::Struct(vec![Field::new("x", Type::Int8), Field::new("name", Type::String)].into());
    let cases = [
        (Type::Int8, Value::Int(-7), "-7"),
        (Type::Float64, Value::Float(2.0), "2.0"),
        (Type::Float32, Value::Float(f64::from(0.1f32)), "0.1"),
        (decimal(10, 2), Value::Decimal(-5, 2), "-0.05"),
        (Type::Bool, Value::Bool(true), "true"),
        (Type::Date, Value::Date(19_753), "2024-01-31"),
        (us, Value::Timestamp(1_706_695_200_500_000), "2024-01-31 10:00:00.500"),
        (zoned, Value::Timestamp(1_706_695_200_000), "2024-01-31 11:00:00+01:00"),
        (Type::Time(TimeUnit::Second), Value::Time(37_800), "10:30:00"),
        (Type::Duration(TimeUnit::Second), Value::Duration(-93_784), "-1d2h3min4s"),
        (Type::Interval, Value::Interval(1, -2, 0), "1mo-2d"),
        (Type::Uuid, Value::Binary((0..16u8).map(|i| i * 17).collect()), "00112233-4455-6677-8899-aabbccddeeff"),
        (Type::list(Type::Date), Value::List(vec![Value::Date(0), Value::Null]), "[1970-01-01, null]"),
        (point, Value::Struct(vec![Value::Int(1), s("a")]), "{x: 1, name: \"a\"}"),
    ];
    for (ty, value, want) in cases {
        assert_eq!(strict(&ty, value, &Type::String).unwrap(), s(want), "{ty}");
    }
}

#[test]
fn values_that_do_not_fit_are_shown_or_null() {
    use Type::*;
    let cases = [
        (String, s("abc"), Int64, "`abc` is not an int"),
        (String, s("12.5"), Int64, "`12.5` is not an int"),
        (String, s("maybe"), Bool, "`maybe` is not a bool"),
        (String, s("2024-02-30"), Date, "`2024-02-30` is not a date"),
        (String, s(""), Float64, "`` is not a float"),
        (Int64, Value::Int(300), Int8, "300 does not fit into int8"),
        (Int64, Value::Int(-1), UInt64, "-1 does not fit into uint64"),
        (Float64, Value::Float(f64::NAN), Int64, "NaN does not fit into int"),
        (Float64, Value::Float(1e30), decimal(10, 2), "1e30 does not fit into decimal(10, 2)"),
        (decimal(10, 2), Value::Decimal(10_000, 2), decimal(4, 2), "100.00 does not fit into decimal(4, 2)"),
        (
            Timestamp(TimeUnit::Second, None),
            Value::Timestamp(1 << 40),
            Timestamp(TimeUnit::Nanosecond, None),
            "+36812-02-20 00:36:16 does not fit into timestamp(\"ns\")",
        ),
    ];
    for (from, value, to, want) in cases {
        assert_eq!(strict(&from, value.clone(), &to).unwrap_err().message(), want);
        assert_eq!(tried(&from, value, &to), Value::Null, "{want}");
    }
    let error = strict(&Int64, Value::Int(1), &Date).unwrap_err();
    assert_eq!(error.message(), "int cannot be cast to date");
}

#[test]
fn nested_values_are_cast_inside() {
    let list = Value::List(vec![s("1"), Value::Null, s("3")]);
    let texts = Type::list(Type::String);
    let want = Value::List(vec![Value::Int(1), Value::Null, Value::Int(3)]);
    assert_eq!(strict(&texts, list.clone(), &Type::list(Type::Int64)).unwrap(), want);
    assert_eq!(strict(&texts, list.clone(), &Type::FixedList(Type::Int64.into(), 3)).unwrap(), want);
    assert_eq!(tried(&texts, list, &Type::FixedList(Type::Int64.into(), 2)), Value::Null);
    let from = Type::Struct(vec![Field::new("a", Type::String), Field::new("b", Type::Int8)].into());
    let to = Type::Struct(vec![Field::new("b", Type::Int64), Field::new("c", Type::Bool)].into());
    let moved = strict(&from, Value::Struct(vec![s("x"), Value::Int(2)]), &to).unwrap();
    assert_eq!(moved, Value::Struct(vec![Value::Int(2), Value::Null]));
}

#[test]
fn encodings_stay_and_unused_values_do_not_fail() {
    let constant = Series::constant(Type::String, &s("5"), 4).unwrap();
    let five = cast(&constant, &Type::Int64, CastMode::Strict).unwrap();
    assert!(five.as_constant().is_some());
    assert_eq!(int_values(&five), vec![Some(5); 4]);

    let values = Value::array(&Type::String, &[s("1"), s("bad"), s("2")]).unwrap();
    let codes = UInt32Array::from(vec![Some(0), Some(2), None, Some(0)]);
    let coded = Series::dictionary(Type::String, codes, Arc::clone(&values));
    let cast_up = cast(&coded, &Type::Int64, CastMode::Strict).unwrap();
    assert_eq!(int_values(&cast_up), vec![Some(1), Some(2), None, Some(1)]);
    let sliced = texts(&[Some("x"), Some("7"), None]).slice(1, 2);
    assert_eq!(int_values(&cast(&sliced, &Type::Int64, CastMode::Strict).unwrap()), vec![Some(7), None]);
    assert_eq!(cast(&texts(&[]), &Type::Date, CastMode::Strict).unwrap().len(), 0);
}
