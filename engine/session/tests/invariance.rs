//! The same rows in the same order whatever the threads, the size of chunks, the optimizer and what is spilled.

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use weft_core::expr::CastMode;
use weft_core::{Expr, Type, Value, WindowCall};
use weft_plan::LogicalPlan;
use weft_plan::nodes::{JoinKind, NamedWindow};

use crate::support::{Bench, ascending, column, descending, named, same, table, write_parquet};

const COLUMNS: [(&str, Type); 5] =
    [("i", Type::Int64), ("f", Type::Float64), ("s", Type::String), ("k", Type::Int64), ("p", Type::Binary)];

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A bitmap file of `width` × 1 pixels.
fn bitmap(width: u8) -> Value {
    let row = (usize::from(width) * 3).div_ceil(4) * 4;
    let mut bytes = vec![0u8; 54 + row];
    bytes[..2].copy_from_slice(b"BM");
    bytes[2] = bytes.len() as u8;
    (bytes[10], bytes[14], bytes[18], bytes[22], bytes[26], bytes[28]) = (54, 40, width, 1, 1, 24);
    Value::Binary(bytes.into())
}

/// Rows with nulls, NaN, both zeros, duplicates, empty and long strings.
fn data(seed: u64, rows: usize) -> Vec<Vec<Value>> {
    let mut random = Random(seed);
    let mut row = || {
        let i = match random.below(8) {
            0 => Value::Null,
            1 => Value::Int(0),
            _ => Value::Int(random.below(40) as i64 - 20),
        };
        let f = match random.below(9) {
            0 => Value::Null,
            1 => Value::Float(f64::NAN),
            2 => Value::Float(-0.0),
            3 => Value::Float(0.0),
            4 => Value::Float(f64::NEG_INFINITY),
            _ => Value::Float(random.below(1_000) as f64 / 7.0 - 50.0),
        };
        let s = match random.below(6) {
            0 => Value::Null,
            1 => Value::string(""),
            2 => Value::string("ä long text that does not fit into a view, number ".repeat(3) + &random.below(4).to_string()),
            _ => Value::string(format!("{}", random.below(30))),
        };
        let p = if random.below(5) == 0 { Value::Null } else { bitmap(1 + random.below(4) as u8) };
        vec![i, f, s, Value::Int(random.below(9) as i64), p]
    };
    (0..rows).map(|_| row()).collect()
}

/// A plan over the left and the right table.
type Build = fn(&Bench, LogicalPlan, LogicalPlan) -> LogicalPlan;

fn positive(bench: &Bench, plan: &LogicalPlan, name: &str) -> Expr {
    bench.call("greater", vec![column(plan, name), Expr::int(0)])
}

fn filter_project(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let sum = b.call("add", vec![column(&l, "i"), column(&l, "k")]);
    let text = b.call("upper", vec![column(&l, "s")]);
    let l = l.with_columns(vec![named("sum", sum), named("text", text)]).unwrap();
    let either = Expr::or(vec![positive(b, &l, "sum"), b.call("is_null", vec![column(&l, "f")])]);
    l.filter(either).unwrap().select_columns(["text", "f", "sum"]).unwrap()
}

fn exploded(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let parts = b.call("split", vec![column(&l, "s"), Expr::string("a")]);
    let l = l.with_columns(vec![named("parts", parts)]).unwrap();
    let l = l.explode(vec!["parts".into()], Some("at".into()), true).unwrap();
    let kept = Expr::or(vec![positive(b, &l, "i"), b.call("is_null", vec![column(&l, "parts")])]);
    l.filter(kept).unwrap().select_columns(["parts", "at", "f"]).unwrap()
}

fn group_many(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let of = |name: &str| vec![column(&l, name)];
    let aggregates = vec![
        b.aggregate("rows", "count", vec![]),
        b.aggregate("some", "count", of("f")),
        b.aggregate("sum", "sum", of("i")),
        b.aggregate("mean", "mean", of("i")),
        b.aggregate("min", "min", of("f")),
        b.aggregate("max", "max", of("f")),
        b.aggregate("least", "min", of("s")),
        b.aggregate("first", "first", of("s")),
        b.aggregate("last", "last", of("i")),
        b.aggregate("kinds", "count_distinct", of("s")),
        b.aggregate("spread", "stddev", of("i")),
        b.aggregate("all", "list_agg", of("i")),
    ];
    l.clone().aggregate(vec![named("k", column(&l, "k"))], aggregates).unwrap()
}

