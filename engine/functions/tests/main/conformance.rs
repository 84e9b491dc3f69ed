//! Every function meets every shape and encoding of input, and gives the same as on flat columns.

use std::sync::Arc;

use arrow::array::UInt32Array;
use weft_core::expr::{Expr, ExprKind};
use weft_core::function::{ArgType, Default, Nulls, ScalarFunction};
use weft_core::types::TimeUnit;
use weft_core::{Field, Series, Type, Value};

use crate::harness::{column, query, registry};

/// Sample values of many types; three of each, none null.
fn samples() -> Vec<(Type, Vec<Value>)> {
    let ints = [1, 2, 3].map(Value::Int).to_vec();
    let pair = Type::Struct(vec![Field::new("f", Type::Int64), Field::new("g", Type::String)].into());
    let pairs = [1, 2, 3].map(|n| Value::Struct(vec![Value::Int(n), Value::string("x")])).to_vec();
    vec![
        (Type::Int64, ints.clone()),
        (Type::UInt8, ints.clone()),
        (Type::Float64, [0.5, -1.0, f64::NAN].map(Value::Float).to_vec()),
        (Type::Float32, [0.5, -1.0, 2.0].map(Value::Float).to_vec()),
        (Type::Decimal { precision: 10, scale: 2 }, [150, -250, 0].map(|d| Value::Decimal(d, 2)).to_vec()),
        (Type::Decimal { precision: 30, scale: 2 }, [150, -250, 0].map(|d| Value::Decimal(d, 2)).to_vec()),
        (Type::String, ["6b", "", "4142"].map(Value::string).to_vec()),
        (Type::String, ["a text that is too long for a view", "äöü", "x"].map(Value::string).to_vec()),
        (Type::Bool, [true, false, true].map(Value::Bool).to_vec()),
        (Type::Binary, [b"ab", b"cd", b"ef"].map(|b| Value::Binary(b.as_slice().into())).to_vec()),
        (Type::Date, [0, -1, 19_791].map(Value::Date).to_vec()),
        (Type::Time(TimeUnit::Microsecond), [0, 1, 86_399_999_999].map(Value::Time).to_vec()),
        (Type::timestamp(), [0, -1, 1_710_027_000_000_000].map(Value::Timestamp).to_vec()),
        (
            Type::Timestamp(TimeUnit::Nanosecond, Some("Europe/Berlin".into())),
            [0, -1, 1_710_027_000_000_000_000].map(Value::Timestamp).to_vec(),
        ),
        (Type::list(Type::Int64), vec![Value::List(ints.clone()), Value::List(vec![]), Value::List(vec![Value::Null])]),
        (pair, pairs),
    ]
}

/// Literals that an argument beside the first may be.
fn literals() -> Vec<(Type, Value)> {
    vec![
        (Type::Int64, Value::Int(2)),
        (Type::String, Value::string("f")),
        (Type::String, Value::string("hex")),
        (Type::String, Value::string("%d")),
        (Type::Interval, Value::Interval(1, 0, 0)),
        (Type::Duration(TimeUnit::Second), Value::Duration(60)),
    ]
}

fn nullable(values: &[Value], null: impl Fn(usize) -> bool) -> Vec<Value> {
    values.iter().enumerate().map(|(i, v)| if null(i) { Value::Null } else { v.clone() }).collect()
}

fn flat(ty: &Type, values: &[Value]) -> Series {
    Series::new(ty.clone(), Value::array(ty, values).unwrap()).unwrap()
}

/// The argument lists that the function resolves: a column first, then literals.
fn calls(function: &dyn ScalarFunction) -> Vec<(Type, Vec<Value>, Vec<Expr>)> {
    let info = function.info();
    let required = info.params.iter().filter(|p| p.default.is_none()).count();
    let mut found = Vec::new();
    for (ty, values) in samples() {
        for (literal, value) in literals() {
            let rest = vec![Expr::literal(literal, value); required.saturating_sub(1)];
            let mut all = vec![Expr::index(0, ty.clone(), true)];
            all.extend(rest);
            for param in &info.params[required.max(1).min(info.params.len())..] {
                all.push(param.default.unwrap_or(Default::Null).to_expr());
            }
            let types: Vec<ArgType<'_>> =
                all.iter().map(|a| ArgType { ty: &a.ty, nullable: true, value: a.as_literal() }).collect();
            let Ok(signature) = function.resolve(&types) else { continue };
            assert_eq!(signature.args.len(), all.len(), "{}", info.name);
            // The evaluator casts; here only calls that need no cast of the column are kept.
            if signature.args[0] == ty {
                let rest = all.drain(1..).zip(&signature.args[1..]).map(|(a, t)| a.coerced(t)).collect();
                found.push((ty.clone(), values.clone(), rest));
            }
        }
    }
    found
}

