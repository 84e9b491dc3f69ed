//! Broken input is answered with an error that names the file, and the session goes on.

use std::io::{Seek, SeekFrom, Write};

use weft_core::Error;
use weft_core::error::ErrorKind;

use crate::support::{Bench, batch, write_parquet};

fn assert_names(error: &Error, kinds: &[ErrorKind], file: &str) {
    assert!(kinds.contains(&error.kind()), "{:?}: {error}", error.kind());
    let told = std::iter::once(error.message()).chain(error.context().iter().map(String::as_str)).any(|t| t.contains(file));
    assert!(told, "`{file}` is not named: {error:?}");
}

fn good_file(bench: &Bench, name: &str) -> std::path::PathBuf {
    let path = bench.path(name);
    write_parquet(&path, &batch(0, 10_000), 1_000, 100);
    path
}

#[test]
fn truncated_parquet_is_named() {
    let bench = Bench::new();
    let path = good_file(&bench, "whole.parquet");
    let bytes = std::fs::read(path).unwrap();
    for length in [0, 3, 4, 8, 11, 12, bytes.len() / 2, bytes.len() - 1, bytes.len() - 8] {
        std::fs::write(bench.path("cut.parquet"), &bytes[..length]).unwrap();
        let error = bench.parquet("cut.parquet").expect_err(&format!("{length} bytes are no file"));
        assert_names(&error, &[ErrorKind::Format], "cut.parquet");
    }
    bench.assert_well();
}

#[test]
fn damaged_pages_are_an_error_of_the_query() {
    let bench = Bench::new();
    let path = good_file(&bench, "bad.parquet");
    let plan = bench.parquet("bad.parquet").unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4)).unwrap();
    file.write_all(&[0xff; 4_000]).unwrap();
    drop(file);
    let error = bench.run(&plan).unwrap_err();
    assert_names(&error, &[ErrorKind::Format, ErrorKind::Io], "bad.parquet");
    bench.assert_well();
}

#[test]
fn files_that_go_or_shrink_after_they_were_opened_are_named() {
    let bench = Bench::new();
    let path = good_file(&bench, "gone.parquet");
    let plan = bench.parquet("gone.parquet").unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_names(&bench.run(&plan).unwrap_err(), &[ErrorKind::Io], "gone.parquet");

    let path = good_file(&bench, "short.parquet");
    let plan = bench.parquet("short.parquet").unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(5_000).unwrap();
    assert_names(&bench.run(&plan).unwrap_err(), &[ErrorKind::Format, ErrorKind::Io], "short.parquet");
    bench.assert_well();
}

#[test]
fn ragged_csv_names_file_and_line() {
    let bench = Bench::new();
    let mut text = String::from("a,b\n");
    for i in 0..5_000 {
        text += &format!("{i},{}\n", i * 2);
    }
    text += "1,2,3\n";
    std::fs::write(bench.path("ragged.csv"), &text).unwrap();
    let plan = bench.csv("ragged.csv").unwrap();
    let error = bench.run(&plan).unwrap_err();
    assert_names(&error, &[ErrorKind::Format], "ragged.csv");
    assert!(format!("{error:?} {error}").contains("5002"), "the line is not told: {error:?}");
    bench.assert_well();
}

#[test]
fn values_of_another_type_name_file_and_text() {
    let bench = Bench::new();
    let numbers: String = (0..3_000).map(|i| format!("{i}\n")).collect();
    std::fs::write(bench.path("odd.csv"), format!("n\n{numbers}three\n")).unwrap();
    let error = bench.run(&bench.csv("odd.csv").unwrap()).unwrap_err();
    assert_names(&error, &[ErrorKind::Format, ErrorKind::Value], "odd.csv");
    assert!(format!("{error:?}").contains("three"), "{error:?}");
    bench.assert_well();
}

#[test]
fn missing_files_and_folders_are_named() {
    let bench = Bench::new();
    good_file(&bench, "trips.parquet");
    for function in ["read_parquet", "read_csv"] {
        let open = |path: &str| bench.open(function, &[("path", weft_core::Value::string(path))]).unwrap_err();
        for missing in ["trip.parquet", "nowhere/trips.parquet", "*.nothing"] {
            assert_names(&open(missing), &[ErrorKind::Io, ErrorKind::NotFound], missing);
        }
        std::fs::create_dir_all(bench.path("empty folder")).unwrap();
        assert_names(&open("empty folder"), &[ErrorKind::Io, ErrorKind::NotFound], "empty folder");
    }
    let error = bench.parquet("trip.parquet").unwrap_err();
    assert!(error.help().is_some_and(|h| h.contains("trips.parquet")), "no neighbour is offered: {:?}", error.help());
    bench.assert_well();
}

#[test]
fn a_folder_named_like_a_file_is_no_file() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("folder.parquet")).unwrap();
    assert_names(&bench.parquet("folder.parquet").unwrap_err(), &[ErrorKind::Io, ErrorKind::NotFound], "folder.parquet");
    std::fs::create_dir_all(bench.path("folder.csv")).unwrap();
    assert_names(&bench.csv("folder.csv").unwrap_err(), &[ErrorKind::Io, ErrorKind::NotFound], "folder.csv");
    bench.assert_well();
}

#[test]
fn one_bad_file_of_many_is_the_one_that_is_named() {
    let bench = Bench::new();
    for i in 0..5 {
        good_file(&bench, &format!("part-{i}.parquet"));
    }
    std::fs::write(bench.path("part-3.parquet"), b"PAR1 this is no Parquet PAR1").unwrap();
    let error = bench.parquet("part-*.parquet").and_then(|plan| bench.run(&plan).map(drop)).unwrap_err();
    assert_names(&error, &[ErrorKind::Format], "part-3.parquet");
    bench.assert_well();
}

#[test]
fn binary_garbage_is_refused() {
    let bench = Bench::new();
    let noise: Vec<u8> = (0u32..50_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(bench.path("noise.parquet"), &noise).unwrap();
    assert_names(&bench.parquet("noise.parquet").unwrap_err(), &[ErrorKind::Format], "noise.parquet");
    std::fs::write(bench.path("noise.csv"), &noise).unwrap();
    if let Err(error) = bench.csv("noise.csv").and_then(|plan| bench.run(&plan).map(drop)) {
        assert_names(&error, &[ErrorKind::Format], "noise.csv");
    }
    bench.assert_well();
}