fn group_by_floats_and_strings(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let keys = vec![named("f", column(&l, "f")), named("s", column(&l, "s"))];
    let aggregates = vec![b.aggregate("n", "count", vec![]), b.aggregate("sum", "sum", vec![column(&l, "i")])];
    let grouped = l.aggregate(keys, aggregates).unwrap();
    let many = b.call("greater_equal", vec![column(&grouped, "n"), Expr::int(1)]);
    grouped.filter(many).unwrap()
}

fn total(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let kept = l.clone().filter(positive(b, &l, "i")).unwrap();
    let aggregates = vec![
        b.aggregate("n", "count", vec![]),
        b.aggregate("sum", "sum", vec![column(&kept, "i")]),
        b.aggregate("median", "median", vec![column(&kept, "i")]),
        b.aggregate("text", "string_agg", vec![column(&kept, "s")]),
    ];
    kept.aggregate(vec![], aggregates).unwrap()
}

fn distinct_rows(_: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    l.select_columns(["f", "i"]).unwrap().distinct(vec![]).unwrap()
}

fn distinct_on(_: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    l.distinct(vec!["s".into()]).unwrap()
}

fn prefixed(r: LogicalPlan) -> LogicalPlan {
    let renamed = ["i", "f", "s"].map(|name| named(&format!("r_{name}"), column(&r, name)));
    r.project(renamed.into()).unwrap()
}

fn join(b: &Bench, l: LogicalPlan, r: LogicalPlan, kind: JoinKind, keys: &[&str]) -> LogicalPlan {
    let r = prefixed(r);
    let keys = keys.iter().map(|k| same(column(&l, k), column(&r, &format!("r_{k}")))).collect();
    let joined = l.join(r, kind, keys, None).unwrap();
    let sure = positive(b, &joined, "k");
    joined.filter(sure).unwrap()
}

fn join_inner(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    join(b, l, r, JoinKind::Inner, &["i"])
}

fn join_left(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    join(b, l, r, JoinKind::Left, &["f", "s"])
}

fn join_semi(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    join(b, l, r, JoinKind::Semi, &["s"])
}

fn join_anti(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    join(b, l, r, JoinKind::Anti, &["f"])
}

fn join_with_residual(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    let r = prefixed(r);
    let less = b.call("less", vec![column(&l, "f"), column(&r, "r_f")]);
    let key = same(column(&l, "s"), column(&r, "r_s"));
    let joined = l.join(r, JoinKind::Left, vec![key], Some(less)).unwrap();
    b.counted_by(joined, "r_s")
}

fn sort_all(_: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let keys = vec![descending(column(&l, "f")), ascending(column(&l, "s"))];
    l.sort(keys).unwrap()
}

fn top_n(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let kept = l.clone().filter(positive(b, &l, "k")).unwrap();
    let keys = vec![ascending(column(&kept, "i")), descending(column(&kept, "s"))];
    kept.sort(keys).unwrap().limit(2, Some(15)).unwrap()
}

fn union_limits(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    let both = l.clone().limit(5, Some(60)).unwrap().union(vec![r, l.tail(7).unwrap()]).unwrap();
    let kept = both.clone().filter(positive(b, &both, "k")).unwrap();
    kept.limit(3, Some(70)).unwrap()
}

fn heavy_and_fallible(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let decoded = b.call("decode_image", vec![column(&l, "p"), null_text(), Expr::string("raise")]);
    let width = b.call("image_width", vec![decoded]);
    let l = l.with_columns(vec![named("width", width)]).unwrap();
    let not_zero = b.call("not_equal", vec![column(&l, "i"), Expr::int(0)]);
    let kept = l.filter(not_zero).unwrap();
    let quotient = b.call("floor_divide", vec![Expr::int(100), column(&kept, "i")]);
    let narrow = b.call("less", vec![column(&kept, "width"), Expr::int(4)]);
    let number = column(&kept, "s").cast(Type::Int64, CastMode::Try);
    let kept = kept.filter(Expr::and(vec![narrow, b.call("less", vec![quotient.clone(), Expr::int(50)])])).unwrap();
    let width = column(&kept, "width");
    kept.project(vec![named("q", quotient), named("n", number), named("width", width)]).unwrap()
}

