//! Cells as a whole: steps, waiting, poisoned names, places of run-time errors.

use weft_core::{Error, Origin};
use weft_lang::Span;
use weft_lang::resolve::{ActionKind, check, diagnostic_of, plan_before};

use super::toys::Session;

#[test]
fn a_name_of_a_failed_statement_is_not_complained_about() {
    let session = Session::new();
    let checked = check("let t = trips | where fair > 1\nt | derive x = nothing | take 3\ntrips | select vndor", 1, &session);
    let messages: Vec<&str> = checked.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.as_str()).collect();
    assert_eq!(messages, ["no column `fair`", "no column `vndor`"]);
}

#[test]
fn errors_of_all_stages_that_keep_columns_show() {
    let session = Session::new();
    let checked = check("trips | where fair > 1 and tipp > 2 | sort vndor | take -1.5", 1, &session);
    assert_eq!(checked.diagnostics.len(), 4, "{:?}", checked.diagnostics);
}

#[test]
fn a_value_of_the_same_cell_is_seen_at_its_turn() {
    let mut session = Session::new();
    let cell = "let most = trips | agg { m = max(passengers) }\nlet word = input(\"Word\")\ntrips | where passengers == $most and vendor == $word | take $n";
    let checked = check(cell, 1, &session);
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    let waits: Vec<bool> = checked.steps.iter().map(|step| step.waits()).collect();
    assert_eq!(waits, [false, true, true]);
    let mut last = Vec::new();
    for step in &checked.steps {
        last = step.actions(&session).unwrap();
        last.iter().for_each(|action| session.carry_out(action));
    }
    let ActionKind::Show { plan, result: true, .. } = &last[0].kind else { panic!("a result: {last:?}") };
    let text = weft_plan::explain::explain(plan);
    assert!(text.contains("passengers == $(m)") && text.contains("vendor == \"answer to Word\""), "{text}");
}

#[test]
fn types_are_checked_before_values_are_there() {
    let session = Session::new();
    let checked = check("let most = trips | agg { m = max(vendor) }\ntrips | where passengers > $most", 1, &session);
    assert!(checked.has_errors());
    assert_eq!(checked.diagnostics[0].code, "E0206");
}

#[test]
fn the_engine_points_into_the_cell() {
    let error = Error::value("integer overflow: 1 + 2").at(Origin::new(7, 4, 9));
    assert_eq!(diagnostic_of(&error, 7, Span::new(0, 1)).span(), Span::new(4, 9));
    let elsewhere = diagnostic_of(&error, 8, Span::new(0, 1));
    assert_eq!((elsewhere.span(), elsewhere.labels[0].text.as_str()), (Span::new(0, 1), "in what cell 7 wrote"));
}

#[test]
fn origins_of_expressions_are_their_places() {
    let session = Session::new();
    let text = "trips | where passengers + 1 > 2";
    let checked = check(text, 5, &session);
    let actions = checked.steps[0].actions(&session).unwrap();
    let ActionKind::Show { plan, .. } = &actions[0].kind else { panic!("a table") };
    let weft_plan::Node::Filter(filter) = plan.node() else { panic!("a filter") };
    let sum = filter.predicate.children()[0];
    let (cell, start, end) = sum.origin.place().unwrap();
    assert_eq!((cell, &text[start..end]), (5, "passengers + 1"));
}

#[test]
fn completion_sees_the_columns_before_the_cursor() {
    let session = Session::new();
    let text = "let fast = trips | derive rate = tip / fare\nfast | select vendor, rate | where ";
    let plan = plan_before(text, text.len(), &session).unwrap();
    let names: Vec<&str> = plan.schema().names().map(|n| &**n).collect();
    assert_eq!(names, ["vendor", "rate"]);
}

#[test]
fn long_chains_of_operators_resolve() {
    let session = Session::new();
    let sum = vec!["passengers"; 400].join(" + ");
    let checked = check(&format!("trips | derive x = {sum}"), 1, &session);
    assert_eq!(checked.diagnostics, []);
}

#[test]
fn deep_pipes_resolve() {
    let session = Session::new();
    let cell = format!("{}trips{}", "(".repeat(100), " | take 1)".repeat(100));
    let checked = check(&cell, 1, &session);
    assert_eq!(checked.diagnostics, []);
}

#[test]
fn counts_that_wait_hide_no_errors() {
    let session = Session::new();
    let checked = check(
        "let word = input(\"Word\")\nlet t = trips | where vendor == $word | take $word.length()\nt | sort vndor",
        1,
        &session,
    );
    let messages: Vec<&str> = checked.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(messages, ["no column `vndor`"]);
}

#[test]
fn the_time_is_read_at_its_turn() {
    let session = Session::new();
    let checked = check("let t = now()", 1, &session);
    assert_eq!(checked.diagnostics, []);
    assert!(checked.steps[0].waits());
}

#[test]
fn garbage_never_panics() {
    let session = Session::new();
    let pieces = [
        "trips", "|", "where", "(", ")", "$n", "in", "[", "]", "{", "}", "1", "..", "join", "on", ",", "derive", "=", "a", "*",
        "but", "sum", "f\"{", "group", "let", "x.y",
    ];
    let mut seed = 7u64;
    for _ in 0..2000 {
        let mut cell = String::from("trips | ");
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            cell.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            cell.push(' ');
        }
        let checked = check(&cell, 1, &session);
        if !checked.has_errors() {
            checked.steps.iter().for_each(|step| drop(step.actions(&session)));
        }
    }
}
