//! Large tables stay small on the page.

use super::*;

fn wide(rows: usize, columns: usize, value: &Value) -> (Schema, Chunk) {
    let fields = (0..columns).map(|i| Field::new(format!("a column with a long name {i}"), Type::String)).collect();
    let series = (0..columns).map(|_| Series::constant(Type::String, value, rows).unwrap()).collect();
    (Schema::new(fields).unwrap(), Chunk::new(series, rows).unwrap())
}

fn bundle(rows: usize, columns: usize, value: &str, shown_rows: usize, options: &Options) -> MimeBundle {
    let (schema, chunk) = wide(rows, columns, &Value::string(value));
    let total = Total::Exact(rows as u64);
    table(&Preview { schema, chunks: &[chunk], shown_rows, total }, options).unwrap()
}

#[test]
fn a_hundred_thousand_rows_of_two_hundred_columns() {
    let bundle = bundle(100_000, 200, &"x".repeat(300), 20, &Options::default());
    let page = scanner::scan(html(&bundle)).unwrap();
    assert_eq!((page.count("tr"), page.count("th")), (21, 41));
    assert_eq!(page.words.last().unwrap(), "100,000 rows × 200 columns, first 20 rows and 40 columns shown");
    assert!(html(&bundle).len() < 1_000_000, "{}", html(&bundle).len());
    let text = bundle.text().unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    assert_eq!(text.lines().count(), 24);
}

#[test]
fn html_stops_at_its_limit_and_says_so() {
    let bundle = bundle(10_000, 1_000, "some text", 10_000, &Options { columns: 1_000, ..Options::default() });
    assert!(html(&bundle).len() < 2_100_000, "{}", html(&bundle).len());
    let page = scanner::scan(html(&bundle)).unwrap();
    let shown = page.count("tr") - 1;
    assert!(shown > 1);
    assert_eq!(page.words.last().unwrap(), &format!("10,000 rows × 1,000 columns, first {shown} shown"));
    assert!(!bundle.data.contains_key("application/vnd.dataresource+json"));
}

#[test]
fn one_row_of_huge_values_is_shown_in_short() {
    let options = Options { columns: 1_000, chars: 100_000, ..Options::default() };
    let bundle = bundle(1, 1_000, &"<".repeat(100_000), 20, &options);
    assert!(html(&bundle).len() < 8_000_000, "{}", html(&bundle).len());
    assert_eq!(scanner::scan(html(&bundle)).unwrap().count("td"), 1_000);
}

#[test]
fn a_value_of_a_megabyte_is_cut() {
    let bundle = bundle(3, 1, &"&".repeat(1_000_000), 20, &Options::default());
    assert!(html(&bundle).len() < 50_000);
    assert!(bundle.text().unwrap().len() < 2_000);
}

#[test]
fn pictures_give_way_to_their_sizes() {
    let pictures: Vec<Value> = (0..12).map(|i| picture(300, 200, i * 20)).collect();
    let columns = [("photo", Type::Image(None), pictures)];
    let few = show(&columns, &Options { pictures: 5, ..Options::default() });
    assert_eq!(scanner::scan(html(&few)).unwrap().count("img"), 5);
    assert_eq!(scanner::scan(html(&few)).unwrap().words.iter().filter(|w| *w == "image, 300×200 RGB").count(), 7);
    let small = show(&columns, &Options { html_bytes: 40_000, ..Options::default() });
    let page = scanner::scan(html(&small)).unwrap();
    assert!((1..12).contains(&page.count("img")) && html(&small).len() < 40_000);
    assert_eq!(page.count("td"), 12);
}

#[test]
fn lists_of_pictures_and_deep_values_stay_bounded() {
    let many = Value::List((0..100).map(|i| picture(64, 64, i)).collect());
    let long = Value::List((0..100_000).map(Value::Int).collect());
    let columns = [("photos", Type::list(Type::Image(None)), vec![many]), ("numbers", Type::list(Type::Int64), vec![long])];
    let bundle = show(&columns, &Options::default());
    let page = scanner::scan(html(&bundle)).unwrap();
    assert_eq!(page.count("img"), 8);
    assert!(page.words.iter().any(|w| w == "… 99,900 more"), "{:?}", page.words.last());
    assert!(html(&bundle).len() < 300_000);
}
