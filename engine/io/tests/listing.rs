//! `glob`

use weft_core::Value;

use crate::support::{Scan, all, open_in, run, text};

#[test]
fn files_are_listed_with_size_and_time() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    for (name, size) in [("d/b.jpg", 3), ("d/a.jpg", 2), ("c.jpg", 1), ("d/x.txt", 9)] {
        std::fs::write(folder.path().join(name), vec![0; size]).unwrap();
    }
    let open = |p: &str| open_in(folder.path(), "glob", &[("pattern", text(p))]);
    let source = open("**/*.jpg").unwrap();
    let scanned = run(&*source, &Scan { columns: Some(vec![1, 2]), chunk_rows: Some(2), ..Scan::default() }).unwrap();
    let row = |name: &str, size| vec![text(name), Value::Int(size)];
    assert_eq!(scanned.values(), [row("c.jpg", 1), row("a.jpg", 2), row("b.jpg", 3)]);
    assert_eq!(scanned.tasks.len(), 2);
    let first = all(&*source).values().swap_remove(0);
    assert_eq!(first[0], text("c.jpg"));
    let absolute = all(&*open(folder.path().join("*.jpg").to_str().unwrap()).unwrap()).values().swap_remove(0);
    assert_eq!(absolute[0], text(folder.path().join("c.jpg").to_str().unwrap()));
    assert!(matches!(first[3], Value::Timestamp(micros) if micros > 1_500_000_000_000_000));
    assert_eq!(run(&*source, &Scan { limit: Some(1), ..Scan::default() }).unwrap().rows(), 1);
    assert_eq!(all(&*open("d").unwrap()).rows(), 3);
    assert_eq!(source.validator(), None);
    let error = open("d/*.png").unwrap_err();
    assert!(error.message().starts_with("no file matches"), "{error}");
    assert!(open("e/*.png").unwrap_err().help().unwrap().contains("`d`"));
}