fn null_text() -> Expr {
    Expr::literal(Type::String, Value::Null)
}

fn grouped_join_sorted(b: &Bench, l: LogicalPlan, r: LogicalPlan) -> LogicalPlan {
    let joined = join(b, l, r, JoinKind::Inner, &["s"]);
    let keys = vec![named("k", column(&joined, "k"))];
    let sum = b.aggregate("sum", "sum", vec![column(&joined, "r_i")]);
    let grouped = joined.aggregate(keys, vec![sum, b.aggregate("n", "count", vec![])]).unwrap();
    let keys = vec![descending(column(&grouped, "sum")), ascending(column(&grouped, "k"))];
    grouped.sort(keys).unwrap().limit(0, Some(4)).unwrap()
}

fn windows(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let of = |name: &str| vec![column(&l, name)];
    let calls = vec![
        b.window("number", "row_number", vec![]),
        b.window("rank", "rank", vec![]),
        b.window("before", "lag", of("s")),
        b.window("first", "first_value", of("f")),
        b.window("met", "appearance", vec![]),
        b.over_rows(b.aggregate("total", "sum", of("i")), None, Some(0)),
        b.over_rows(b.aggregate("rest", "mean", of("i")), Some(1), None),
        b.over_rows(b.aggregate("near", "sum", of("i")), Some(-2), Some(2)),
        b.over_rows(b.aggregate("least", "min", of("s")), Some(-3), Some(-1)),
        b.over_rows(b.aggregate("kinds", "count_distinct", of("f")), Some(-4), Some(0)),
        b.over_rows(b.aggregate("all", "list_agg", of("i")), Some(-1), Some(0)),
        b.over_rows(b.aggregate("whole", "max", of("f")), None, None),
    ];
    let keys = vec![column(&l, "k")];
    l.clone().window(keys, vec![descending(column(&l, "i"))], calls).unwrap()
}

fn windows_over_all_rows(b: &Bench, l: LogicalPlan, _: LogicalPlan) -> LogicalPlan {
    let sum = b.aggregate("sum", "sum", vec![column(&l, "i")]);
    let whole = NamedWindow { name: "sum".into(), call: WindowCall::aggregate(sum.call) };
    let l = l.window(vec![], vec![], vec![whole, b.window("number", "row_number", vec![])]).unwrap();
    let rank = b.window("rank", "dense_rank", vec![]);
    l.clone().window(vec![], vec![ascending(column(&l, "s")), ascending(column(&l, "f"))], vec![rank]).unwrap()
}

const PLANS: [(&str, Build); 20] = [
    ("windows", windows),
    ("windows over all rows", windows_over_all_rows),
    ("filter, project", filter_project),
    ("explode", exploded),
    ("group, many aggregates", group_many),
    ("group by floats and strings", group_by_floats_and_strings),
    ("total", total),
    ("distinct rows", distinct_rows),
    ("distinct on", distinct_on),
    ("inner join", join_inner),
    ("left join", join_left),
    ("semi join", join_semi),
    ("anti join", join_anti),
    ("left join with a residual", join_with_residual),
    ("sort", sort_all),
    ("top-n", top_n),
    ("union, limits", union_limits),
    ("heavy and fallible", heavy_and_fallible),
    ("join, group, top-n", grouped_join_sorted),
    ("as it is", |_, l, _| l),
];

fn close(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(x), Value::Float(y)) => {
            x == y || x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0)
        }
        (Value::List(x), Value::List(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| close(x, y)),
        _ => a == b,
    }
}

