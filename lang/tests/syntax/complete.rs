//! Whether a cell is complete.

use weft_lang::syntax::{Completeness, is_complete};

fn incomplete(indent: &str) -> Completeness {
    Completeness::Incomplete { indent: indent.to_owned() }
}

#[test]
fn complete_cells() {
    for text in [
        "",
        "1 + 1",
        "t\n| take 1",
        "t | select *",
        "# only a comment",
        "%%sql\nselect (",
        "f(\n1)",
        "t | describe",
        "t | distinct",
    ] {
        assert_eq!(is_complete(text), Completeness::Complete, "{text}");
    }
}

#[test]
fn more_must_follow() {
    for text in ["t |", "a +", "a and", "let x =", "t | select a,", "if a then", "t | where not", "t | where", "t\n| group"] {
        assert_eq!(is_complete(text), incomplete("  "), "{text}");
    }
    assert_eq!(is_complete("t | group k {"), incomplete("  "));
    assert_eq!(is_complete("t\n  | agg {\n    n = count(),"), incomplete("    "));
    assert_eq!(is_complete("x = \"\"\"abc\n"), incomplete(""));
}

#[test]
fn wrong_cells_are_invalid() {
    for text in ["t | where )", "a b", "\"never closed", "t | flubber"] {
        assert_eq!(is_complete(text), Completeness::Invalid, "{text}");
    }
}
