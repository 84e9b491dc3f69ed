//! A toy language: each line of a cell is a command. It drives everything a cell can do.

use std::sync::Arc;
use std::time::{Duration, Instant};
use weft::backend::{Backend, Candidate, Cell, CellIo, Completeness, Completion, ErrorReport, LanguageInfo, Outcome, Stdio};
use weft::mime::MimeBundle;
use weft::progress::Progress;
use weft_core::CancelToken;

/// The echo language.
pub(crate) struct Echo;

impl Backend for Echo {
    fn info(&self) -> LanguageInfo {
        LanguageInfo {
            name: "echo".into(),
            version: "1".into(),
            mimetype: "text/x-echo".into(),
            file_extension: ".echo".into(),
            pygments_lexer: None,
            codemirror_mode: None,
            banner: "Echo".into(),
            help_links: vec![("Help".into(), "https://example.org".into())],
        }
    }

    fn execute(&self, cell: &Cell, io: &Arc<dyn CellIo>, cancel: &CancelToken) -> Result<Outcome, ErrorReport> {
        let mut result = None;
        for line in cell.code.lines() {
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            match command {
                "out" => io.stream(Stdio::Stdout, &format!("{rest}\n")),
                "err" => io.stream(Stdio::Stderr, &format!("{rest}\n")),
                "lines" => lines(rest.parse().unwrap(), io, cancel)?,
                "pause" => std::thread::sleep(Duration::from_millis(rest.parse().unwrap())),
                "spin" => spin(Duration::from_millis(rest.parse().unwrap()), cancel)?,
                "show" => io.display(&MimeBundle::plain(rest), Some("d1")),
                "update" => io.update_display(&MimeBundle::plain(rest), "d1"),
                "clear" => io.clear_output(rest == "wait"),
                "page" => io.page(&MimeBundle::plain(rest)),
                "ask" => result = Some(MimeBundle::plain(io.input(rest, false)?)),
                "secret" => result = Some(MimeBundle::plain(io.input(rest, true)?)),
                "progress" => progress(Duration::from_millis(rest.parse().unwrap()), io),
                "fail" => return Err(ErrorReport::new("EchoError", rest)),
                "panic" => panic!("{rest}"),
                "" => (),
                _ => result = Some(MimeBundle::plain(line)),
            }
        }
        Ok(Outcome { result })
    }

    fn evaluate(&self, expression: &str, _: &CancelToken) -> Result<MimeBundle, ErrorReport> {
        match expression {
            "bad" => Err(ErrorReport::new("EchoError", "bad expression")),
            text => Ok(MimeBundle::plain(text)),
        }
    }

    fn complete(&self, code: &str, cursor: usize) -> Completion {
        assert_ne!(code, "panic", "a defect in completion");
        let start = code[..cursor].rfind(' ').map_or(0, |space| space + 1);
        let item = |text: &str| Candidate { text: text.into(), kind: "function".into(), signature: "(x)".into() };
        Completion { start, end: cursor, items: vec![item("echo"), item("echo_all")] }
    }

    fn inspect(&self, code: &str, cursor: usize, detail: bool) -> Option<MimeBundle> {
        let found = code[..cursor].ends_with("echo");
        found.then(|| MimeBundle::plain(if detail { "long help" } else { "help" }))
    }

    fn is_complete(&self, code: &str) -> Completeness {
        match code {
            "open" => Completeness::Incomplete("  ".into()),
            "wrong" => Completeness::Invalid,
            "what" => Completeness::Unknown,
            _ => Completeness::Complete,
        }
    }
}

fn lines(count: usize, io: &Arc<dyn CellIo>, cancel: &CancelToken) -> Result<(), ErrorReport> {
    for number in 0..count {
        if cancel.is_cancelled() {
            return Err(ErrorReport::interrupted());
        }
        io.stream(Stdio::Stdout, &format!("line {number}\n"));
    }
    Ok(())
}

fn spin(time: Duration, cancel: &CancelToken) -> Result<(), ErrorReport> {
    let start = Instant::now();
    while start.elapsed() < time {
        if cancel.is_cancelled() {
            return Err(ErrorReport::interrupted());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn progress(time: Duration, io: &Arc<dyn CellIo>) {
    let progress = Progress::new(Arc::clone(io));
    let start = Instant::now();
    while start.elapsed() < time {
        progress.update(|| MimeBundle::plain("working"));
        std::thread::sleep(Duration::from_millis(5));
    }
    progress.finish(Some(MimeBundle::plain("done")));
}
