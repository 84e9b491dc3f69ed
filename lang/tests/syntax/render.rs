//! Renderers: colours, plain text, HTML; hostile text stays text.

use weft_lang::Span;
use weft_lang::diagnostics::{Code, Diagnostic, render_ansi, render_html, render_plain};

fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::error(Code::UNKNOWN_VERB, "unknown <verb>", span).label("this & that").help("did you mean `where`?").fix(
        span,
        "where",
        "write `where`",
    )
}

#[test]
fn plain_text_underlines_the_place() {
    let shown = render_plain("t\n| wher x", &[diagnostic(Span::new(4, 8))]);
    assert_eq!(
        shown,
        "error[E0111]: unknown <verb>\n  2 | | wher x\n    |   ^^^^ this & that (2:3)\n  help: did you mean `where`?\n"
    );
}

#[test]
fn colours_only_in_ansi() {
    let diagnostics = [diagnostic(Span::new(4, 8))];
    let ansi = render_ansi("t\n| wher x", &diagnostics);
    assert!(ansi.contains("\u{1b}[31m") && ansi.contains("E0111") && ansi.contains("this & that"), "{ansi}");
    assert!(!render_plain("t\n| wher x", &diagnostics).contains('\u{1b}'));
}

#[test]
fn html_is_escaped_and_has_no_foreign_style() {
    let text = "<script>alert('x')</script>\u{202e}\u{1b}[31m";
    let html = render_html(text, &[diagnostic(Span::new(0, 8))]);
    assert!(!html.contains("<script") && !html.contains('\u{1b}') && !html.contains('\u{202e}'), "{html}");
    assert!(html.contains("&lt;script&gt;") && html.contains("unknown &lt;verb&gt;"), "{html}");
    assert!(!html.contains("class=") && !html.contains("<style"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = "a \u{1b}[2J \u{202e} b";
    let diagnostics = [diagnostic(Span::new(2, 3))];
    assert!(!render_plain(text, &diagnostics).contains('\u{1b}'));
    assert!(!render_ansi(text, &diagnostics).contains("[2J\u{1b}") && !render_ansi(text, &diagnostics).contains("\u{1b}[2J"));
}

#[test]
fn spans_that_split_characters_or_leave_the_text_are_clamped() {
    let text = "äöü\n→ x";
    for start in 0..=text.len() + 2 {
        for end in start..=text.len() + 3 {
            let diagnostics = [diagnostic(Span::new(start, end)).also(Span::new(end, end + 1), "also")];
            assert!(render_ansi(text, &diagnostics).contains("E0111"));
            assert!(render_plain(text, &diagnostics).contains("E0111"));
            assert!(render_html(text, &diagnostics).contains("E0111"));
        }
    }
    assert!(render_ansi("", &[diagnostic(Span::new(0, 0))]).contains("E0111"));
}