fn assert_invariant(bench: &Bench, what: &str, plan: &LogicalPlan) -> usize {
    let mut first: Option<Vec<Vec<Value>>> = None;
    for (optimizer, spill) in [(false, "auto"), (true, "auto"), (true, "always")] {
        for threads in [1, 2, 8] {
            for chunk_rows in [16_384, 7, 1] {
                for (name, value) in [("threads", threads), ("chunk_rows", chunk_rows), ("task_rows", chunk_rows * 3)] {
                    bench.session.set(name, &Value::Int(value)).unwrap();
                }
                bench.session.set("optimizer", &Value::Bool(optimizer)).unwrap();
                bench.session.set("spill", &Value::string(spill)).unwrap();
                let how = format!("{what}: {threads} threads, chunks of {chunk_rows}, optimizer {optimizer}, spilling {spill}");
                let rows = crate::support::rows_of(&bench.run(plan).unwrap_or_else(|e| panic!("{how}: {e}")));
                let Some(expected) = &first else {
                    first = Some(rows);
                    continue;
                };
                assert_eq!(rows.len(), expected.len(), "{how}");
                for (at, (row, wanted)) in rows.iter().zip(expected).enumerate() {
                    let equal = row.len() == wanted.len() && row.iter().zip(wanted).all(|(a, b)| close(a, b));
                    assert!(equal, "{how}: row {at} is {row:?}, was {wanted:?}");
                }
            }
        }
    }
    first.map_or(0, |rows| rows.len())
}

#[test]
fn plans_over_tables_in_memory_give_the_same_rows_in_every_configuration() {
    let bench = Bench::new();
    for (left, right) in [(150, 70), (0, 5), (5, 0), (1, 1)] {
        let (l, r) = (table(&COLUMNS, &data(1, left)), table(&COLUMNS, &data(2, right)));
        for (what, build) in PLANS {
            let rows =
                assert_invariant(&bench, &format!("{what} of {left} and {right} rows"), &build(&bench, l.clone(), r.clone()));
            assert!(left < 100 || rows > 0, "{what} of {left} and {right} rows gives nothing");
        }
    }
    bench.assert_well();
}

/// The columns but pictures as a batch for a file.
fn as_batch(rows: &[Vec<Value>]) -> RecordBatch {
    let i: ArrayRef = std::sync::Arc::new(rows.iter().map(|r| r[0].as_int()).collect::<Int64Array>());
    let f: ArrayRef = std::sync::Arc::new(rows.iter().map(|r| r[1].as_float()).collect::<Float64Array>());
    let s: ArrayRef = std::sync::Arc::new(rows.iter().map(|r| r[2].as_str()).collect::<StringArray>());
    let k: ArrayRef = std::sync::Arc::new(rows.iter().map(|r| r[3].as_int()).collect::<Int64Array>());
    RecordBatch::try_from_iter_with_nullable([("i", i, true), ("f", f, true), ("s", s, true), ("k", k, true)]).unwrap()
}

#[test]
fn plans_over_files_give_what_they_give_over_memory() {
    let bench = Bench::new();
    let (left, right) = (data(3, 120), data(4, 60));
    write_parquet(&bench.path("l.parquet"), &as_batch(&left), 31, 10);
    write_parquet(&bench.path("r.parquet"), &as_batch(&right), 17, 5);
    let (l, r) = (bench.parquet("l.parquet").unwrap(), bench.parquet("r.parquet").unwrap());
    let strip = |plan: LogicalPlan| plan.select_columns(["i", "f", "s", "k"]).unwrap();
    let (ml, mr) = (strip(table(&COLUMNS, &left)), strip(table(&COLUMNS, &right)));
    for (what, build) in PLANS.into_iter().filter(|(what, _)| *what != "heavy and fallible") {
        let plan = build(&bench, l.clone(), r.clone());
        assert_invariant(&bench, &format!("{what} of files"), &plan);
        let (rows, expected) = (bench.rows(&plan), bench.rows(&build(&bench, ml.clone(), mr.clone())));
        let equal =
            rows.len() == expected.len() && rows.iter().flatten().zip(expected.iter().flatten()).all(|(a, b)| close(a, b));
        assert!(equal, "{what}: {rows:?} of files, {expected:?} of memory");
    }
    bench.assert_well();
}
