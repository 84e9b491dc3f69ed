//! What functions give for single values.

use std::sync::Arc;

use weft_core::expr::Expr;
use weft_core::types::TimeUnit;
use weft_core::{ErrorKind, Field, Type, Value};

use crate::harness::{call, decimal, float, int, null, shown, text};

fn list(items: &[i64]) -> Expr {
    Expr::literal(Type::list(Type::Int64), Value::List(items.iter().map(|&n| Value::Int(n)).collect()))
}

fn date(days: i32) -> Expr {
    Expr::literal(Type::Date, Value::Date(days))
}

/// Microseconds after 1970, in a zone.
fn stamp(seconds: i64, zone: Option<&str>) -> Expr {
    Expr::literal(Type::Timestamp(TimeUnit::Microsecond, zone.map(Arc::from)), Value::Timestamp(seconds * 1_000_000))
}

fn step(months: i32, days: i32, nanos: i64) -> Expr {
    Expr::literal(Type::Interval, Value::Interval(months, days, nanos))
}

#[test]
fn numbers_round_and_clip() {
    assert_eq!(shown("abs", vec![int(-3)]), "3");
    assert_eq!(shown("abs", vec![decimal(-250, 5, 2)]), "2.50");
    assert_eq!(call("abs", vec![int(i64::MIN)]).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(shown("round", vec![float(2.5)]), "3.0");
    assert_eq!(shown("round", vec![float(-2.345), int(2)]), "-2.35");
    assert_eq!(shown("round", vec![int(1250), int(-2)]), "1300");
    assert_eq!(shown("round", vec![decimal(99_995, 5, 3), int(2)]), "100.00");
    assert_eq!(shown("round", vec![decimal(12_500, 5, 1), int(-2)]), "1300");
    assert_eq!(shown("floor", vec![decimal(-150, 3, 2)]), "-2");
    assert_eq!(shown("ceil", vec![float(1.2)]), "2.0");
    assert_eq!(shown("floor", vec![int(7)]), "7");
    assert_eq!(shown("sign", vec![float(-0.0)]), "0.0");
    assert_eq!(shown("sign", vec![decimal(-5, 3, 1)]), "-1");
    assert_eq!(shown("sqrt", vec![int(9)]), "3.0");
    assert_eq!(shown("clip", vec![int(12), int(0), int(10)]), "10");
    assert_eq!(shown("clip", vec![float(f64::NAN), null(), float(1.0)]), "1.0");
    assert_eq!(shown("clip", vec![int(-4), null(), null()]), "-4");
    assert!(call("round", vec![text("a")]).unwrap_err().message().contains("`round` takes a number as `x`, not str"));
}

#[test]
fn texts_count_characters_not_bytes() {
    assert_eq!(shown("upper", vec![text("straße")]), "\"STRASSE\"");
    assert_eq!(shown("length", vec![text("straße")]), "6");
    assert_eq!(shown("left", vec![text("äöü"), int(2)]), "\"äö\"");
    assert_eq!(shown("right", vec![text("äöü"), int(2)]), "\"öü\"");
    assert_eq!(shown("right", vec![text("ab"), int(5)]), "\"ab\"");
    assert_eq!(shown("left", vec![text("ab"), int(-1)]), "\"\"");
    assert_eq!(shown("substr", vec![text("wäther"), int(1), int(3)]), "\"äth\"");
    assert_eq!(shown("substr", vec![text("weather"), int(-3)]), "\"her\"");
    assert_eq!(shown("substr", vec![text("abc"), int(-5), int(3)]), "\"a\"");
    assert_eq!(shown("strip", vec![text(" \t a b\n")]), "\"a b\"");
    assert_eq!(shown("replace", vec![text("a-b-c"), text("-"), text("++")]), "\"a++b++c\"");
    assert_eq!(shown("contains", vec![text("New York"), text("w Y")]), "true");
    assert_eq!(shown("startswith", vec![text("trips"), text("rip")]), "false");
    assert_eq!(shown("endswith", vec![text("trips.csv"), text(".csv")]), "true");
    assert_eq!(shown("split", vec![text("a,b,,c"), text(",")]), r#"["a", "b", "", "c"]"#);
    assert_eq!(shown("concat_ws", vec![text("-"), text("a"), null(), text("b")]), "\"a-b\"");
    assert_eq!(shown("concat", vec![text("row "), int(7)]), "\"row 7\"");
    assert_eq!(call("concat", vec![text("row "), null()]).unwrap(), Value::Null);
}

#[test]
fn formats_follow_their_specification() {
    assert_eq!(shown("format_value", vec![float(2.0 / 3.0), text(".2f")]), "\"0.67\"");
    assert_eq!(shown("format_value", vec![int(1_234_567), text(",")]), "\"1,234,567\"");
    assert_eq!(shown("format_value", vec![decimal(12_345, 7, 3), text(".1f")]), "\"12.3\"");
    assert_eq!(shown("format_value", vec![text("ab"), text("*>5")]), "\"***ab\"");
    assert_eq!(shown("format_value", vec![date(19_791), text("%d %b")]), "\"09 Mar\"");
    assert!(call("format_value", vec![text("ab"), text(".2f")]).is_err());
    assert!(call("format_value", vec![date(0), text("%H:%M")]).is_err());
    assert!(call("format_value", vec![int(1), text("%Q")]).is_err());
}

#[test]
fn dates_have_parts() {
    // 2024-03-09, a Saturday.
    for (name, part) in [("year", "2024"), ("month", "3"), ("day", "9"), ("quarter", "1"), ("day_of_week", "5")] {
        assert_eq!(shown(name, vec![date(19_791)]), part, "{name}");
    }
    // 2024-03-09T23:30:00Z is the next day in Berlin.
    let instant = 1_710_027_000;
    assert_eq!(shown("hour", vec![stamp(instant, None)]), "23");
    assert_eq!(shown("hour", vec![stamp(instant, Some("Europe/Berlin"))]), "0");
    assert_eq!(shown("minute", vec![stamp(instant, Some("Asia/Kolkata"))]), "0");
    assert_eq!(shown("date", vec![stamp(instant, None)]), "2024-03-09");
    assert_eq!(shown("date", vec![stamp(instant, Some("Europe/Berlin"))]), "2024-03-10");
    assert_eq!(shown("strftime", vec![stamp(instant, Some("Europe/Berlin")), text("%H:%M %Z")]), "\"00:30 CET\"");
    assert!(call("strftime", vec![date(0), text("%!")]).is_err());
    assert_eq!(shown("now", vec![]), "1709985600000000");
    assert_eq!(shown("today", vec![]), "2024-03-09");
    assert!(call("hour", vec![date(0)]).is_err());
}

#[test]
fn points_in_time_are_truncated_on_the_clocks_of_their_zone() {
    assert_eq!(shown("truncate", vec![date(19_791), step(1, 0, 0)]), "2024-03-01");
    assert_eq!(shown("truncate", vec![date(19_791), step(0, 7, 0)]), "2024-03-04");
    assert_eq!(shown("truncate", vec![date(-1), step(3, 0, 0)]), "1969-10-01");
    let quarter_hour = Expr::literal(Type::Duration(TimeUnit::Nanosecond), Value::Duration(900_000_000_000));
    assert_eq!(shown("truncate", vec![stamp(1_710_027_899, None), quarter_hour.clone()]), "1710027000000000");
    assert_eq!(shown("truncate", vec![stamp(-1, None), quarter_hour.clone()]), "-900000000");
    // Midnight of 2024-03-31 in Berlin, the day the clocks go forward, is 23:00 UTC.
    let noon = 1_711_879_200;
    assert_eq!(shown("truncate", vec![stamp(noon, Some("Europe/Berlin")), step(0, 1, 0)]), "1711839600000000");
    // The second 02:30 of 2024-10-27 stays in the second hour.
    let again = 1_729_992_600;
    let hour = Expr::literal(Type::Duration(TimeUnit::Second), Value::Duration(3_600));
    assert_eq!(shown("truncate", vec![stamp(again, Some("Europe/Berlin")), hour.clone()]), "1729990800000000");
    assert!(call("truncate", vec![date(0), hour]).is_err());
    assert!(call("truncate", vec![date(0), step(1, 1, 0)]).is_err());
}

#[test]
fn lists_and_structs_open_by_position_and_name() {
    assert_eq!(shown("list_get", vec![list(&[10, 20, 30]), int(1)]), "20");
    assert_eq!(shown("list_get", vec![list(&[10, 20, 30]), int(-1)]), "30");
    assert_eq!(shown("list_get", vec![list(&[10, 20, 30]), int(3)]), "null");
    assert_eq!(shown("list_get", vec![list(&[10]), int(i64::MIN)]), "null");
    assert_eq!(shown("length", vec![list(&[1, 2])]), "2");
    assert_eq!(shown("list_contains", vec![list(&[1, 2]), int(2)]), "true");
    assert_eq!(shown("list_contains", vec![list(&[]), int(2)]), "false");
    assert_eq!(shown("list_sum", vec![list(&[1, 2, 3])]), "6");
    assert_eq!(shown("list_sum", vec![list(&[])]), "null");
    assert!(call("list_sum", vec![list(&[i64::MAX, 1])]).is_err());
    assert_eq!(shown("make_list", vec![int(1), null(), int(3)]), "[1, null, 3]");
    assert_eq!(shown("make_struct", vec![text("a"), int(1), text("b"), text("x")]), "{1, \"x\"}");
    assert!(call("make_struct", vec![text("a"), int(1), text("a"), int(2)]).is_err());
    let ty = Type::Struct(vec![Field::new("a", Type::Int64), Field::new("b", Type::String)].into());
    let pair = Expr::literal(ty.clone(), Value::Struct(vec![Value::Int(1), Value::string("x")]));
    assert_eq!(shown("get_field", vec![pair.clone(), text("b")]), "\"x\"");
    assert_eq!(shown("get_field", vec![Expr::literal(ty, Value::Null), text("b")]), "null");
    let error = call("get_field", vec![pair, text("c")]).unwrap_err();
    assert_eq!((error.kind(), error.help()), (ErrorKind::NotFound, Some("it has `a`, `b`")));
}

#[test]
fn bytes_are_encoded_and_decoded() {
    let bytes = Expr::literal(Type::Binary, Value::Binary(b"kite".as_slice().into()));
    assert_eq!(shown("encode", vec![bytes.clone(), text("hex")]), "\"6b697465\"");
    assert_eq!(shown("encode", vec![bytes]), "\"kite\"");
    assert_eq!(call("decode", vec![text("a2l0ZQ=="), text("base64")]).unwrap(), Value::Binary(b"kite".as_slice().into()));
    assert!(call("decode", vec![text("xyz"), text("hex")]).is_err());
    assert!(call("decode", vec![text("xyz"), text("rot13")]).unwrap_err().help().is_some());
}
