//! Garbage never panics, never hangs, and always says something.

use std::time::{Duration, Instant};

use weft_lang::diagnostics::{render_ansi, render_html, render_plain};
use weft_lang::syntax::{Completeness, MAX_DIAGNOSTICS, is_complete, parse};

/// A small generator, so that each run sees the same cells.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }
}

const WORDS: &[&str] = &[
    "where",
    "derive",
    "select",
    "group",
    "agg",
    "sort",
    "take",
    "join",
    "left",
    "on",
    "as",
    "pivot",
    "unpivot",
    "into",
    "union",
    "distinct",
    "show",
    "write",
    "let",
    "fn",
    "set",
    "help",
    "a",
    "b",
    "trips",
    "`odd name`",
    "$x",
    "$",
    "1",
    "2.5",
    "90d",
    "1m",
    "@2024-01-31",
    "@x",
    "\"s\"",
    "\"open",
    "f\"{a + 1}\"",
    "f\"{",
    "r'x'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    ",",
    ".",
    "..",
    "..<",
    ":",
    "::",
    "::?",
    "=",
    "==",
    "!=",
    "<",
    ">",
    "~",
    "!~",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "??",
    "->",
    "=>",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "if",
    "then",
    "else",
    "case",
    "match",
    "for",
    "over",
    "but",
    "within",
    "by",
    "desc",
    "nulls",
    "first",
    "rows",
    "&&",
    "||",
    "!",
    ";",
    "#",
    "\n",
    "\n",
    "\n  ",
    "\n| ",
    "é",
    "\u{202e}",
    "\0",
    "\"\"\"",
];

fn survives(text: &str) {
    let (cell, diagnostics) = parse(text);
    assert!(diagnostics.len() <= MAX_DIAGNOSTICS + 1);
    for diagnostic in &diagnostics {
        for label in &diagnostic.labels {
            assert!(label.span.end <= text.len(), "{text:?}: {diagnostic:?}");
            assert_eq!(label.span, label.span.clamped(text), "{text:?}: {diagnostic:?}");
        }
    }
    for stmt in &cell.stmts {
        assert!(stmt.span.end <= text.len(), "{text:?}");
    }
    let _: Completeness = is_complete(text);
    let _ = (render_plain(text, &diagnostics), render_html(text, &diagnostics));
}

#[test]
fn token_soup_survives() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..random.below(40) {
            text.push_str(WORDS[random.below(WORDS.len())]);
            if random.below(3) > 0 {
                text.push(' ');
            }
        }
        survives(&text);
    }
}

#[test]
fn byte_soup_survives() {
    let mut random = Random(42);
    for _ in 0..1000 {
        let bytes: Vec<u8> = (0..random.below(120)).map(|_| random.next().to_le_bytes()[3]).collect();
        survives(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn mutilated_examples_survive() {
    let mut random = Random(7);
    for (_, text) in super::files("examples", "weft") {
        for _ in 0..20 {
            let mut chars: Vec<char> = text.chars().collect();
            for _ in 0..=random.below(4) {
                let at = random.below(chars.len());
                match random.below(3) {
                    0 => drop(chars.remove(at)),
                    1 => chars.insert(at, "()[]{}|,\n\"'`.=*"[..].chars().nth(random.below(15)).unwrap()),
                    _ => chars.truncate(at.max(1)),
                }
            }
            let text: String = chars.into_iter().collect();
            survives(&text);
            let (_, diagnostics) = parse(&text);
            let _ = render_ansi(&text, &diagnostics);
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    let n = 100_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a: ", "}"),
        ("f(", ")"),
        ("-", ""),
        ("not ", ""),
        ("x -> ", ""),
        ("if a then b else ", ""),
        ("a ** ", ""),
        ("a + ", ""),
        ("(", ""),
        ("[", ""),
        ("{", ""),
        ("f\"{", ""),
        ("..", ""),
        ("a.", ""),
        ("match ", ""),
        ("case {", ""),
        ("a[", "]"),
        ("a or ", ""),
        ("(t | where ", ")"),
        ("t | group k { | ", "}"),
        ("x::[", "]"),
        ("a = ", ""),
        ("a ?? ", ""),
        ("match a { b => ", "}"),
    ] {
        let text = format!("{}x{}", open.repeat(n / open.len()), close.repeat(n / open.len()));
        let started = Instant::now();
        let (_, diagnostics) = parse(&text);
        assert!(!diagnostics.is_empty(), "{open}");
        assert!(started.elapsed() < Duration::from_secs(20), "{open}: {:?}", started.elapsed());
    }
}

#[test]
fn nesting_up_to_the_limit_works() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("f(", ")"), ("{a: ", "}"), ("-", ""), ("not ", ""), ("x -> ", ""), ("(t | where ", ")")]
    {
        let text = format!("{}x{}", open.repeat(120), close.repeat(120));
        let (cell, diagnostics) = std::thread::spawn(move || parse(&text)).join().unwrap();
        assert_eq!(diagnostics, [], "{open}");
        assert_eq!(cell.stmts.len(), 1, "{open}");
    }
}

#[test]
fn wrong_nesting_stays_linear() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("f(", ")"), ("{a: ", "}"), ("(t | where ", ")"), ("case { a => ", "}"), ("g(x: ", ")")]
    {
        let text = format!("t | where {}1 2{} | take 3", open.repeat(60), close.repeat(60));
        let started = Instant::now();
        let (_, diagnostics) = parse(&text);
        assert!(!diagnostics.is_empty(), "{open}");
        assert!(started.elapsed() < Duration::from_secs(5), "{open}: {:?}", started.elapsed());
    }
}

#[test]
fn a_cell_of_a_megabyte_is_read() {
    let stage = "| derive abc = f(a, b + 1, \"text\") // 2\n";
    let statement = format!("trips\n{}", stage.repeat(20));
    let text = statement.repeat(1_000_000 / statement.len());
    let started = Instant::now();
    let (cell, diagnostics) = parse(&text);
    assert_eq!(diagnostics, []);
    assert_eq!(cell.stmts.len(), 1_000_000 / statement.len());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_megabyte_of_open_brackets_is_refused() {
    for text in [
        "(\n".repeat(250_000),
        "(]\n".repeat(150_000),
        "([\n".repeat(100_000) + &")".repeat(100_000),
        "\0\u{1}".repeat(250_000),
        "\"\n".repeat(250_000),
    ] {
        let started = Instant::now();
        let (_, diagnostics) = parse(&text);
        assert!(!diagnostics.is_empty());
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    }
}
