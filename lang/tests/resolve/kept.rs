//! Cells and what they resolve to, kept beside them. `UPDATE_EXPECT=1` writes the files anew; read the difference.

use std::fmt::Write as _;

use weft_lang::diagnostics::render_plain;
use weft_lang::resolve::{Action, ActionKind, check};
use weft_plan::catalog::Binding;
use weft_plan::explain::explain;

use super::toys::Session;
use crate::files;

/// Cells of a file stand apart by lines of `---`.
fn compare(folder: &str, show: impl Fn(&str) -> String) {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let files = files(folder, "weft");
    assert!(!files.is_empty());
    for (path, text) in files {
        let shown: Vec<String> = text.split("---\n").map(|cell| format!("{cell}=>\n{}", show(cell))).collect();
        let shown = shown.join("\n");
        let beside = path.with_extension("txt");
        if update {
            std::fs::write(&beside, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(shown, expected, "{}", path.display());
    }
}

/// What a cell does, or its errors, run against a fresh session.
fn run(cell: &str) -> String {
    let mut session = Session::new();
    let checked = check(cell, 1, &session);
    let mut out = render_plain(cell, &checked.diagnostics);
    if checked.has_errors() {
        return out;
    }
    for step in &checked.steps {
        match step.actions(&session) {
            Ok(actions) => {
                for action in actions {
                    session.carry_out(&action);
                    write_action(&mut out, &action);
                }
            }
            Err(diagnostics) => out.push_str(&render_plain(cell, &diagnostics)),
        }
    }
    out
}

fn write_action(out: &mut String, action: &Action) {
    let text = match &action.kind {
        ActionKind::Bind { name, binding: Binding::Table(plan) } => format!("bind {name}\n{}", explain(plan)),
        ActionKind::Bind { name, binding: Binding::Scalar(ty, value) } => format!("bind {name} = {value} ({ty})"),
        ActionKind::Show { plan, rows, result } => {
            let columns: Vec<String> = plan.schema().fields().iter().map(|f| format!("{}: {}", f.name, f.ty)).collect();
            let what = if *result { "result" } else { "show" };
            let rows = rows.map_or(String::new(), |n| format!(" {n}"));
            format!("{what}{rows} ({})\n{}", columns.join(", "), explain(plan))
        }
        ActionKind::Value { ty, value, .. } => format!("value {value} ({ty})"),
        ActionKind::Explain { plan, analyze } => format!("explain analyze={analyze}\n{}", explain(plan)),
        ActionKind::Set { name, value } => format!("set {name} = {value}"),
        ActionKind::Print { text, stderr } => format!("print stderr={stderr} {text:?}"),
        ActionKind::Help { topic } => format!("help {topic:?}"),
        ActionKind::ReplaceCell { text } => format!("replace {text:?}"),
        ActionKind::Clear => "clear".to_owned(),
    };
    writeln!(out, "{text}").unwrap();
}

#[test]
fn cells_resolve_to_the_plans_kept_beside_them() {
    compare("plans", run);
}

#[test]
fn wrong_cells_show_what_is_kept_beside_them() {
    compare("unresolved", |cell| {
        let session = Session::new();
        let checked = check(cell, 1, &session);
        render_plain(cell, &checked.diagnostics)
    });
}
