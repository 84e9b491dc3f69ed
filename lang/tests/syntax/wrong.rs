//! Wrong cells: what each shows is kept beside it. `UPDATE_EXPECT=1` writes the files anew; read the difference.

use weft_lang::diagnostics::render_plain;
use weft_lang::syntax::parse;

use super::files;

#[test]
fn wrong_cells_show_what_is_kept_beside_them() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let cells = files("wrong", "weft");
    assert!(cells.len() >= 12);
    for (path, text) in cells {
        let (_, diagnostics) = parse(&text);
        let shown = render_plain(&text, &diagnostics);
        let beside = path.with_extension("txt");
        if update {
            std::fs::write(&beside, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(shown, expected, "{}", path.display());
    }
}

#[test]
fn each_broken_stage_is_an_error_of_its_own() {
    let (cell, diagnostics) = parse("t\n| where >\n| take 3\n| sort ,\n| select a");
    assert_eq!(diagnostics.len(), 2);
    let weft_lang::syntax::StmtKind::Pipe(pipe) = &cell.stmts[0].kind else { panic!("a pipe") };
    let errors: Vec<bool> = pipe.stages.iter().map(|stage| stage.core == weft_lang::syntax::Core::Error).collect();
    assert_eq!(errors, [true, false, true, false]);
    assert_eq!(pipe.stages[0].verb.text, "where");
}

#[test]
fn fixes_mend_the_cell() {
    for (text, mended) in [
        ("t | where a = 1", "t | where a == 1"),
        ("t | where a && b", "t | where a and b"),
        ("t | where x in (1, 2)", "t | where x in [1, 2]"),
        ("t | derive a: 1", "t | derive a = 1"),
        ("t | derive y = a ?? 0 + b", "t | derive y = (a ?? 0) + b"),
        ("f(header = true)", "f(header : true)"),
        ("t | agg { n = count(*) }", "t | agg { n = count() }"),
        ("t | filter x", "t | where x"),
        ("t where x", "t | where x"),
        ("t | join $u on k", "t | join u on k"),
        ("t | join outer u on k", "t | join full u on k"),
        ("t | join left outer u on k", "t | join left u on k"),
        ("t | where f(x", "t | where f(x)"),
        ("x > 1m", "x > 1min"),
    ] {
        let (_, diagnostics) = parse(text);
        assert_eq!(diagnostics.len(), 1, "{text}");
        let fix = &diagnostics[0].fixes[0];
        let mut fixed = text.to_owned();
        fixed.replace_range(fix.span.range(), &fix.replacement);
        assert_eq!(fixed, mended);
        assert_eq!(parse(&fixed).1, [], "{fixed}");
    }
}
