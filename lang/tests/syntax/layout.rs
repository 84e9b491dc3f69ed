//! Where statements end: each rule with what it allows and what it does not.

use weft_lang::syntax::parse;

/// The texts of a cell's statements; the cell must be right.
fn statements(text: &str) -> Vec<&str> {
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics, [], "{text}");
    cell.stmts.iter().map(|stmt| stmt.span.of(text)).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).1.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn a_newline_ends_a_statement() {
    assert_eq!(statements("a\nb"), ["a", "b"]);
    assert_eq!(statements("a\r\n\r\n  # c\nb"), ["a", "b"]);
    assert_eq!(statements("  a\n  b"), ["a", "b"]);
    assert_eq!(statements("  a\nb"), ["a", "b"]);
}

#[test]
fn an_indented_line_continues() {
    assert_eq!(statements("a\n  - rebate"), ["a\n  - rebate"]);
    assert_eq!(statements("t | group k\n  { n = count() }"), ["t | group k\n  { n = count() }"]);
    assert_eq!(statements("t | join u\n  on a == b"), ["t | join u\n  on a == b"]);
}

#[test]
fn let_and_fn_always_start_one() {
    assert_eq!(statements("let a = 1\n  let b = 2"), ["let a = 1", "let b = 2"]);
    assert_eq!(statements("a\n  fn f(x) = x"), ["a", "fn f(x) = x"]);
}

#[test]
fn brackets_hold_lines_together() {
    assert_eq!(statements("f(\na,\nb\n)"), ["f(\na,\nb\n)"]);
    assert_eq!(statements("t | agg {\nn = count(),\n}"), ["t | agg {\nn = count(),\n}"]);
}

#[test]
fn a_line_that_starts_with_an_operator_continues() {
    for next in ["| take 1", ".x", "::int", "+ b", "* b", "== b", "and b", "or b", "in b", "is b", "?? b", "..b", "over (by b)"] {
        let text = format!("a\n{next}");
        assert_eq!(statements(&text).len(), 1, "{next}");
    }
    assert_eq!(statements("if a\nthen b\nelse c").len(), 1);
    assert_eq!(statements("t | join asof u\nas q\non k\nwithin 5s").len(), 1);
}

#[test]
fn a_line_that_starts_with_minus_or_not_does_not() {
    assert_eq!(statements("a\n-b"), ["a", "-b"]);
    assert_eq!(statements("a\nnot b"), ["a", "not b"]);
    assert_eq!(statements("a\n[1]"), ["a", "[1]"]);
    assert_eq!(statements("a\n(b)"), ["a", "(b)"]);
}

#[test]
fn an_operator_at_the_end_continues() {
    assert_eq!(statements("a +\nb").len(), 1);
    assert_eq!(statements("a and\nb").len(), 1);
    assert_eq!(statements("let x =\na").len(), 1);
    assert_eq!(statements("t |\ntake 1").len(), 1);
    assert_eq!(statements("a *\nb").len(), 1);
}

#[test]
fn an_operand_star_or_range_ends() {
    assert_eq!(statements("t | select *\nu"), ["t | select *", "u"]);
    assert_eq!(statements("t | where x in 5..\nu"), ["t | where x in 5..", "u"]);
}

#[test]
fn a_commented_stage_does_not_break_a_pipe() {
    assert_eq!(statements("t\n| where a\n# | where b\n| take 1").len(), 1);
}

#[test]
fn a_comma_needs_an_indented_line() {
    assert_eq!(statements("t | select a,\n  b").len(), 1);
    assert_eq!(statements("t | select a,\n| take 1").len(), 1);
    assert_eq!(codes("t | select a,\nu | take 1"), ["E0103"]);
}

#[test]
fn brackets_are_repaired_only_where_they_do_not_balance() {
    // Balanced, however it is laid out.
    assert_eq!(statements("(\nt\n| take 1)\ng").len(), 2);
    let text = "let a = f(x\nlet b = 2\nlet c = 3";
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, "E0101");
    assert_eq!(diagnostics[0].span().of(text), "(");
    assert_eq!(cell.stmts.len(), 3);
}

#[test]
fn an_open_bracket_ends_at_the_next_stage() {
    let text = "t\n| derive x = f(a, b\n| where y > 2\n| take 1";
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0101"]);
    let weft_lang::syntax::StmtKind::Pipe(pipe) = &cell.stmts[0].kind else { panic!("a pipe") };
    assert_eq!(pipe.stages.len(), 3);
}

#[test]
fn a_stray_closer_is_taken_out() {
    let (cell, diagnostics) = parse("t | take 1)\nu");
    assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["E0102"]);
    assert_eq!(cell.stmts.len(), 2);
    assert_eq!(codes("f([1, 2)"), ["E0101"]);
}

#[test]
fn a_semicolon_is_reported_and_splits() {
    let (cell, diagnostics) = parse("a; b");
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(cell.stmts.len(), 2);
}
