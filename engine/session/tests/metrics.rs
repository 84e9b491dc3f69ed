//! What is read, by the counters: projection, pruning, filters in the scan, limits that stop it.

use parquet::file::reader::{FileReader, SerializedFileReader};
use weft_core::{Expr, OperatorMetrics};

use crate::support::{Bench, batch, column, named, write_parquet};

const THREADS: u64 = 2;

/// The packed bytes of one column, footer and indexes aside.
fn column_bytes(bench: &Bench, file: &str, index: usize) -> u64 {
    let reader = SerializedFileReader::new(std::fs::File::open(bench.path(file)).unwrap()).unwrap();
    reader.metadata().row_groups().iter().map(|g| u64::try_from(g.column(index).compressed_size()).unwrap()).sum()
}

fn one_file(rows: i64, group_rows: usize, page_rows: usize) -> Bench {
    let bench = Bench::new();
    write_parquet(&bench.path("a.parquet"), &batch(0, rows), group_rows, page_rows);
    bench
}

#[test]
fn a_projection_reads_the_bytes_of_its_columns_alone() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let sizes = [0, 1, 2].map(|c| column_bytes(&bench, "a.parquet", c));
    for (columns, expected) in [(vec!["id"], sizes[0]), (vec!["word"], sizes[1]), (vec!["text", "id"], sizes[0] + sizes[2])] {
        let result = bench.run(&plan.clone().select_columns(columns.iter().copied()).unwrap()).unwrap();
        assert_eq!(result.partition.rows(), Some(20_000));
        assert_eq!(result.metrics.total(|o| &o.bytes_read), expected, "{columns:?}");
        assert_eq!(result.metrics.total(|o| &o.row_groups_read), 4);
        assert_eq!(result.metrics.total(|o| &o.files), 1);
    }
}

#[test]
fn a_count_of_rows_reads_no_data() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let result = bench.run(&plan.aggregate(vec![], vec![bench.aggregate("n", "count", vec![])]).unwrap()).unwrap();
    assert_eq!(crate::support::rows_of(&result), [[weft_core::Value::Int(20_000)]]);
    assert_eq!(result.metrics.total(|o| &o.bytes_read), 0);
    assert_eq!(result.metrics.total(|o| &o.files), 0);
}

#[test]
fn bounds_rule_out_row_groups_and_pages() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let condition = bench.call("less", vec![column(&plan, "id"), Expr::int(5_500)]);
    let low = bench.call("greater_equal", vec![column(&plan, "id"), Expr::int(5_100)]);
    let plan = plan.filter(Expr::and(vec![low, condition])).unwrap().select_columns(["id"]).unwrap();
    let result = bench.run(&plan).unwrap();
    assert_eq!(result.partition.rows(), Some(400));
    let total = |counter: fn(&OperatorMetrics) -> &weft_core::metrics::Counter| result.metrics.total(counter);
    assert_eq!((total(|o| &o.row_groups_read), total(|o| &o.row_groups_pruned)), (1, 3));
    assert_eq!((total(|o| &o.pages_read), total(|o| &o.pages_pruned)), (1, 4));
    let read = total(|o| &o.bytes_read);
    let all = column_bytes(&bench, "a.parquet", 0);
    assert!(read > 0 && read < all / 10, "one page of twenty: {read} bytes of {all}");
}

#[test]
fn filters_run_in_the_scan() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let red = bench.call("equal", vec![column(&plan, "word"), Expr::string("red")]);
    let plan = plan.filter(red).unwrap();
    let result = bench.run(&plan).unwrap();
    assert_eq!(result.partition.rows(), Some(6_667));
    let names: Vec<String> = result.metrics.operators().iter().map(|o| o.name.clone()).collect();
    let scan = result.metrics.operators().into_iter().find(|o| o.name.starts_with("scan")).unwrap();
    assert_eq!((scan.rows_in.get(), scan.rows_out.get()), (20_000, 6_667));
    assert!(!names.iter().any(|n| n == "where"), "the filter stands twice: {names:?}");
    // Without the optimizer the scan gives everything, and the answer is the same.
    let bench = bench.set("optimizer", false);
    let plain = bench.run(&plan).unwrap();
    let scan = plain.metrics.operators().into_iter().find(|o| o.name.starts_with("scan")).unwrap();
    assert_eq!(scan.rows_out.get(), 20_000);
    assert_eq!(crate::support::rows_of(&plain), crate::support::rows_of(&result));
}

#[test]
fn conditions_run_before_lists_are_taken_apart() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let word = column(&plan, "word");
    let twice = bench.call("make_list", vec![word.clone(), Expr::string("red")]);
    let plan = plan.with_columns(vec![named("words", twice)]).unwrap().explode(vec!["words".into()], Some("i".into()), false);
    let plan = plan.unwrap();
    let red = bench.call("equal", vec![column(&plan, "word"), Expr::string("red")]);
    let second = bench.call("equal", vec![column(&plan, "i"), Expr::int(1)]);
    let plan = plan.filter(Expr::and(vec![red, second])).unwrap();
    let result = bench.run(&plan).unwrap();
    assert_eq!(result.partition.rows(), Some(6_667));
    let explode = result.metrics.operators().into_iter().find(|o| o.name == "explode").unwrap();
    assert_eq!((explode.rows_in.get(), explode.rows_out.get()), (6_667, 13_334));
}

