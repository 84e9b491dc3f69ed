//! Diagnostics for terminals: ariadne's pictures with colours.

use ariadne::{Color, Config, IndexType, Label as Mark, Report, ReportKind, Source};

use super::text::{visible, visible_same_length};
use super::{Diagnostic, Severity, render_plain};
use crate::Span;

/// What is said to hold the place: the reader sees which cell it is.
const PLACE: &str = "cell";

/// A place as ariadne takes it.
type Place = (&'static str, std::ops::Range<usize>);

/// Ariadne's own colours are made for dark grounds: source text takes the reader's, help and note the theme's.
const COLORS: [(&str, &str); 2] = [("\x1b[38;5;249m", "\x1b[39m"), ("\x1b[38;5;115m", "\x1b[36m")];

/// Cells longer than this are shown by lines alone, because the picture's cost grows with the text.
const MAX_PICTURE: usize = 100_000;

/// Cells with longer lines, in bytes, too: the picture shows lines whole.
const MAX_LINE: usize = 1_000;

/// A longer help, in characters, gets a line of its own instead of standing under the place.
const SHORT_HELP: usize = 60;

/// Renders diagnostics for a terminal, with colours. `text` is the cell their spans point into.
#[must_use]
pub fn render_ansi(text: &str, diagnostics: &[Diagnostic]) -> String {
    if text.len() > MAX_PICTURE || text.lines().any(|line| line.len() > MAX_LINE) {
        return render_plain(text, diagnostics);
    }
    let shown = visible_same_length(text);
    let mut out = Vec::new();
    for diagnostic in diagnostics {
        let written = report(&shown, diagnostic).write((PLACE, Source::from(shown.as_str())), &mut out);
        if written.is_err() {
            out.extend(render_plain(text, std::slice::from_ref(diagnostic)).into_bytes());
        }
    }
    let mut out = String::from_utf8_lossy(&out).into_owned();
    for (theirs, ours) in COLORS {
        out = out.replace(theirs, ours);
    }
    out
}

fn report<'a>(text: &str, diagnostic: &'a Diagnostic) -> Report<'a, Place> {
    let color = match diagnostic.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Hint => Color::Cyan,
    };
    let kind = ReportKind::Custom(diagnostic.severity.as_str(), color);
    let mut report = Report::build(kind, place(text, diagnostic.span()))
        .with_config(Config::default().with_index_type(IndexType::Byte))
        .with_code(diagnostic.code)
        .with_message(visible(&diagnostic.message));
    let mut help = diagnostic.help.as_deref();
    for label in &diagnostic.labels {
        let mark = Mark::new(place(text, label.span))
            .with_color(if label.primary { color } else { Color::Blue })
            .with_order(i32::from(!label.primary));
        let remark = match label.text.as_str() {
            "" => help.take_if(|help| help.chars().count() <= SHORT_HELP).unwrap_or("here"),
            text => text,
        };
        report = report.with_label(mark.with_message(visible(remark)));
    }
    if let Some(help) = help {
        report = report.with_help(visible(help));
    }
    for fix in diagnostic.untold_fixes() {
        report = report.with_note(visible(&fix.title));
    }
    report.finish()
}

/// A range on character boundaries inside the text: ariadne panics on others.
fn place(text: &str, span: Span) -> Place {
    (PLACE, span.clamped(text).range())
}
