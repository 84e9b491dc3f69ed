//! Values that look like markup, control a terminal or reorder text stay text.

use weft::display::{PlanNode, explain, scalar};

use super::*;

const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><svg onload=alert(1)>",
    "\"><b onmouseover='x'>",
    "&lt;i&gt; &amp; &#60;",
    "javascript:alert(1)",
    "<!-- --><style>*{}</style>",
    "bell\x07escape\x1b[31mred\x1b[0m\x1b]0;title\x07\u{9b}1m",
    "nul\0del\x7f",
    "right\u{202e}to left\u{202c}\u{2066}\u{200f}",
    "zero\u{200b}width\u{feff}",
    "tab\tand\nline\r\nends\u{2028}",
    "مرحبا <b>",
    "👩\u{200d}🚀 nai\u{308}ve",
];

/// The list above, and the big list of naughty strings where the machine has it.
fn strings() -> Vec<String> {
    let mut all: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    if let Some(folder) = std::env::var_os("WEFT_CORPORA") {
        let path = std::path::Path::new(&folder).join("naughty-strings/blns.json");
        let text = std::fs::read_to_string(path).unwrap();
        all.extend(serde_json::from_str::<Vec<String>>(&text).unwrap());
    }
    all
}

fn assert_clean(bundle: &MimeBundle, what: &str) {
    if let Some(html) = bundle.data.get("text/html") {
        scanner::scan(html.as_str().unwrap()).unwrap_or_else(|fault| panic!("{what:?}: {fault}"));
    }
    let text = bundle.text().unwrap();
    let odd =
        text.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    assert_eq!(odd, None, "{what:?}");
}

#[test]
fn in_cells_names_types_and_nested_values() {
    for text in strings() {
        let member = Type::Struct(vec![Field::new(text.as_str(), Type::list(Type::String))].into());
        let nested = Value::Struct(vec![Value::List(vec![Value::string(text.as_str()); 40])]);
        let map = Type::Map(Type::String.into(), Type::String.into());
        let entry = (Value::string(text.as_str()), Value::string(text.repeat(9)));
        let name = format!("{text}.");
        let columns = [
            (text.as_str(), Type::String, vec![Value::string(text.as_str())]),
            ("nested", member, vec![nested]),
            ("map", map, vec![Value::Map(vec![entry])]),
            (name.as_str(), Type::File, vec![Value::string(text.as_str())]),
        ];
        for chars in [8, 200] {
            let bundle = show(&columns, &Options { chars, ..Options::default() });
            assert_clean(&bundle, &text);
            assert_eq!(bundle.text().unwrap().lines().count(), 5, "{text:?} breaks no line");
        }
    }
}

#[test]
fn alone_and_in_plans() {
    for text in strings() {
        assert_clean(&scalar(&Type::String, &Value::string(text.as_str())).unwrap(), &text);
        let list = Value::List(vec![Value::string(text.as_str()); 30]);
        assert_clean(&scalar(&Type::list(Type::String), &list).unwrap(), &text);
        let details = vec![(text.clone(), text.clone())];
        let metrics = details.clone();
        let leaf = PlanNode { name: text.clone(), details, metrics, ..PlanNode::default() };
        let plan = PlanNode { children: vec![leaf.clone()], ..leaf };
        assert_clean(&explain(&[(text.as_str(), plan)]), &text);
    }
}

#[test]
fn what_is_harmless_is_shown_as_it_is() {
    for text in &HOSTILE[..7] {
        let bundle = show(&[(text, Type::String, vec![Value::string(*text)])], &Options::default());
        let page = scanner::scan(html(&bundle)).unwrap();
        assert_eq!(page.words.iter().filter(|word| word == text).count(), 2, "{text}");
        assert_eq!(bundle.text().unwrap().lines().filter(|line| line == text).count(), 2, "{text}");
    }
}
