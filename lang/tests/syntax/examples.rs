//! Every example of the language's design parses without a diagnostic.

use weft_lang::syntax::parse;

use super::files;

#[test]
fn examples_parse_without_diagnostics() {
    let examples = files("examples", "weft");
    assert_eq!(examples.len(), 15);
    for (path, text) in examples {
        let (cell, diagnostics) = parse(&text);
        assert_eq!(diagnostics, [], "{}", path.display());
        assert!(!cell.stmts.is_empty(), "{}", path.display());
    }
}

#[test]
fn spans_of_statements_cover_their_text() {
    for (path, text) in files("examples", "weft") {
        let (cell, _) = parse(&text);
        let mut end = 0;
        for stmt in &cell.stmts {
            assert!(stmt.span.start >= end, "{}", path.display());
            assert!(!stmt.span.of(&text).is_empty());
            end = stmt.span.end;
        }
        assert_eq!(text[end..].trim(), "", "{}", path.display());
    }
}

#[test]
fn comments_are_kept_with_their_places() {
    let text = "# one\nt # two\n| take 1";
    let (cell, _) = parse(text);
    let found: Vec<(&str, bool)> = cell.comments.iter().map(|comment| (comment.span.of(text), comment.own_line)).collect();
    assert_eq!(found, [("# one", true), ("# two", false)]);
}

#[test]
fn directives_leave_the_rest_alone() {
    let text = "%%sql  -q \nselect 'x";
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics, []);
    let directive = cell.directive.unwrap();
    assert_eq!((directive.name.text.as_str(), directive.args.as_str()), ("sql", "-q"));
    assert_eq!(directive.body.of(text), "select 'x");
}
