//! Progress of a query, while it runs.

use std::time::Duration;

use super::temporal::{self, Form};
use super::text::count_text;
use crate::mime::MimeBundle;

/// How far a query is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Work done, in any unit.
    pub done: u64,
    /// All the work, in the same unit, where it is known.
    pub expected: Option<u64>,
    /// Rows that came out of the sources so far.
    pub rows: u64,
    /// Time since the query began.
    pub elapsed: Duration,
}

/// A bar (where the end is known) and a line of text.
pub fn progress(progress: &Progress) -> MimeBundle {
    let percent = percent(progress);
    let rows = format!("{} row{}", count_text(progress.rows), if progress.rows == 1 { "" } else { "s" });
    let words = format!("{rows} · {}", elapsed(progress.elapsed));
    let line = percent.map_or_else(|| words.clone(), |p| format!("{p} % · {words}"));
    MimeBundle::plain(line.clone()).with("text/html", html(percent, &line))
}

/// Hundredths done: 99 until all is done.
fn percent(progress: &Progress) -> Option<u64> {
    let expected = progress.expected.filter(|n| *n > 0)?;
    if progress.done >= expected {
        return Some(100);
    }
    let percent = u128::from(progress.done) * 100 / u128::from(expected);
    Some(percent.min(99) as u64)
}

/// Tenths of seconds below a minute, whole seconds above.
fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{:.1}s", time.as_secs_f64());
    }
    temporal::duration(seconds as i64, weft_core::TimeUnit::Second, Form::Human)
}

fn html(percent: Option<u64>, line: &str) -> String {
    let bar = percent.map_or_else(String::new, |percent| {
        format!(
            "<div style=\"width:20em;height:0.35em;margin-bottom:0.4em;border-radius:0.2em;background:#8884\">\
             <div style=\"width:{percent}%;height:100%;border-radius:0.2em;background:#3f7fd0\"></div></div>"
        )
    });
    format!(
        "<div style=\"padding:0.4em 0;font-size:0.85em;text-align:left\">{bar}<span style=\"opacity:0.65\">{line}</span></div>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(done: u64, expected: Option<u64>, millis: u64) -> String {
        let state = Progress { done, expected, rows: 1_200_000, elapsed: Duration::from_millis(millis) };
        progress(&state).text().unwrap().to_owned()
    }

    #[test]
    fn the_line_says_what_is_known() {
        assert_eq!(text(3, Some(7), 3_400), "42 % · 1,200,000 rows · 3.4s");
        assert_eq!(text(3, None, 125_000), "1,200,000 rows · 2min 5s");
        assert_eq!(text(7, Some(7), 0), "100 % · 1,200,000 rows · 0.0s");
        assert_eq!(text(u64::MAX - 1, Some(u64::MAX), 0), "99 % · 1,200,000 rows · 0.0s");
    }

    #[test]
    fn the_bar_is_as_long_as_the_work_done() {
        let bundle = progress(&Progress { done: 1, expected: Some(4), rows: 1, elapsed: Duration::ZERO });
        let html = bundle.data["text/html"].as_str().unwrap();
        assert!(html.contains("width:25%") && html.contains("1 row ·"), "{html}");
    }
}
