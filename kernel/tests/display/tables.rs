//! Small tables, to the character.

use super::*;

fn rows() -> Vec<(&'static str, Type, Vec<Value>)> {
    vec![
        ("name", Type::String, vec![Value::string("warp"), Value::Null, Value::string("織物")]),
        ("n", Type::Int64, vec![Value::Int(2), Value::Int(-1300), Value::Null]),
        ("ok", Type::Bool, vec![Value::Bool(true), Value::Bool(false), Value::Null]),
    ]
}

#[test]
fn plain_text_is_aligned_by_width() {
    let expected = "\
name      n  ok
str     int  bool
────  ─────  ─────
warp      2  true
null  -1300  false
織物   null  null
3 rows × 3 columns";
    assert_eq!(show(&rows(), &Options::default()).text().unwrap(), expected);
}

#[test]
fn html_has_names_types_values_and_shape() {
    let bundle = show(&rows(), &Options::default());
    let page = scanner::scan(html(&bundle)).unwrap();
    let words = ["name", "str", "n", "int", "ok", "bool", "warp", "2", "true", "null", "-1300", "false", "織物", "null", "null"];
    assert_eq!(page.words[..words.len()], words);
    assert_eq!(page.words.last().unwrap(), "3 rows × 3 columns");
    // Numbers at the right with their header, texts at the left.
    assert_eq!(html(&bundle).matches("text-align:right").count(), 4);
}

#[test]
fn a_null_looks_other_than_the_text() {
    let bundle = show(&[("t", Type::String, vec![Value::string("null"), Value::Null])], &Options::default());
    assert_eq!(html(&bundle).matches("font-style:italic\">null</span>").count(), 1);
    assert_eq!(html(&bundle).matches("null").count(), 2);
}

#[test]
fn data_goes_with_a_small_table() {
    let bundle = show(&rows(), &Options::default());
    let data = &bundle.data["application/vnd.dataresource+json"];
    assert_eq!(data["schema"]["fields"][1], serde_json::json!({"name": "n", "type": "integer"}));
    assert_eq!(data["data"][1], serde_json::json!({"name": null, "n": -1300, "ok": false}));
}

#[test]
fn every_type_has_its_text() {
    let bundle = show(&every_type(), &Options { text_width: usize::MAX, ..Options::default() });
    let text = bundle.text().unwrap();
    let row = text.lines().nth(3).unwrap();
    for part in [
        "-1234567  true",
        "1234.50",
        "0.1",
        "null",
        "2024-01-31",
        "10:30:00",
        "2024-01-31 10:00:00 ",
        "2024-01-31 11:00:00 +01:00",
        "1h 30min 0.25s",
        "1y 2mo 3d",
        "binary, 1.2 KB",
        "abababab-abab-",
        "[\"warp\", \"weft\"]",
        "{name: \"Ada\", age: 36}",
        "{\"k\": 1}",
        "[0.0, 0.125, 0.25",
        "2 [1.5, 2.0]",
        "image, 240×160 RGB",
    ] {
        assert!(row.contains(part), "{part} in {row}");
    }
    let page = scanner::scan(html(&bundle)).unwrap();
    assert_eq!(page.count("img"), 1);
    assert_eq!(page.count("details"), 1, "the long vector folds");
    assert_eq!(html(&bundle).matches("font-style:italic\">null</span>").count(), 20);
}

#[test]
fn columns_are_left_out_in_the_middle() {
    let names: Vec<String> = (0..9).map(|i| format!("column_{i}")).collect();
    let columns: Vec<_> = names.iter().map(|name| (name.as_str(), Type::Int64, vec![Value::Int(1)])).collect();
    let bundle = show(&columns, &Options { columns: 4, text_width: 24, ..Options::default() });
    let expected = "\
column_0  …  column_8
     int  …       int
────────  ─  ────────
       1  …         1
1 row × 9 columns, 2 columns shown";
    assert_eq!(bundle.text().unwrap(), expected);
    let page = scanner::scan(html(&bundle)).unwrap();
    assert_eq!((page.count("th"), page.count("td")), (5, 5));
    assert!(page.words.contains(&"1 row × 9 columns, 4 columns shown".to_owned()));
}

#[test]
fn long_values_are_cut_and_shown_when_pointed_at() {
    let long = "ab".repeat(300);
    let bundle = show(&[("t", Type::String, vec![Value::string(long.as_str())])], &Options { chars: 10, ..Options::default() });
    assert!(html(&bundle).contains(&format!("<span title=\"{long}\">ababababab…</span>")));
    assert!(bundle.text().unwrap().contains("\nababababab…\n"));
}

#[test]
fn tables_without_rows_or_columns() {
    let bundle = show(&[("t", Type::String, vec![])], &Options::default());
    assert_eq!(bundle.text().unwrap(), "t\nstr\n───\n0 rows × 1 column");
    let none = show(&[], &Options::default());
    assert_eq!(none.text().unwrap(), "0 rows × 0 columns");
    scanner::scan(html(&none)).unwrap();
}

#[test]
fn only_rows_that_count_are_shown() {
    let (schema, chunk) = build(&[("n", Type::Int64, (0..10).map(Value::Int).collect())]);
    let chunk = chunk.with_selection(Some(vec![1u32, 8, 9].into()));
    let chunks = [chunk.clone(), chunk];
    let preview = Preview { schema, chunks: &chunks, shown_rows: 4, total: Total::Unknown };
    let bundle = table(&preview, &Options::default()).unwrap();
    assert_eq!(bundle.text().unwrap(), "  n\nint\n───\n  1\n  8\n  9\n  1\nfirst 4 rows × 1 column; more may follow");
}

#[test]
fn a_table_of_one_picture_is_the_picture() {
    let bundle = show(&[("photo", Type::Image(None), vec![picture(30, 20, 1)])], &Options::default());
    assert_eq!(bundle.text().unwrap(), "image, 30×20 RGB");
    assert!(bundle.data.contains_key("image/png") && !bundle.data.contains_key("text/html"));
    let two = show(&[("photo", Type::Image(None), vec![picture(30, 20, 1), Value::Null])], &Options::default());
    assert!(two.data.contains_key("text/html"));
}
