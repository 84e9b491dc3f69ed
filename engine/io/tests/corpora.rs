//! Files that others wrote, where `WEFT_CORPORA` says they are: each is read, or refused by name.

use std::path::{Path, PathBuf};

use weft_core::Value;

use crate::support::{Scan, open_in, run};

/// The folder of `name`, where the corpora are at hand.
pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(&std::env::var_os("WEFT_CORPORA")?).join(name);
    assert!(folder.is_dir(), "WEFT_CORPORA is set, but {folder:?} is no folder");
    Some(folder)
}

pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn parquet_files_of_others_are_read_or_refused_by_name() {
    let mut refused = Vec::new();
    let mut read = 0;
    for name in ["parquet-testing", "arrow-testing"] {
        let Some(folder) = corpus(name) else { return };
        for path in files(&folder, "parquet").into_iter().chain(files(&folder, "encrypted")) {
            let file = Value::string(path.to_str().unwrap());
            let result = open_in(&folder, "read_parquet", &[("path", file)]).and_then(|s| run(&*s, &Scan::default()));
            match result {
                Ok(_) => read += 1,
                Err(error) => {
                    let name = path.file_name().unwrap().to_str().unwrap();
                    assert!(error.to_string().contains(name), "{name}: {error}");
                    refused.push(format!("{name}: {error}"));
                }
            }
        }
    }
    println!("{read} read\n{}", refused.join("\n"));
    assert!(read > 40, "{read} read, refused:\n{}", refused.join("\n"));
}
