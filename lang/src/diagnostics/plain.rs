//! Diagnostics as plain text: for files, logs and tests.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::text::{line_at, visible};
use super::{Diagnostic, Label};

/// Renders diagnostics without any control sequence. `text` is the cell their spans point into.
#[must_use]
pub fn render_plain(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for (at, diagnostic) in diagnostics.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        // Writing to a string does not fail.
        let _ = write_one(&mut out, text, diagnostic);
    }
    out
}

fn write_one(out: &mut String, text: &str, diagnostic: &Diagnostic) -> std::fmt::Result {
    let severity = diagnostic.severity.as_str();
    writeln!(out, "{severity}[{}]: {}", diagnostic.code, visible(&diagnostic.message))?;
    for label in &diagnostic.labels {
        write_label(out, text, label)?;
    }
    if let Some(help) = &diagnostic.help {
        writeln!(out, "  help: {}", visible(help))?;
    }
    for fix in diagnostic.untold_fixes() {
        writeln!(out, "  fix: {}", visible(&fix.title))?;
    }
    Ok(())
}

/// Longest part of a line that is shown, in characters on each side of the label.
const CONTEXT: usize = 60;

fn write_label(out: &mut String, text: &str, label: &Label) -> std::fmt::Result {
    let span = label.span.clamped(text);
    let line = line_at(text, span.start);
    let (from, to) = line.part(span);
    let before = tail(line.text.get(..from).unwrap_or_default());
    let marked = head(line.text.get(from..to).unwrap_or_default());
    let after = head(line.text.get(to..).unwrap_or_default());
    let number = line.number.to_string();
    let column = line.text.get(..from).unwrap_or_default().chars().count() + 1;
    let width = number.len();
    let shown = visible(&format!("{before}{marked}{after}"));
    writeln!(out, "  {number} | {}", shown.trim_end())?;
    let blanks = " ".repeat(visible(before).width());
    let sign = if label.primary { "^" } else { "-" };
    let marks = sign.repeat(visible(marked).width().max(1));
    let remark = visible(&label.text);
    let gap = if remark.is_empty() { "" } else { " " };
    writeln!(out, "  {:width$} | {blanks}{marks}{gap}{remark} ({number}:{column})", "")
}

fn head(text: &str) -> &str {
    text.char_indices().nth(CONTEXT).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

fn tail(text: &str) -> &str {
    let skip = text.chars().count().saturating_sub(CONTEXT);
    text.char_indices().nth(skip).map_or("", |(at, _)| text.get(at..).unwrap_or(text))
}
