//! What aggregates give, by every path through their contract.

use weft_core::types::TimeUnit;
use weft_core::{Field, Type, Value};

use crate::harness::{Groups, assert_close, bind, fold, registry, text};

fn ints(values: &[i64]) -> Vec<Value> {
    let mut values: Vec<Value> = values.iter().map(|&n| Value::Int(n)).collect();
    values.insert(values.len() / 2, Value::Null);
    values
}

fn check(name: &str, ty: &Type, values: &[Value], expected: Value) {
    assert_close(&fold(name, ty, values, vec![]).unwrap(), &expected, name);
}

#[test]
fn sums_are_exact_and_checked_at_the_end() {
    check("sum", &Type::Int64, &ints(&[i64::MAX, 5, -10]), Value::Int(i64::MAX - 5));
    assert!(fold("sum", &Type::Int64, &ints(&[i64::MAX, 5]), vec![]).unwrap_err().message().contains("9223372036854775812"));
    check("sum", &Type::Int8, &ints(&[127, 127, -128]), Value::Int(126));
    check("sum", &Type::UInt64, &[Value::UInt(u64::MAX)], Value::UInt(u64::MAX));
    let price = Type::Decimal { precision: 15, scale: 2 };
    check("sum", &price, &[Value::Decimal(150, 2), Value::Null, Value::Decimal(-25, 2)], Value::Decimal(125, 2));
    let wide = Type::Decimal { precision: 30, scale: 4 };
    check("sum", &wide, &[Value::Decimal(1 << 90, 4), Value::Decimal(1, 4)], Value::Decimal((1 << 90) + 1, 4));
    check("sum", &Type::Bool, &[Value::Bool(true), Value::Bool(false), Value::Bool(true)], Value::Int(2));
    check("sum", &Type::Float32, &[Value::Float(0.5), Value::Float(1.25)], Value::Float(1.75));
    check("sum", &Type::Duration(TimeUnit::Second), &[Value::Duration(3), Value::Duration(4)], Value::Duration(7));
    check("sum", &Type::Int64, &[Value::Null, Value::Null], Value::Null);
}

#[test]
fn means_and_moments() {
    check("mean", &Type::Int64, &ints(&[1, 2, 6]), Value::Float(3.0));
    let price = Type::Decimal { precision: 15, scale: 2 };
    check("mean", &price, &[Value::Decimal(150, 2), Value::Decimal(50, 2)], Value::Float(1.0));
    let floats: Vec<Value> = (0..40).map(|i| Value::Float(1e9 + f64::from(i % 2))).collect();
    check("mean", &Type::Float64, &floats, Value::Float(1e9 + 0.5));
    check("var", &Type::Float64, &floats, Value::Float(10.0 / 39.0));
    check("stddev", &Type::Int64, &ints(&[2, 4, 4, 4, 5, 5, 7, 9]), Value::Float((32.0f64 / 7.0).sqrt()));
    check("stddev", &Type::Int64, &ints(&[2]), Value::Null);
    check("product", &Type::Int64, &ints(&[2, 3, 4]), Value::Float(24.0));
    check("median", &Type::Int64, &ints(&[5, 1, 3, 4]), Value::Float(3.5));
    let many: Vec<Value> = (0..30_001).map(|i| Value::Int((i * 7_919) % 30_001)).collect();
    check("median", &Type::Int64, &many, Value::Float(15_000.0));
    let nan = [Value::Float(f64::NAN), Value::Float(1.0), Value::Float(2.0)];
    check("median", &Type::Float64, &nan, Value::Float(2.0));
}

#[test]
fn extremes_of_all_ordered_types() {
    let floats = [Value::Float(-1.5), Value::Float(f64::NAN), Value::Null, Value::Float(2.0)];
    check("min", &Type::Float64, &floats, Value::Float(-1.5));
    assert_eq!(fold("max", &Type::Float64, &floats, vec![]).unwrap(), Value::Float(f64::NAN));
    check("max", &Type::Int8, &ints(&[-3, -100]), Value::Int(-3));
    check("min", &Type::UInt64, &[Value::UInt(u64::MAX), Value::Int(7)], Value::Int(7));
    let wide = Type::Decimal { precision: 38, scale: 1 };
    check("min", &wide, &[Value::Decimal(-(1 << 100), 1), Value::Decimal(3, 1)], Value::Decimal(-(1 << 100), 1));
    check("max", &Type::Date, &[Value::Date(-4), Value::Date(9)], Value::Date(9));
    check("max", &Type::timestamp(), &[Value::Timestamp(4), Value::Timestamp(9)], Value::Timestamp(9));
    check("min", &Type::Bool, &[Value::Bool(true), Value::Bool(false)], Value::Bool(false));
    let long = "a rather long text that is never stored inside its view";
    let texts = ["b", "", long, "zürich", "z"].map(Value::string);
    check("min", &Type::String, &texts, Value::string(""));
    check("max", &Type::String, &texts, Value::string("zürich"));
    check("min", &Type::String, &texts[2..], Value::string(long));
    let uuids = [3u8, 1, 2].map(|b| Value::Binary([b; 16].as_slice().into()));
    check("min", &Type::Uuid, &uuids, uuids[1].clone());
    assert!(fold("min", &Type::list(Type::Int64), &[], vec![]).is_err());
}

