//! The table of precedence, from the tightest to the loosest.

use super::sexpr::tree;

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(tree(text), *expected, "{text}");
    }
}

#[test]
fn postfix_binds_tightest() {
    check(&[
        ("-a.b", "(neg a.b)"),
        ("a.f(1)[0]::int", "(:: a.f(1)[0] int)"),
        ("-x::int", "(neg (:: x int))"),
        ("a ** b.c", "(** a b.c)"),
        ("a - sum(x) over (by k)", "(- a (over sum(x) by [k] sort []))"),
        ("x::?decimal(12, 2)", "(::? x decimal(12 2))"),
        ("x::[{a: int, b: [str]}]", "(:: x [{a:int b:[str]}])"),
        ("x.ns.f(a)", "x.ns.f(a)"),
    ]);
}

#[test]
fn arithmetic() {
    check(&[
        ("a ** b ** c", "(** a (** b c))"),
        ("-a ** b", "(neg (** a b))"),
        ("a ** -b", "(** a (neg b))"),
        ("-a * b", "(* (neg a) b)"),
        ("a + b * c", "(+ a (* b c))"),
        ("a / b // c % d", "(% (// (/ a b) c) d)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a - -b", "(- a (neg b))"),
        ("(a + b) * c", "(* <(+ a b)> c)"),
    ]);
}

#[test]
fn coalesce_and_ranges() {
    check(&[
        ("a + b ?? c", "(?? (+ a b) c)"),
        ("a ?? b ?? c", "(?? (?? a b) c)"),
        ("a ?? (0 + b)", "(?? a <(+ 0 b)>)"),
        ("a + 1..b * 2", "(.. (+ a 1) (* b 2))"),
        ("x in 1..<10", "(in x (..< 1 10))"),
        ("x in 5.. and y", "(and (in x (.. 5 _)) y)"),
        ("x in ..5", "(in x (.. _ 5))"),
        ("x[1..]", "x[(.. 1 _)]"),
        ("x[..-1]", "x[(.. _ (neg 1))]"),
    ]);
}

#[test]
fn comparisons_and_logic() {
    check(&[
        ("a ?? b == c", "(== (?? a b) c)"),
        ("not a == b", "(not (== a b))"),
        ("not a and b", "(and (not a) b)"),
        ("a or b and c", "(or a (and b c))"),
        ("a and b or c and d", "(or (and a b) (and c d))"),
        ("a not in [1] and b is not null", "(and (not in a [1]) (is not b null))"),
        ("a is b", "(is a b)"),
        ("a ~ r\"x\" or a !~ 'y'", "(or (~ a \"x\") (!~ a \"y\"))"),
        ("a < b and b <= c or a > b and b >= c and a != c", "(or (and (< a b) (<= b c)) (and (and (> a b) (>= b c)) (!= a c)))"),
    ]);
}

#[test]
fn atoms_that_reach_far() {
    check(&[
        ("x -> x + 1 or y", "(-> x (or (+ x 1) y))"),
        ("(x, y) -> x * y", "(-> x,y (* x y))"),
        ("f(x -> x > 1, 2)", "f((-> x (> x 1)) 2)"),
        ("if a then b else c + 1", "(if a b (+ c 1))"),
        ("if a then b else if c then d else e", "(if a b (if c d e))"),
        ("case { a > 1 => b, else => c }", "(case (> a 1)=>b else c)"),
        ("match x { 1..3 => a, [4, 5] => b, null => c, else => d }", "(match x (.. 1 3)=>a [4 5]=>b null=>c else d)"),
        ("* but a", "(but * a)"),
        ("cols(numeric) but (a, b)", "(but cols(numeric) a b)"),
        ("[f(x) for (x, y) in xs if x > y]", "[f(x) for x y in xs if (> x y)]"),
        ("{..a, b: 1, null: 2}", "{..a b:1 null:2}"),
        ("(t | take 1)", "(pipe t 1)"),
    ]);
}

#[test]
fn windows() {
    check(&[
        ("sum(x) over (rows ..0)", "(over sum(x) by [] sort [] Rows ..0)"),
        (
            "sum(x) over (by a, b sort c desc nulls first, d rows -2..)",
            "(over sum(x) by [a b] sort [c desc nulls first d] Rows (neg 2)..)",
        ),
        ("mean(x) over (sort t range -1h..1h)", "(over mean(x) by [] sort [t] Range (neg 1h)..1h)"),
        ("list_agg(item, sort: day desc, where: x > 1)", "list_agg(item sort:day desc where:(> x 1))"),
        ("f(sort: [a desc, b])", "f(sort:a desc; b)"),
    ]);
}
