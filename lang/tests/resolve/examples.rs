//! Examples of the language's design resolve against toy schemas, and yield the columns they should.

use weft_lang::resolve::{ActionKind, check};

use super::toys::Session;
use crate::files;

/// Names and types of the table that an example shows.
fn shown(example: &str) -> String {
    let (_, text) = files("examples", "weft").into_iter().find(|(path, _)| path.ends_with(example)).unwrap();
    let mut session = Session::new();
    let checked = check(&text, 1, &session);
    assert_eq!(checked.diagnostics, [], "{example}");
    let mut shown = String::new();
    for step in &checked.steps {
        for action in step.actions(&session).unwrap() {
            session.carry_out(&action);
            if let ActionKind::Show { plan, result: true, .. } = &action.kind {
                let columns: Vec<String> = plan.schema().fields().iter().map(|f| format!("{} {}", f.name, f.ty)).collect();
                shown = columns.join(", ");
            }
        }
    }
    shown
}

#[test]
fn basics() {
    assert_eq!(shown("basics.weft"), "vendor str, avg_tip float, n int");
}

#[test]
fn tpc_h_q1() {
    let columns = shown("tpc_h_q1.weft");
    assert!(columns.starts_with("l_returnflag str, l_linestatus str, sum_qty decimal"), "{columns}");
    assert!(columns.ends_with("avg_disc float, count_order int"), "{columns}");
}

#[test]
fn tpc_h_q3() {
    let columns = shown("tpc_h_q3.weft");
    assert!(columns.starts_with("l_orderkey int, o_orderdate date, o_shippriority int32, revenue decimal("), "{columns}");
}

#[test]
fn tpc_h_q2() {
    let columns = shown("tpc_h_q2.weft");
    assert!(columns.starts_with("s_acctbal decimal(") && columns.ends_with("s_comment str"), "{columns}");
}

#[test]
fn tpc_h_q15() {
    let columns = shown("tpc_h_q15.weft");
    assert!(columns.starts_with("s_suppkey int, s_name str, s_address str, s_phone str, total_revenue decimal("), "{columns}");
}

#[test]
fn sessions() {
    assert_eq!(shown("sessions.weft"), "user_id int, session int, start timestamp, stop timestamp, hits int");
}

#[test]
fn tpc_h_q13() {
    assert_eq!(shown("tpc_h_q13.weft"), "c_count int, custdist int");
}

#[test]
fn tpc_h_q21() {
    assert_eq!(shown("tpc_h_q21.weft"), "s_name str, numwait int");
}

#[test]
fn tpc_h_q22() {
    let columns = shown("tpc_h_q22.weft");
    assert!(columns.starts_with("cntrycode str, numcust int, totacctbal decimal("), "{columns}");
}

#[test]
fn examples_of_functions_resolve() {
    let session = Session::new();
    let registry = weft_lang::resolve::Environment::registry(&session);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for info in registry.infos() {
        for example in info.examples {
            tried += 1;
            let checked = check(example.code, 1, &session);
            let steps = checked.steps.iter().try_for_each(|step| step.actions(&session).map(|_| ()));
            if checked.has_errors() || steps.is_err() {
                wrong.push(format!("{}: {}\n{:?} {steps:?}", info.name, example.code, checked.diagnostics));
            }
        }
    }
    assert!(tried > 50, "{tried}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
