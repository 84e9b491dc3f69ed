//! Diagnostics as HTML: inline styles only, everything from the cell escaped.

use std::fmt::Write as _;

use super::text::{line_at, visible};
use super::{Diagnostic, Label, Severity};

/// Renders diagnostics as one HTML fragment. `text` is the cell their spans point into.
#[must_use]
pub fn render_html(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::from("<div style=\"font-family:monospace;text-align:left\">");
    for diagnostic in diagnostics {
        // Writing to a string does not fail.
        let _ = write_one(&mut out, text, diagnostic);
    }
    out.push_str("</div>");
    out
}

const fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#c62828",
        Severity::Warning => "#b26a00",
        Severity::Hint => "#00707a",
    }
}

fn write_one(out: &mut String, text: &str, diagnostic: &Diagnostic) -> std::fmt::Result {
    let color = color(diagnostic.severity);
    write!(
        out,
        "<div style=\"margin:0 0 0.8em 0;padding-left:0.6em;border-left:3px solid {color}\">\
         <div><span style=\"color:{color};font-weight:bold\">{} {}</span> {}</div>",
        diagnostic.severity.as_str(),
        diagnostic.code,
        escaped(&diagnostic.message)
    )?;
    for label in &diagnostic.labels {
        write_label(out, text, label, color)?;
    }
    if let Some(help) = &diagnostic.help {
        write!(out, "<div><b>help</b> {}</div>", escaped(help))?;
    }
    for fix in diagnostic.untold_fixes() {
        write!(out, "<div><b>fix</b> {}</div>", escaped(&fix.title))?;
    }
    out.push_str("</div>");
    Ok(())
}

/// Longest part of a line that is shown on each side of the label, in characters.
const CONTEXT: usize = 200;

fn write_label(out: &mut String, text: &str, label: &Label, color: &str) -> std::fmt::Result {
    let span = label.span.clamped(text);
    let line = line_at(text, span.start);
    let (from, to) = line.part(span);
    let before = line.text.get(..from).unwrap_or_default();
    let before: String = before.chars().skip(before.chars().count().saturating_sub(CONTEXT)).collect();
    let marked: String = line.text.get(from..to).unwrap_or_default().chars().take(CONTEXT).collect();
    let after: String = line.text.get(to..).unwrap_or_default().chars().take(CONTEXT).collect();
    let marked = if marked.is_empty() { "\u{2038}".to_owned() } else { escaped(&marked) };
    let color = if label.primary { color } else { "#1565c0" };
    write!(
        out,
        "<div style=\"white-space:pre-wrap\"><span style=\"opacity:0.5\">{:>4} | </span>{}\
         <span style=\"color:{color};text-decoration:underline wavy {color}\">{marked}</span>{}\
         <span style=\"color:{color}\">{}{}</span></div>",
        line.number,
        escaped(&before),
        escaped(&after),
        if label.text.is_empty() { "" } else { "  " },
        escaped(&label.text)
    )
}

/// Text that stays text in HTML, in elements and attributes alike.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