fn run(function: &dyn ScalarFunction, first: Series, rest: &[Expr]) -> Option<Series> {
    let rows = first.len();
    let mut args = vec![first];
    for expr in rest {
        let ExprKind::Literal(value) = &expr.kind else { return None };
        args.push(Series::constant(expr.ty.clone(), value, rows).unwrap());
    }
    let result = function.call(&args, rows, &query()).ok()?;
    assert_eq!(result.len(), rows, "{}", function.info().name);
    result.to_flat().unwrap().to_data().validate_full().unwrap();
    Some(result)
}

#[test]
fn every_encoding_and_shape_gives_the_same() {
    for function in registry().scalars() {
        let info = function.info();
        if info.params.is_empty() {
            assert_eq!(function.call(&[], 3, &query()).unwrap().len(), 3, "{}", info.name);
            continue;
        }
        let mut tried = 0;
        for (ty, values, rest) in calls(&**function) {
            let Some(plain) = run(&**function, flat(&ty, &values), &rest) else { continue };
            tried += 1;
            let what = format!("{}({ty}, {rest:?})", info.name);
            let expected = column(&plain);
            let same = |given: Series, want: &[Value]| {
                let got = run(&**function, given, &rest).unwrap_or_else(|| panic!("{what} failed"));
                assert_eq!(got.ty(), plain.ty(), "{what}");
                assert_eq!(column(&got), want, "{what}");
            };
            same(flat(&ty, &values).slice(1, 2), &expected[1..]);
            same(flat(&ty, &values[..1]), &expected[..1]);
            same(flat(&ty, &[]), &[]);
            same(Series::constant(ty.clone(), &values[0], 2).unwrap(), &[expected[0].clone(), expected[0].clone()]);
            let codes = UInt32Array::from(vec![2, 0, 0, 1]);
            let dictionary = Series::dictionary(ty.clone(), codes, Value::array(&ty, &values).unwrap());
            same(dictionary, &[2, 0, 0, 1].map(|i| expected[i].clone()));

            // Nulls: rows that are not null do not change, and what is said about nulls holds.
            let holed = flat(&ty, &nullable(&values, |i| i % 2 == 0));
            let result = column(&run(&**function, holed.clone(), &rest).unwrap_or_else(|| panic!("{what} failed on nulls")));
            assert_eq!(result[1], expected[1], "{what}");
            same(holed.slice(1, 2), &result[1..]);
            let codes = UInt32Array::from(vec![None, Some(1), None]);
            same(Series::dictionary(ty.clone(), codes, Value::array(&ty, &values).unwrap()), &result);
            let nulls = column(&run(&**function, flat(&ty, &nullable(&values, |_| true)), &rest).unwrap());
            same(Series::nulls(ty.clone(), 3), &nulls);
            match function.properties().nulls {
                Nulls::Propagate => assert!(nulls.iter().all(Value::is_null), "{what}"),
                Nulls::Never => assert!(!nulls.iter().chain(&result).any(Value::is_null), "{what}"),
                Nulls::Handles => {}
            }
        }
        // The name of `make_struct` comes first: it has no column there. Its values are tested below.
        assert!(tried > 0 || info.name == "make_struct", "no sample fits {}", info.name);
    }
}

#[test]
fn structs_are_made_of_every_encoding() {
    let function = registry().scalar("make_struct").unwrap();
    let name = Series::constant(Type::String, &Value::string("a"), 3).unwrap();
    let flat = flat(&Type::Int64, &[Value::Int(1), Value::Null, Value::Int(1)]);
    let dictionary = Series::dictionary(
        Type::Int64,
        UInt32Array::from(vec![Some(0), None, Some(0)]),
        Value::array(&Type::Int64, &[Value::Int(1)]).unwrap(),
    );
    for column in [&flat, &dictionary] {
        let made = function.call(&[name.clone(), column.clone()], 3, &query()).unwrap();
        assert_eq!(made.value(0).unwrap(), Value::Struct(vec![Value::Int(1)]));
        assert_eq!(made.value(1).unwrap(), Value::Struct(vec![Value::Null]));
    }
    let constant = Series::constant(Type::Int64, &Value::Int(4), 3).unwrap();
    let made = function.call(&[name, constant], 3, &query()).unwrap();
    assert!(made.as_constant().is_some(), "constants stay one value");
    assert_eq!(made.value(2).unwrap(), Value::Struct(vec![Value::Int(4)]));
}

#[test]
fn every_function_is_documented_with_an_example() {
    let registry = registry();
    let mut names: Vec<&str> = registry.infos().map(|info| info.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "two functions share a name");
    for info in registry.infos() {
        assert!(!info.examples.is_empty(), "{} has no example", info.name);
        assert!(info.summary.ends_with('.') || info.operator.is_some(), "{}: {}", info.name, info.summary);
        assert!(info.params.iter().all(|p| !p.doc.is_empty()), "{}", info.name);
        let options = info.params.iter().skip_while(|p| p.default.is_none());
        assert!(options.clone().all(|p| p.default.is_some()), "{}: options come last", info.name);
    }
    let _: Arc<str> = registry.infos().next().unwrap().signature().into();
}
