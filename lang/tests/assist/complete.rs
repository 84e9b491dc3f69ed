//! What is offered at which place.

use std::time::Instant;

use super::{Session, completions, completions_in, texts};
use weft_lang::complete::ItemKind;

#[track_caller]
fn exactly(text: &str, expected: &[&str]) {
    assert_eq!(texts(text), expected, "{text}");
}

#[track_caller]
fn offers(text: &str, expected: &[&str]) {
    let found = texts(text);
    for name in expected {
        assert!(found.iter().any(|text| text == name), "{text}: no {name} in {found:?}");
    }
}

#[track_caller]
fn lacks(text: &str, unexpected: &[&str]) {
    let found = texts(text);
    for name in unexpected {
        assert!(!found.iter().any(|text| text == name), "{text}: {name} in {found:?}");
    }
}

#[test]
fn verbs_stand_behind_a_pipe() {
    exactly("trips | unl‸", &["unless"]);
    exactly("trips | un‸", &["unless", "union", "unnest", "unpivot"]);
    exactly("trips\n| sel‸", &["select"]);
    exactly("trips | DER‸", &["derive"]);
    offers("trips | ‸", &["where", "group", "join", "take", "explain"]);
    lacks("trips | ‸", &["trips", "vendor", "upper", "pivot"]);
    exactly("trips | group vendor { | so‸", &["sort"]);
    exactly("orders | join (customer | wh‸", &["where"]);
}

#[test]
fn tables_and_sources_stand_at_heads() {
    exactly("tri‸", &["trips"]);
    exactly("let x = tri‸", &["trips"]);
    exactly("read_p‸", &["read_parquet"]);
    offers("‸", &["trips", "customer", "read_parquet", "let", "set", "help", "upper"]);
    exactly("trips | union cus‸", &["customer"]);
    exactly("trips | union vendors, cus‸", &["customer"]);
    exactly("orders | join cus‸", &["customer"]);
    exactly("orders | join left cus‸", &["customer"]);
    exactly("orders | join (cus‸", &["customer"]);
    exactly("orders | join semi (cus‸) on o_custkey == c_custkey", &["customer"]);
}

#[test]
fn names_of_earlier_statements_are_tables() {
    exactly("let dear = trips | where fare > 10\ndea‸", &["dear"]);
    exactly("trips | select cheap = fare | into offers\noff‸", &["offers"]);
    exactly("let dear = trips | select cheap = fare\ndear | where ch‸", &["cheap"]);
    exactly("trips | select cheap = fare | into offers\noffers | where che‸", &["cheap"]);
}

#[test]
fn columns_come_first_in_row_expressions() {
    let found = completions("trips | where ‸");
    let first: Vec<_> = found.items.iter().take(8).map(|item| item.text.as_str()).collect();
    assert_eq!(first, ["vendor", "fare", "tip", "passengers", "day", "at", "tags", "place"]);
    assert_eq!(found.items[0].kind, ItemKind::Column);
    assert_eq!(found.items[0].detail, "str");
    offers("trips | where ‸", &["upper", "abs", "not", "null", "sum"]);
    lacks("trips | where ‸", &["trips", "where", "l_tax", "and"]);
}

#[test]
fn columns_follow_the_stages_before() {
    exactly("trips | rename company = vendor | where comp‸", &["company"]);
    exactly("trips | derive tip_pct = tip / fare | where tip‸", &["tip", "tip_pct"]);
    exactly("trips | derive one = 1, two = on‸", &["one"]);
    exactly("trips | group vendor { avg_fare = mean(fare) } | sort avg‸", &["avg_fare"]);
    exactly("trips | group vendor { | sort day | derive nth = 1 | where nth‸", &["nth", "nth_value"]);
    exactly("trips | drop fa‸", &["fare"]);
    exactly("orders | join (customer | where c_na‸) on o_custkey == c_custkey", &["c_name"]);
}

#[test]
fn stages_that_are_broken_are_passed_over() {
    exactly("trips | where nonsense > 1 | select ven‸", &["vendor"]);
    exactly("trips | derive a = nonsense | select ven‸", &["vendor"]);
    exactly("trips | flubber 3 | select ven‸", &["vendor"]);
    exactly("foo((\nlet x = trips | select ven‸", &["vendor"]);
    exactly("let b = \ntrips | select ven‸", &["vendor"]);
    exactly("trips | select ven‸ | where (((", &["vendor"]);
    exactly("trips\n| where fare > 10 and ven‸\n| sort fare desc\n| take 3\n\"never closed", &["vendor"]);
}