#[test]
fn a_preview_of_a_thousand_row_groups_reads_at_most_two_a_thread() {
    for group_rows in [5, 50] {
        let bench = one_file(1_000 * group_rows, group_rows as usize, 1_000);
        let plan = bench.parquet("a.parquet").unwrap().limit(0, Some(21)).unwrap();
        for optimizer in [true, false] {
            bench.session.set("optimizer", &weft_core::Value::Bool(optimizer)).unwrap();
            let result = bench.run(&plan).unwrap();
            assert_eq!(crate::support::rows_of(&result).len(), 21);
            let needed = 21u64.div_ceil(group_rows as u64);
            let read = result.metrics.total(|o| &o.row_groups_read);
            // With tiny groups the preview needs more than a thread's share: those, and what runs ahead.
            let most = if optimizer { (2 * THREADS).max(needed) } else { needed + 2 * THREADS };
            assert!((needed..=most).contains(&read), "{read} row groups of {group_rows} rows, optimizer {optimizer}");
        }
    }
}

#[test]
fn a_preview_behind_a_projection_and_a_union_stops_the_scan_too() {
    let bench = one_file(100_000, 100, 100);
    let plan = bench.parquet("a.parquet").unwrap();
    let doubled = bench.call("multiply", vec![column(&plan, "id"), Expr::int(2)]);
    let both = plan.clone().project(vec![crate::support::named("d", doubled)]).unwrap();
    let both = both.clone().union(vec![both]).unwrap().limit(0, Some(21)).unwrap();
    let result = bench.run(&both).unwrap();
    assert_eq!(crate::support::rows_of(&result)[20], [weft_core::Value::Int(40)]);
    let read = result.metrics.total(|o| &o.row_groups_read);
    assert!(read <= 2 * THREADS, "{read} row groups");
}

/// 1,000 files of `groups` row groups of 50 rows each.
fn a_thousand_files(groups: i64) -> Bench {
    let bench = Bench::new();
    let rows = 50 * groups;
    for file in 0..1_000 {
        write_parquet(&bench.path(&format!("part-{file:04}.parquet")), &batch(file * rows, rows), 50, 50);
    }
    bench
}

#[test]
fn take_over_a_thousand_files_reads_few_of_them() {
    for groups in [1, 5] {
        let bench = a_thousand_files(groups);
        for threads in [1, 2, 8] {
            bench.session.set("threads", &weft_core::Value::Int(threads)).unwrap();
            let plan = bench.parquet("part-*.parquet").unwrap();
            let red = bench.call("equal", vec![column(&plan, "word"), Expr::string("red")]);
            for optimizer in [true, false] {
                bench.session.set("optimizer", &weft_core::Value::Bool(optimizer)).unwrap();
                let taken = plan.clone().filter(red.clone()).unwrap().limit(0, Some(10)).unwrap();
                let result = bench.run(&taken).unwrap();
                let expected: Vec<i64> = (0..10).map(|i| i * 3).collect();
                let ids: Vec<i64> = crate::support::rows_of(&result).iter().map(|r| r[0].as_int().unwrap()).collect();
                assert_eq!(ids, expected);
                let (files, read) = (result.metrics.total(|o| &o.files), result.metrics.total(|o| &o.row_groups_read));
                let threads = threads as u64;
                let how = format!("{groups} row groups a file, {threads} threads, optimizer {optimizer}");
                assert!(files >= 1 && files <= threads + 1, "{files} files, {how}");
                assert!(read >= 1 && read <= 2 * threads, "{read} row groups, {how}");
            }
        }
    }
}

/// Matches that stand far into the folder are found, and files whose bounds rule them out are not opened for data.
#[test]
fn take_finds_matches_in_the_middle_of_a_thousand_files() {
    let bench = a_thousand_files(1);
    let plan = bench.parquet("part-*.parquet").unwrap();
    let late = bench.call("greater_equal", vec![column(&plan, "id"), Expr::int(30_010)]);
    let taken = plan.filter(late).unwrap().limit(0, Some(10)).unwrap();
    let result = bench.run(&taken).unwrap();
    let ids: Vec<i64> = crate::support::rows_of(&result).iter().map(|r| r[0].as_int().unwrap()).collect();
    assert_eq!(ids, (30_010..30_020).collect::<Vec<i64>>());
    assert!(result.metrics.total(|o| &o.files) <= THREADS + 1, "{} files", result.metrics.total(|o| &o.files));
    assert_eq!(result.metrics.total(|o| &o.row_groups_pruned), 600);
}

#[test]
fn counters_add_up_along_a_pipeline() {
    let bench = one_file(20_000, 5_000, 1_000);
    let plan = bench.parquet("a.parquet").unwrap();
    let result = bench.run(&bench.counted_by(plan, "word")).unwrap();
    let of = |name: &str| result.metrics.operators().into_iter().find(|o| o.name.starts_with(name)).unwrap();
    assert_eq!(of("scan").rows_out.get(), 20_000);
    assert_eq!((of("group").rows_in.get(), of("group").rows_out.get()), (20_000, 3));
    assert_eq!(of("result").rows_out.get(), 3);
    assert!(of("scan").nanos.get() > 0 && of("group").peak_memory.get() > 0);
    assert!(result.metrics.tasks_done.get() >= 4 && result.metrics.tasks_done.get() == result.metrics.tasks_begun.get());
}
