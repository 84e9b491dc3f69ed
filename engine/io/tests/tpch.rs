//! `tpch`

use weft_core::source::Estimate;
use weft_core::{TableSource, Type, Value};

use crate::support::{Scan, all, open, run, text};

fn table(name: &str, scale: f64) -> std::sync::Arc<dyn TableSource> {
    open("tpch", &[("table", text(name)), ("scale", Value::Float(scale))]).unwrap()
}

#[test]
fn the_tables_have_the_rows_of_the_benchmark() {
    let wanted = [
        ("customer", 150),
        ("lineitem", 6005),
        ("nation", 25),
        ("orders", 1500),
        ("part", 200),
        ("partsupp", 800),
        ("region", 5),
        ("supplier", 10),
    ];
    for (name, rows) in wanted {
        let source = table(name, 0.001);
        // All but the comment: those take long to make.
        let columns: Vec<usize> = (0..source.schema().len() - 1).collect();
        let scan = Scan { columns: Some(columns), task_rows: Some(500), chunk_rows: Some(100), ..Scan::default() };
        let scanned = run(&*source, &scan).unwrap();
        assert_eq!(scanned.rows(), rows, "{name}");
        assert!(scanned.tasks.iter().all(|t| t.iter().map(|c| c.rows()).sum::<usize>() <= 500), "{name}");
        assert!(source.schema().fields().iter().all(|f| !f.nullable));
        match source.statistics().rows {
            Some(Estimate::Exact(n)) => assert_eq!(n, rows as u64),
            about => assert_eq!((about, name), (Some(Estimate::About(6001)), "lineitem")),
        }
    }
}

#[test]
fn values_are_those_of_the_benchmark() {
    let scanned = run(&*table("lineitem", 0.001), &Scan { columns: Some(vec![0, 4, 5, 8, 10, 14]), ..Scan::default() }).unwrap();
    let first = scanned.values().swap_remove(0);
    let money = |cents| Value::Decimal(cents, 2);
    // 1996-03-13
    assert_eq!(first, [Value::Int(1), money(1700), money(1_795_455), text("N"), Value::Date(9568), text("TRUCK")]);
    let source = table("lineitem", 0.001);
    assert_eq!(source.schema().field("l_tax").unwrap().ty, Type::Decimal { precision: 15, scale: 2 });
    let nations = all(&*table("nation", 1.0)).values();
    assert_eq!(nations[7][..3], [Value::Int(7), text("GERMANY"), Value::Int(3)]);
    assert_eq!(nations[0][3], text(" haggle. carefully final deposits detect slyly agai"));
}

#[test]
fn a_limit_makes_few_parts() {
    let scan = Scan { columns: Some(vec![0]), limit: Some(10), ..Scan::default() };
    let scanned = run(&*table("lineitem", 1.0), &scan).unwrap();
    assert_eq!((scanned.rows(), scanned.tasks.len()), (10, 1));
}

#[test]
fn wrong_names_and_scales_are_refused() {
    let fail = |name, scale| open("tpch", &[("table", text(name)), ("scale", Value::Float(scale))]).unwrap_err();
    assert!(fail("lineitems", 0.1).help().unwrap().contains("lineitem"));
    assert!(fail("lineitem", 0.0).message().contains("`scale` of `tpch`"));
    assert!(fail("lineitem", f64::NAN).message().contains("`scale` of `tpch`"));
}
