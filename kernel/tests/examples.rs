//! Every example of every function gives what its page says.

use std::sync::Arc;

use weft::backend::{CellIo, InputError, Stdio};
use weft::interpreter::{Interpreter, Run, Shown, ShownKind};
use weft::mime::MimeBundle;
use weft::output::{self, Format, Output};
use weft_core::CancelToken;

/// Nobody listens.
pub(crate) struct Silence;

impl CellIo for Silence {
    fn stream(&self, _: Stdio, _: &str) {}
    fn display(&self, _: &MimeBundle, _: Option<&str>) {}
    fn update_display(&self, _: &MimeBundle, _: &str) {}
    fn clear_output(&self, _: bool) {}
    fn input(&self, _: &str, _: bool) -> Result<String, InputError> {
        Err(InputError::NotAllowed)
    }
    fn page(&self, _: &MimeBundle) {}
    fn replace_cell(&self, _: &str) {}
    fn shows_progress(&self) -> bool {
        false
    }
}

/// What an example shows: the value, or the rows without header and frame.
fn result(interpreter: &Interpreter, code: &str) -> Result<String, String> {
    let io: Arc<dyn CellIo> = Arc::new(Silence);
    let cancel = CancelToken::new();
    let run = interpreter.cell(code, 0, &io, &cancel);
    let shown = run.run().map_err(|failure| failure.report(code).evalue)?.ok_or("shows nothing")?;
    printed(&run, &shown).map_err(|failure| failure.report(code).evalue)
}

fn printed(run: &Run<'_>, shown: &Shown) -> Result<String, weft::interpreter::Failure> {
    let mut out = Vec::new();
    match &shown.kind {
        ShownKind::Value(ty, value) => output::scalar(Format::Text, ty, value, &mut out).unwrap(),
        ShownKind::Table(plan) => {
            let whole = run.whole(plan, shown.span)?;
            let chunks = whole.partition.chunks().unwrap();
            if let ([field], [chunk]) = (plan.schema().fields(), chunks)
                && chunk.rows() == 1
            {
                let value = chunk.clone().compact().unwrap().column(0).unwrap().value(0).unwrap();
                output::scalar(Format::Text, &field.ty, &value, &mut out).unwrap();
            } else {
                let mut csv = Output::new(Format::Csv, plan.schema(), &mut out).unwrap();
                chunks.iter().for_each(|chunk| csv.write(chunk).unwrap());
                csv.finish().unwrap();
            }
        }
        ShownKind::Page(bundle) => return Ok(bundle.text().unwrap().to_owned()),
    }
    Ok(String::from_utf8(out).unwrap().trim_end().to_owned())
}

#[test]
fn every_example_of_every_function_gives_what_its_page_says() {
    let interpreter = Interpreter::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../notebooks"), &[]).unwrap();
    let mut wrong = Vec::new();
    let mut ran = 0;
    for info in interpreter.session().registry().infos() {
        // `inline_table` is how plans write table literals down: nobody calls it.
        if info.examples.is_empty() && info.name != "inline_table" {
            wrong.push(format!("{}: no example", info.name));
        }
        for example in info.examples {
            ran += 1;
            let got = result(&interpreter, example.code).unwrap_or_else(|error| format!("error: {error}"));
            if got != example.result {
                wrong.push(format!("{}: {}\n  says {}\n  gives {got}", info.name, example.code, example.result));
            }
        }
    }
    assert!(ran > 100, "{ran}");
    assert!(wrong.is_empty(), "{} of {ran} examples are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