#[test]
fn joins_see_both_sides() {
    exactly("orders | join customer as c on o_custkey == c_cust‸", &["c_custkey"]);
    exactly("orders | join customer as q on o_custkey == q.c_n‸", &["c_name"]);
    exactly("orders | join customer on o_cust‸", &["o_custkey"]);
    exactly("orders | join (customer | rename k = c_custkey) as q on q.k‸", &["k"]);
    exactly("orders | join se‸", &["semi"]);
    exactly("orders | join customer ‸", &["on", "as", "within"]);
    offers("orders | join customer, pre‸", &["prefix: "]);
}

#[test]
fn aggregates_come_first_in_braces() {
    let found = completions("trips | group vendor { n = cou‸");
    assert_eq!(found.items[0].text, "count");
    assert_eq!(found.items[0].kind, ItemKind::Aggregate);
    exactly("trips | agg { total = sum(fa‸", &["fare", "false"]);
    exactly("trips | group vendor { total = sum(fare), half = tot‸ }", &["total"]);
}

#[test]
fn methods_fit_their_receiver() {
    offers("trips | where vendor.‸", &["upper", "contains", "startswith"]);
    lacks("trips | where vendor.‸", &["sqrt", "year", "vendor"]);
    offers("trips | where day.‸", &["year"]);
    lacks("trips | where day.‸", &["upper"]);
    exactly("trips | where vendor.upper().low‸", &["lower"]);
    exactly("trips | derive city = vendor | where city.upp‸", &["upper"]);
    offers("\"abc\".‸", &["upper"]);
}

#[test]
fn fields_of_structs() {
    let found = completions("trips | select place.ci‸");
    assert_eq!(found.items[0].text, "city");
    assert_eq!(found.items[0].kind, ItemKind::Field);
    exactly("trips | select $trips.pass‸", &["passengers"]);
}

#[test]
fn windows_and_what_stands_behind_over() {
    exactly("trips | derive r = row_n‸", &["row_number"]);
    exactly("trips | agg { r = row_n‸ }", &[]);
    offers("trips | derive r = rank() ‸", &["over"]);
    exactly("trips | derive r = rank() over (‸", &["by", "sort", "rows", "range"]);
    exactly("trips | derive r = rank() over (by ven‸", &["vendor"]);
    offers("trips | derive r = rank() over (by vendor ‸", &["sort", "rows", "range"]);
    lacks("trips | derive r = rank() over (by vendor ‸", &["by"]);
    exactly("trips | derive r = rank() over (by vendor sort fa‸", &["fare"]);
    offers("trips | derive r = rank() over (by vendor sort fare ‸", &["desc", "rows"]);
    offers("trips | derive r = lag(fare, de‸", &["default: "]);
    offers("trips | derive before = lag(fare), again = ‸", &["before", "rank", "lead"]);
    exactly("trips | group vendor { | sort day | derive r = dense‸", &["dense_rank"]);
}

#[test]
fn options_and_their_values() {
    exactly("read_parquet(\"x.parquet\", col‸", &["columns: "]);
    exactly("read_parquet(\"x.parquet\", columns: [], col‸", &[]);
    exactly("trips | distinct vendor, ke‸", &["keep: "]);
    exactly("trips | distinct vendor, keep: ‸", &["\"first\"", "\"last\"", "\"none\""]);
    exactly("trips | union trips, by: \"p‸", &["position"]);
    exactly("trips | agg { n = count(fare, wh‸", &["where: "]);
}

#[test]
fn session_values() {
    exactly(
        "trips | take $‸",
        &[
            "$n",
            "$customer",
            "$events",
            "$limits",
            "$lineitem",
            "$nation",
            "$orders",
            "$part",
            "$partsupp",
            "$region",
            "$supplier",
            "$trips",
            "$vendors",
        ],
    );
    exactly("trips | take $lim‸", &["$limits"]);
    exactly("let top = 3\ntrips | take $to‸", &["$top"]);
}

#[test]
fn types_settings_and_words() {
    exactly("trips | select fare::flo‸", &["float", "float16", "float32"]);
    exactly("trips | select fare::?dec‸", &["decimal"]);
    exactly("set thr‸", &["threads"]);
    exactly("set on_divide_by_zero = ‸", &["\"null\"", "\"error\""]);
    exactly("set on_divide_by_zero = \"er‸", &["error"]);
    exactly("set optimizer = ‸", &["true", "false"]);
    exactly("trips | sort fare de‸", &["desc"]);
    exactly("trips | sort fare desc nulls ‸", &["first", "last"]);
    exactly("trips | sort fare desc nu‸", &["nulls"]);
    exactly("trips | where fare > 1 an‸", &["and"]);
    exactly("help unle‸", &["unless"]);
    exactly("help E011‸", &["E0110", "E0111", "E0112", "E0113", "E0114", "E0115", "E0116", "E0117", "E0118", "E0119"]);
}

