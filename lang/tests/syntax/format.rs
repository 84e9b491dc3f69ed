//! The formatter over all cells of the repository's documents, specs and notebooks.

use std::path::Path;

use weft_lang::format::format;
use weft_lang::syntax::{lex, parse};

/// They are laid out the same a second time. A cell that lost a token would be given back with its first empty lines.
#[test]
fn every_cell_of_the_repository() {
    let cells = corpus();
    assert!(cells.len() > 130, "{}", cells.len());
    for text in cells.iter().filter(|text| parse(text).1.is_empty() && !text.starts_with("%%")) {
        let formatted = format(&format!("\n\n{text}")).unwrap();
        assert!(!formatted.starts_with('\n'), "{text}");
        assert_eq!(format(&formatted).as_deref(), Ok(&*formatted), "{text}\n\nbecame\n\n{formatted}");
        assert!(formatted.lines().all(|line| !line.ends_with(' ') || text.contains("\"\"\"")), "{formatted}");
    }
}

/// The same with every token on a line of its own, and with a comment behind every token.
#[test]
fn torn_cells() {
    let mut torn = 0;
    for text in corpus() {
        for between in ["\n      ", "  # note\n      ", "\n      # note\n      "] {
            let lexed = lex(&text);
            let words: Vec<&str> = lexed.tokens.iter().map(|token| token.span.of(&text)).collect();
            let text = words.join(between);
            let Ok(formatted) = format(&text) else { continue };
            torn += 1;
            assert!(words.len() < 6 || !between.trim().is_empty() || formatted.lines().count() < text.lines().count(), "{text}");
            assert_eq!(format(&formatted).as_deref(), Ok(&*formatted), "{text}");
            assert!(between.trim().is_empty() || formatted.matches("# note").count() + 1 == words.len(), "{text}");
        }
    }
    assert!(torn > 200, "{torn}");
}

fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cells = Vec::new();
    for folder in ["", "tests/specs", "tests/tpch", "notebooks", "lang/tests/examples", "lang/tests/plans"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            cells.extend(cells_of(&path));
        }
    }
    cells
}

fn cells_of(path: &Path) -> Vec<String> {
    let text = || std::fs::read_to_string(path).unwrap();
    match path.extension().and_then(|e| e.to_str()) {
        Some("weft") => vec![text()],
        Some("md") => text().split("```weft\n").skip(1).filter_map(|rest| Some(rest.split("\n```").next()?.to_owned())).collect(),
        Some("ipynb") => {
            let notebook: serde_json::Value = serde_json::from_str(&text()).unwrap();
            let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
            let lines = |cell: &serde_json::Value| match &cell["source"] {
                serde_json::Value::String(source) => source.clone(),
                lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
            };
            cells.map(lines).collect()
        }
        _ => Vec::new(),
    }
}