#[test]
fn counts() {
    check("count", &Type::Int64, &ints(&[1, 2]), Value::Int(2));
    check("count", &Type::Null, &[Value::Null], Value::Int(0));
    check("count_distinct", &Type::Int64, &ints(&[1, 2, 1, 2, 0]), Value::Int(3));
    let zeros = [Value::Float(0.0), Value::Float(-0.0), Value::Float(f64::NAN), Value::Float(-f64::NAN)];
    check("count_distinct", &Type::Float64, &zeros, Value::Int(2));
    let texts: Vec<Value> = (0..500).map(|i| Value::string(format!("text number {}", i % 123))).collect();
    check("count_distinct", &Type::String, &texts, Value::Int(123));
    let lists = [vec![1, 2], vec![1], vec![1, 2]].map(|l| Value::List(l.into_iter().map(Value::Int).collect()));
    check("count_distinct", &Type::list(Type::Int64), &lists, Value::Int(2));
    check("count_distinct", &Type::Int64, &[], Value::Int(0));
    for name in ["count", "count_distinct"] {
        assert!(registry().aggregate(name).unwrap().never_null());
    }
}

#[test]
fn picks_and_collections_keep_the_order_of_rows() {
    let person = Type::Struct(vec![Field::new("name", Type::String), Field::new("age", Type::Int8)].into());
    let people =
        [("Ada", 36), ("Grace", 85), ("Edsger", 72)].map(|(name, age)| Value::Struct(vec![Value::string(name), Value::Int(age)]));
    check("first", &person, &people, people[0].clone());
    check("last", &person, &people, people[2].clone());
    check("first", &Type::Int64, &[Value::Null, Value::Int(4), Value::Int(5), Value::Null], Value::Int(4));
    check("last", &Type::Int64, &[Value::Null, Value::Int(4), Value::Int(5), Value::Null], Value::Int(5));
    check("any_value", &Type::String, &[Value::Null, Value::string("x")], Value::string("x"));
    let values = ints(&[3, 1, 2]);
    check("list_agg", &Type::Int64, &values, Value::List(values.clone()));
    check("list_agg", &person, &people, Value::List(people.to_vec()));
    let long: Vec<Value> = (0..2_000).map(|i| Value::string(format!("{i}").repeat(1 + i % 50))).collect();
    check("list_agg", &Type::String, &long, Value::List(long.clone()));
    let joined = fold("string_agg", &Type::String, &["a", "", "b"].map(Value::string), vec![text("; ")]).unwrap();
    assert_eq!(joined, Value::string("a; ; b"));
    check("bool_and", &Type::Bool, &[Value::Bool(true), Value::Null], Value::Bool(true));
    check("bool_or", &Type::Bool, &[Value::Bool(false), Value::Bool(true)], Value::Bool(true));
    for name in ["first", "last", "list_agg", "string_agg"] {
        assert!(registry().aggregate(name).unwrap().observes_order(), "{name}");
    }
}

#[test]
fn every_aggregate_keeps_groups_apart_and_gives_null_or_zero_for_none() {
    for aggregate in registry().aggregates() {
        let name = aggregate.info().name;
        let ty = match name {
            "bool_and" | "bool_or" => Type::Bool,
            "string_agg" => Type::String,
            _ => Type::Int64,
        };
        let value = |n: i64| match ty {
            Type::Bool => Value::Bool(n > 1),
            Type::String => Value::string(n.to_string()),
            _ => Value::Int(n),
        };
        let (call, aggregator) = bind(name, &ty, vec![]).unwrap();
        let values: Vec<Value> = [1, 2, 1, 2, 1, 2].map(value).to_vec();
        let coerced = match call.args[0].ty {
            Type::Float64 => values.iter().map(|v| Value::Float(v.as_float().unwrap())).collect(),
            _ => values,
        };
        let mut args = vec![Value::array(&call.args[0].ty, &coerced).unwrap()];
        args.resize(call.args.len(), Value::array(&Type::String, &vec![Value::string(","); 6]).unwrap());
        let mut groups = Groups::new(&*aggregator, 3);
        groups.update(&*aggregator, &[0, 1, 0, 1, 0, 1], &args).unwrap();
        let result = groups.finish(&*aggregator).unwrap();
        let all: Vec<Value> = (0..3).map(|i| Value::from_array(&result, i, &call.ty).unwrap()).collect();
        let expect_none = if aggregate.never_null() { Value::Int(0) } else { Value::Null };
        assert_eq!(all[2], expect_none, "{name}");
        assert!(!all[0].is_null() && !all[1].is_null(), "{name}: {all:?}");
        if !["count", "count_distinct", "stddev", "var"].contains(&name) {
            assert_ne!(all[0], all[1], "{name}");
        }
    }
}