#[test]
fn nested_expressions() {
    exactly("trips | derive r = sum(fare) over (‸", &["by", "sort", "rows", "range"]);
    exactly("trips | derive r = sum(fare) over (by ven‸", &["vendor"]);
    exactly("trips | derive r = sum(fare) over (by vendor sort fare de‸", &["desc"]);
    exactly("trips | select cols(num‸", &["numeric"]);
    exactly("trips | select cols(\"ti‸", &["tip"]);
    exactly("trips | derive x = if far‸", &["fare"]);
    exactly("trips | derive x = case { passen‸", &["passengers"]);
    exactly("trips | derive x = match vendor { \"a\" => passen‸", &["passengers"]);
    exactly("trips | where fare in [ti‸", &["tip"]);
    exactly("trips | where vendor in (customer | select c_na‸", &["c_name"]);
    exactly("trips | group ven‸ { n = count() }", &["vendor"]);
    exactly("trips | derive s = {a: passen‸", &["passengers"]);
    exactly("trips | select f\"{passen‸}\"", &["passengers"]);
}

#[test]
fn names_get_backticks_where_they_need_them() {
    let mut session = Session::new();
    session.bind("odd", "plain int, größe float, in int, a-b int");
    let texts = |text: &str| -> Vec<String> { completions_in(&session, text).items.into_iter().map(|item| item.text).collect() };
    assert_eq!(texts("odd | where a-‸").len(), texts("odd | where ‸").len(), "a minus ends the word");
    assert_eq!(texts("odd | select `a-‸"), ["`a-b`"]);
    assert_eq!(texts("odd | select `in‸`"), ["`in`"]);
    assert!(texts("odd | select ‸").contains(&"`in`".to_owned()));
    assert_eq!(texts("odd | select grö‸"), ["größe"]);
}

#[test]
fn the_whole_word_is_replaced() {
    let found = completions("trips | select ven‸dor, fare");
    assert_eq!((found.start, found.end), (15, 21));
    let found = completions("# größe →\ntrips | where f\"{ven‸\" > 1");
    let text = "# größe →\ntrips | where f\"{";
    assert_eq!((found.start, found.end), (text.len(), text.len() + 3));
    assert_eq!(found.items[0].text, "vendor");
}

#[test]
fn paths_in_strings_of_sources() {
    exactly("read_parquet(\"‸", &["data/", "trips.parquet", "tägl ich.csv"]);
    exactly("read_parquet(\"tr‸\")", &["trips.parquet"]);
    exactly("read_parquet(\"data/‸", &["a.csv", "b.csv"]);
    exactly("read_parquet(\"s3://data/‸", &[]);
    exactly("trips | where vendor == \"tr‸", &[]);
    let found = completions("read_parquet(\"data/a‸");
    assert_eq!(found.start, "read_parquet(\"data/".len());
}

#[test]
fn nothing_is_offered_where_nothing_is_known() {
    exactly("# tri‸", &[]);
    exactly("let tri‸", &[]);
    exactly("trips | into tri‸", &[]);
    exactly("%%sql\nselect tri‸", &[]);
    exactly("trips | where vendor == 'tri‸", &[]);
}

#[test]
fn no_place_in_any_text_is_a_problem() {
    let texts = [
        "trips | where ((fare > 1 and { [ `x | group k { n = count(, | f\"{a",
        "}}}) | | , . :: $ ` \" r\"",
        "ä|ö.ü::é=→ 🚕 | where 🚕.",
        "let let = = fn fn(((, set set = | help",
        "case { a => , match x { | over ( by sort rows .. ",
    ];
    let session = Session::new();
    for text in texts {
        for at in 0..=text.len() + 1 {
            let around = weft_lang::Around { env: &session, list: &super::list };
            let found = weft_lang::complete::complete(text, at, &around);
            assert!(found.start <= found.end && text.get(found.start..found.end).is_some(), "{text} at {at}");
            let _ = weft_lang::inspect::inspect(text, at, &around, true);
        }
    }
}

#[test]
fn wide_tables_complete() {
    let mut session = Session::new();
    let columns: Vec<String> = (0..2000).map(|i| format!("column_{i} int")).collect();
    session.bind("wide", &columns.join(", "));
    let found = completions_in(&session, "wide | where column_1999 > 1 | select column_‸");
    assert_eq!(found.items.len(), 2000);
    let begin = Instant::now();
    for _ in 0..20 {
        completions_in(&session, "wide | where column_1999 > 1 | select column_‸");
    }
    println!("2,000 columns: {:?} a completion", begin.elapsed() / 20);
    let begin = Instant::now();
    for _ in 0..50 {
        completions_in(&session, "trips | where fare > 10 | select ven‸");
    }
    println!("8 columns: {:?} a completion", begin.elapsed() / 50);
}
