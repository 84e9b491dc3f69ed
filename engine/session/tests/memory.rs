//! Running out of the memory budget, or of the disk's, is an error that names the operator, never a large process.

use std::process::Command;

use weft_core::error::ErrorKind;
use weft_core::{CancelToken, Value};

use crate::support::{Bench, column};

/// Set for the child process, whose peak memory is its own.
const CHILD: &str = "WEFT_TEST_MEMORY_CHILD";
const TEST: &str = "memory::fifty_million_groups_stop_at_the_disk_limit_in_a_small_process";

#[test]
fn fifty_million_groups_stop_at_the_disk_limit_in_a_small_process() {
    if std::env::var_os(CHILD).is_some() {
        spill_fifty_million_groups();
        return;
    }
    let program = std::env::current_exe().unwrap();
    let child = Command::new(program).args([TEST, "--exact", "--nocapture"]).env(CHILD, "1").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{out}\n{err}");
    let said = |what: &str| {
        let after = out.split_once(what).unwrap_or_else(|| panic!("no `{what}` in {out}")).1;
        after.lines().next().unwrap().trim().to_string()
    };
    assert!(said("refused: ").starts_with("group would spill "), "{out}");
    let peak: u64 = said("peak KiB: ").parse().unwrap();
    assert!(peak < 512 * 1024, "{peak} KiB resident");
}

fn spill_fifty_million_groups() {
    let bench = Bench::new().set("memory_limit", "256MB").set("spill_limit", "32MB");
    let plan = bench.counted_by(bench.range(50_000_000), "id");
    let error = bench.run(&plan).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.help().is_some_and(|h| h.contains("spill_limit")), "{error:?}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    println!("refused: {}", error.message());
    println!("peak KiB: {}", peak.trim().trim_end_matches("kB").trim());
    bench.assert_well();
}

#[test]
fn operators_that_cannot_spill_name_themselves_when_they_are_refused() {
    let bench = Bench::new().set("memory_limit", 16 << 20);
    let many = || bench.range(5_000_000);
    let left = bench.range(10).project(vec![crate::support::named("left", column(&bench.range(10), "id"))]).unwrap();
    let join = left.join(many(), weft_plan::nodes::JoinKind::Inner, vec![], None).unwrap();
    let plans = [
        ("join", join),
        ("the result", many()),
        ("window", many().window(vec![], vec![], vec![bench.window("n", "row_number", vec![])]).unwrap()),
        ("take", many().limit(3, Some(4_000_000)).unwrap()),
    ];
    for (name, plan) in plans {
        let error = bench.run(&plan).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Memory, "{name}: {error}");
        assert!(error.message().starts_with(&format!("{name} needs ")), "{name}: {error}");
        assert!(bench.session.pool().peak() <= 16 << 20);
        bench.assert_well();
    }
}

#[test]
fn a_result_holds_its_memory_until_it_is_dropped() {
    let bench = Bench::new();
    let result = bench.session.run(&bench.range(100_000), &CancelToken::new()).unwrap();
    let used = bench.session.pool().used();
    assert!(used >= 800_000, "{used} bytes for 100,000 integers");
    assert_eq!(result.reservation.as_ref().map(weft_core::Reservation::bytes), Some(used));
    drop(result);
    bench.assert_well();
}

#[test]
fn a_higher_limit_lets_the_same_query_pass() {
    let bench = Bench::new().set("memory_limit", 16 << 20);
    let plan = bench.range(3_000_000);
    assert_eq!(bench.run(&plan).unwrap_err().kind(), ErrorKind::Memory);
    bench.session.set("memory_limit", &Value::string("1GB")).unwrap();
    assert_eq!(bench.run(&plan).unwrap().partition.rows(), Some(3_000_000));
    bench.assert_well();
}
