//! Comparison of nested values and text, and lookups in lists.

use weft_compute::{Comparison, Evaluator, compare, is_same};
use weft_core::function::QueryContext;
use weft_core::{Expr, Field, Series, Type, Value};

use crate::support::*;

fn series(ty: &Type, rows: &[Value]) -> Series {
    Series::new(ty.clone(), Value::array(ty, rows).unwrap()).unwrap()
}

fn bools(series: &Series) -> Vec<Option<bool>> {
    values(series).iter().map(Value::as_bool).collect()
}

#[test]
fn lists_and_structs_compare_member_by_member() {
    let ty = Type::list(Type::Float64);
    let list = |items: &[f64]| Value::List(items.iter().map(|x| Value::Float(*x)).collect());
    let a = series(&ty, &[list(&[0.0]), list(&[1.0]), list(&[f64::NAN]), Value::Null, list(&[])]);
    let b = series(&ty, &[list(&[-0.0]), list(&[1.0, 2.0]), list(&[5.0]), list(&[]), list(&[])]);
    let equal = compare(Comparison::Equal, &a, &b).unwrap();
    assert_eq!(bools(&equal), vec![Some(true), Some(false), Some(false), None, Some(true)]);
    let less = compare(Comparison::Less, &a, &b).unwrap();
    assert_eq!(bools(&less), vec![Some(false), Some(true), Some(false), None, Some(false)]);
    assert_eq!(bools(&is_same(&a, &a).unwrap()), vec![Some(true); 5]);

    let ty = Type::Struct(vec![Field::new("x", Type::Int64), Field::new("y", Type::String)].into());
    let pair = |x: Value, y: &str| Value::Struct(vec![x, Value::string(y)]);
    let a = series(&ty, &[pair(Value::Int(1), "b"), pair(Value::Null, "a")]);
    let b = Series::constant(ty, &pair(Value::Int(1), "a"), 2).unwrap();
    let greater = compare(Comparison::Greater, &a, &b).unwrap();
    assert_eq!(bools(&greater), vec![Some(true), Some(true)]);
}

#[test]
fn text_compares_by_code_points_past_the_inlined_bytes() {
    let a = texts(&[Some("a rather long text 1"), Some("Z"), Some("ä"), None]);
    let b = texts(&[Some("a rather long text 2"), Some("a"), Some("z"), Some("")]);
    let less = compare(Comparison::Less, &a, &b).unwrap();
    assert_eq!(bools(&less), vec![Some(true), Some(true), Some(false), None]);
}

#[test]
fn long_lists_find_what_short_lists_find() {
    let evaluator = Evaluator::new(QueryContext::default());
    let cases: Vec<(Type, Vec<Value>)> = vec![
        (Type::Int64, (0..6).map(Value::Int).collect()),
        (Type::Int8, (0..6).map(Value::Int).collect()),
        (Type::UInt64, (0..6).map(|n| Value::UInt(u64::MAX - n)).collect()),
        (
            Type::Float64,
            vec![Value::Float(-0.0), Value::Float(f64::NAN), Value::Float(1.0), Value::Float(2.0), Value::Float(3.0)],
        ),
        (Type::Float32, (0..6).map(|n| Value::Float(f64::from(n))).collect()),
        (Type::Decimal { precision: 20, scale: 2 }, (0..6).map(|n| Value::Decimal(n, 2)).collect()),
        (Type::Decimal { precision: 9, scale: 2 }, (0..6).map(|n| Value::Decimal(n, 2)).collect()),
        (Type::String, ["a", "", "a long text that is not inlined", "d", "e"].map(Value::string).to_vec()),
        (Type::Date, (0..6).map(Value::Date).collect()),
        (Type::timestamp(), (0..6).map(Value::Timestamp).collect()),
        (Type::Time(weft_core::TimeUnit::Second), (0..6).map(Value::Time).collect()),
        (Type::Uuid, (0..6u8).map(|n| Value::Binary([n; 16].into())).collect()),
    ];
    for (ty, rows) in cases {
        let mut column = rows.clone();
        column.push(Value::Null);
        let data = chunk(vec![series(&ty, &column)]);
        let literals = |rows: &[Value]| rows.iter().map(|v| Expr::literal(ty.clone(), v.clone())).collect::<Vec<_>>();
        let input = Expr::index(0, ty.clone(), true);
        let run = |list: &[Value]| {
            let expr = Expr::in_list(input.clone(), literals(list)).unwrap();
            bools(&evaluator.evaluate(&expr, &data).unwrap())
        };
        let (most, one) = (run(&rows[..5]), run(&rows[..1]));
        let want = |n: usize| (0..column.len()).map(|i| (i < rows.len()).then_some(i < n)).collect::<Vec<_>>();
        assert_eq!(most, want(5), "{ty}");
        assert_eq!(one, want(1), "{ty}");
    }
}
