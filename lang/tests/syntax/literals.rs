//! Every literal.

use super::sexpr::tree;

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(tree(text), *expected, "{text}");
    }
}

#[test]
fn numbers() {
    check(&[
        ("1_000", "1000"),
        ("0xff", "255"),
        ("1.5e3", "1500.0"),
        ("1e3", "1000.0"),
        ("2.5E-1", "0.25"),
        ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
        ("1..2", "(.. 1 2)"),
        ("1.abs()", "1.abs()"),
    ]);
}

#[test]
fn strings() {
    check(&[
        (r#""esc\n\t\"\\""#, r#""esc\n\t\"\\""#),
        (r"'q\'s'", r#""q's""#),
        (r#"r"a\d+""#, r#""a\\d+""#),
        (r#""\u{1F600}é""#, "\"😀é\""),
        ("\"\"\"two\nlines \"q\" \"\"\"", r#""two\nlines \"q\" ""#),
        ("\"\"", "\"\""),
    ]);
}

#[test]
fn fstrings() {
    check(&[
        (r#"f"a {x} b""#, r#"(f "a " {x} " b")"#),
        (r#"f"{x:%d %b}""#, "(f {x:%d %b})"),
        (r#"f"{{}} {f("a", 'b')}""#, r#"(f "{} " {f("a" "b")})"#),
        (r#"f"{x::int}{ {a: 1}.a }""#, "(f {(:: x int)} {{a:1}.a})"),
        (r#"f"{f"{y}"}""#, "(f {(f {y})})"),
        (r#"f"{if a then "x" else "y"}""#, r#"(f {(if a "x" "y")})"#),
        ("f\"\"\"{a\n  + b}\"\"\"", "(f {(+ a b)})"),
    ]);
}

#[test]
fn fstring_expressions_keep_their_places() {
    let text = r#"f"é {x + yy}""#;
    let (cell, _) = weft_lang::syntax::parse(text);
    let weft_lang::syntax::StmtKind::Pipe(pipe) = &cell.stmts[0].kind else { panic!("a pipe") };
    let weft_lang::syntax::ExprKind::FString(string) = &pipe.head.kind else { panic!("an f-string") };
    let weft_lang::syntax::FStringPart::Expr { expr, .. } = &string.parts[1] else { panic!("an expr") };
    assert_eq!(expr.span.of(text), "x + yy");
}

#[test]
fn dates_times_durations() {
    check(&[
        ("@2024-01-31", "@2024-01-31"),
        ("@10:30", "@10:30:00"),
        ("@2024-01-31T10:00", "@2024-01-31 10:00:00"),
        ("@2024-01-31T10:00:01.123Z", "@2024-01-31 10:00:01.123 Utc"),
        ("@2024-01-31T10:00+02:00", "@2024-01-31 10:00:00 Offset(7200)"),
        ("@2024-01-31T10:00-05:30", "@2024-01-31 10:00:00 Offset(-19800)"),
        ("@2024-01-31T10:00[Europe/Berlin]", "@2024-01-31 10:00:00 Named(\"Europe/Berlin\")"),
        ("@2024-01-31T10:00+2h", "(+ @2024-01-31 10:00:00 2h)"),
        ("@1998-12-01-90d", "(- @1998-12-01 90d)"),
        ("@1996-01-01..<@1996-01-01 + 3mo", "(..< @1996-01-01 (+ @1996-01-01 3mo))"),
        ("[1ns, 2us, 3ms, 4s, 5min, 6h, 7d, 8w, 9mo, 10q, 11y]", "[1ns 2us 3ms 4s 5min 6h 7d 8w 9mo 10q 11y]"),
    ]);
}

#[test]
fn names() {
    check(&[
        ("`odd name` + $x", "(+ odd name $x)"),
        ("a.null.in", "a.null.in"),
        ("f(in: 1, case: 2)", "f(in:1 case:2)"),
        ("größe", "größe"),
        ("[null, true, false]", "[null true false]"),
    ]);
}
