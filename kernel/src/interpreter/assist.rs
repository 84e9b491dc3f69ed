//! Completion and inspection: the language over the session as it is now. Nothing is run for them.

use std::path::Path;
use std::sync::Arc;

use weft_core::registry::TableFunctionRef;
use weft_core::{CancelToken, Error, Expr, Registry, Result, Schema, Settings, Value};
use weft_lang::complete::complete;
use weft_lang::inspect::inspect;
use weft_lang::resolve::Environment;
use weft_lang::{Around, Entry};
use weft_plan::LogicalPlan;
use weft_session::{Catalog, Session};

use super::help;
use crate::backend::{Candidate, Completion};
use crate::mime::MimeBundle;

/// More entries of a folder help nobody.
const MOST_ENTRIES: usize = 1000;

/// What could stand at a byte offset of a cell.
pub(super) fn completion(session: &Session, code: &str, cursor: usize) -> Completion {
    let looking = Looking::new(session);
    let list = |folder: &str| entries(session.working_dir(), folder);
    let found = complete(code, cursor, &Around { env: &looking, list: &list });
    let items = found.items.into_iter().map(|item| Candidate {
        text: item.text,
        kind: item.kind.as_str().to_owned(),
        signature: item.detail,
    });
    Completion { start: found.start, end: found.end, items: items.collect() }
}

/// What stands at a byte offset of a cell.
pub(super) fn inspection(session: &Session, code: &str, cursor: usize, detail: bool) -> Option<MimeBundle> {
    let looking = Looking::new(session);
    let list = |folder: &str| entries(session.working_dir(), folder);
    inspect(code, cursor, &Around { env: &looking, list: &list }, detail).map(|page| help::bundle(&page))
}

/// The entries of a folder; none of one that cannot be read. Names that are no text are left out.
fn entries(working_dir: &str, folder: &str) -> Vec<Entry> {
    let Ok(found) = std::fs::read_dir(Path::new(working_dir).join(folder)) else { return Vec::new() };
    let entry = |entry: std::fs::DirEntry| {
        let is_folder = entry.path().is_dir();
        entry.file_name().into_string().ok().map(|name| Entry { name, is_folder })
    };
    found.flatten().filter_map(entry).take(MOST_ENTRIES).collect()
}

/// The session to look at only: sources are opened for their columns, no query runs, nobody is asked.
struct Looking<'a> {
    session: &'a Session,
    cancel: CancelToken,
}

impl<'a> Looking<'a> {
    fn new(session: &'a Session) -> Self {
        Looking { session, cancel: CancelToken::new() }
    }
}

impl Environment for Looking<'_> {
    fn registry(&self) -> &Registry {
        self.session.registry()
    }

    fn settings(&self) -> Arc<Settings> {
        self.session.settings()
    }

    fn catalog(&self) -> Arc<Catalog> {
        self.session.catalog()
    }

    fn open(&self, function: &TableFunctionRef, args: Vec<Value>) -> Result<LogicalPlan> {
        self.session.open(function, &args, &self.cancel)
    }

    fn table(&self, schema: Schema, rows: Vec<Vec<Value>>) -> Result<LogicalPlan> {
        self.session.table(schema, &rows)
    }

    fn evaluate(&self, expr: &Expr) -> Result<Value> {
        self.session.evaluate(expr, &self.cancel)
    }

    fn rows(&self, _: &LogicalPlan, _: usize) -> Result<Vec<Vec<Value>>> {
        Err(Error::unsupported("no query runs while a cell is typed"))
    }

    fn input(&self, _: &str, _: bool) -> Result<String> {
        Err(Error::unsupported("nobody is asked while a cell is typed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        let session = Session::new(env!("CARGO_MANIFEST_DIR"));
        completion(&session, code, code.len()).items.into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn verbs_columns_and_files_of_a_real_session() {
        assert_eq!(texts("range(3) | unl"), ["unless"]);
        assert_eq!(texts("range(3) | derive double = id * 2 | where dou"), ["double"]);
        assert_eq!(texts("tpch(\"lineitem\", scale: 0.01) | select l_ship"), ["l_shipdate", "l_shipinstruct", "l_shipmode"]);
        assert_eq!(texts("read_csv(\"Cargo"), ["Cargo.toml"]);
        assert_eq!(texts("read_csv(\"s"), ["src/"]);
        assert_eq!(texts("read_csv(\"x.csv\", head"), ["header: "]);
    }

    #[test]
    fn candidates_carry_kinds_and_types() {
        let session = Session::new(".");
        let found = completion(&session, "range(3) | where ", 17);
        let first = found.items.first().unwrap();
        assert_eq!((first.text.as_str(), first.kind.as_str(), first.signature.as_str()), ("id", "column", "int"));
    }

    #[test]
    fn inspection_has_text_and_html() {
        let session = Session::new(".");
        let bundle = inspection(&session, "range(3) | where id > 1", 18, false).unwrap();
        assert_eq!(bundle.text(), Some("id\n\nColumn: int, never null"));
        assert!(bundle.data.contains_key("text/html"));
    }
}
