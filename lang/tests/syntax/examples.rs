//! Every example of the language's design parses without a diagnostic.

use weft_lang::syntax::parse;

fn examples() -> Vec<(String, String)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/examples");
    #[expect(clippy::disallowed_methods, reason = "tests read their own files")]
    let mut found: Vec<(String, String)> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn examples_parse_without_diagnostics() {
    let examples = examples();
    assert_eq!(examples.len(), 15);
    for (name, text) in examples {
        let (cell, diagnostics) = parse(&text);
        assert_eq!(diagnostics, [], "{name}");
        assert!(!cell.stmts.is_empty(), "{name}");
    }
}
