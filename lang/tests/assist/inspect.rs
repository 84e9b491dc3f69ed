//! What Shift-Tab shows.

use weft_lang::Around;
use weft_lang::inspect::inspect;

use super::{Session, cut, list};

fn page(text: &str) -> Option<String> {
    let (text, at) = cut(text);
    inspect(&text, at, &Around { env: &Session::new(), list: &list }, false).map(|page| page.to_plain())
}

#[track_caller]
fn shows(text: &str, parts: &[&str]) {
    let page = page(text).unwrap_or_else(|| panic!("nothing at {text}"));
    for part in parts {
        assert!(page.contains(part), "{text}: no {part} in\n{page}");
    }
}

#[test]
fn functions_show_signature_parameters_and_example() {
    shows("trips | select upp‸er(vendor)", &["upper(text)", "Parameters", "text  str", "Example:"]);
    shows("trips | select vendor.upper‸()", &["upper(text)"]);
    shows("trips | agg { sum(fa‸re) }", &["Column: float"]);
    shows("trips | select substr(vendor, ‸", &["substr(text, start"]);
    shows("read_par‸quet(\"x\")", &["read_parquet(path, columns: null)", "(source)"]);
}

#[test]
fn verbs_show_their_grammar() {
    shows("trips | whe‸re fare > 1", &["| where condition", "Example:"]);
    shows("trips | ‸distinct vendor", &["Options", "keep", "first, last, none"]);
}

#[test]
fn columns_tables_and_values_show_their_types() {
    shows("trips | where ven‸dor == \"x\"", &["vendor\n\nColumn: str, can be null"]);
    shows("trips | rename company = vendor | where compa‸ny == 1", &["Column: str"]);
    shows("tri‸ps | take 1", &["Table", "8 columns", "fare", "float"]);
    shows("let dear = trips | select cheap = fare\nde‸ar", &["1 columns", "cheap"]);
    shows("orders | join cust‸omer on o_custkey == c_custkey", &["Table", "c_name"]);
    shows("orders | join customer as q on o_custkey == q.c_cust‸key", &["Column: int"]);
    shows("trips | select place.ci‸ty", &["Column: str"]);
    shows("trips | take $‸n", &["Value: int", "3"]);
}

#[test]
fn settings_types_options_and_codes() {
    shows("set thre‸ads = 2", &["Worker threads", "from 1 to 1024"]);
    shows("trips | select fare::in‸t", &["64-bit integer"]);
    shows("trips | distinct vendor, ke‸ep: \"last\"", &["which row of each key stays"]);
    shows("help E01‸01", &["bracket that is never closed"]);
}

#[test]
fn nothing_is_shown_where_nothing_stands() {
    assert_eq!(page("‸"), None);
    assert_eq!(page("# tri‸ps"), None);
    assert_eq!(page("%%sql\nselect tri‸ps"), None);
    assert_eq!(page("nonsen‸se"), None);
}

#[test]
fn the_long_answer_has_the_plan() {
    let text = "trips";
    let page = inspect(text, 2, &Around { env: &Session::new(), list: &list }, true).unwrap();
    assert!(page.to_plain().contains("Plan:"), "{}", page.to_plain());
}
