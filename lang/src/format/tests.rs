//! Small cells and how they are laid out; all cells of the repository are in `tests/syntax/format.rs`.

use super::*;

fn assert_format(text: &str, expected: &str) {
    let formatted = format(text).unwrap();
    assert_eq!(formatted, expected, "\n{formatted}\n");
    assert_eq!(format(expected).unwrap(), expected, "a second time");
}

#[test]
fn blanks_stand_around_operators_and_behind_commas() {
    assert_format("t|where a>1 and b<2,x:1|select a,c=-b", "t | where a > 1 and b < 2, x: 1 | select a, c = -b");
    assert_format("t|where x in 1 .. 3 or not(a??b)is null", "t | where x in 1..3 or not (a ?? b) is null");
    assert_format("x [0] . f( a,b:2 ) :: int", "x[0].f(a, b: 2)::int");
    assert_format("[ {a :1,b:'x'}, {..q,a:2} ]", "[{a: 1, b: 'x'}, {..q, a: 2}]");
}

#[test]
fn stages_stay_on_the_lines_that_they_were_written_on() {
    let kept = "t\n| where a > 1\n| sort a desc | take 10";
    assert_format(kept, kept);
    assert_format("let x = t |\n where a\n   | take 3", "let x = t\n| where a\n| take 3");
}

#[test]
fn what_does_not_fit_is_broken() {
    let long = "long_table | group first_long_key, second_long_key { one = sum(first_column), two = sum(second_column) }";
    assert_format(
        long,
        "long_table\n| group first_long_key, second_long_key { one = sum(first_column), two = sum(second_column) }",
    );
    assert_format(
        &long.replace("two", "three = sum(third_column), two"),
        "long_table\n| group first_long_key, second_long_key {\n    one = sum(first_column),\n    \
         three = sum(third_column),\n    two = sum(second_column),\n  }",
    );
}

#[test]
fn a_break_behind_a_bracket_is_kept() {
    assert_format("t | agg {\na=sum(x),b=1}", "t\n| agg {\n    a = sum(x),\n    b = 1,\n  }");
    assert_format("[{a: 1},\n{a: 2}]", "[\n  {a: 1},\n  {a: 2},\n]");
    assert_format("f([\n1,\n2])", "f([\n  1,\n  2,\n])");
}

#[test]
fn comments_stay() {
    let text = "# head\n\n# of t\nlet t = s  # source\n# about rows\n| where a > 1  # only these\n\n| select [\n    # first\n    \
                a,  # one\n    b,\n    # last\n  ]\n# end";
    assert_format(text, text);
    assert_format("t | where a + # why\n 1", "t\n| where a\n    +  # why\n    1");
}

#[test]
fn pipelines_in_parentheses_are_indented() {
    assert_format(
        "a | join left (b\n| where x\n|select k) as q on k, v==q.v",
        "a\n| join left (\n    b\n    | where x\n    | select k\n  ) as q on k, v == q.v",
    );
    assert_format("t|group k{|sort a|take 1}", "t | group k { | sort a | take 1 }");
    assert_format("t|group k{|sort a\n|take 1}", "t\n| group k {\n    | sort a\n    | take 1\n  }");
}

#[test]
fn empty_lines_are_one_at_most() {
    assert_format("1\n\n\n\n2\n3\n", "1\n\n2\n3");
}

#[test]
fn text_in_quotes_stays_as_it_is() {
    let block = "let s = \"\"\"a  \n\n   b,c\"\"\"\nf\"{ x+1 :%d} {{\"";
    assert_format(block, block);
}

#[test]
fn a_cell_that_does_not_parse_is_refused() {
    assert!(!format("t | where (").unwrap_err().is_empty());
}

#[test]
fn other_languages_stay_as_they_are() {
    assert_format("%%sql\nselect  1", "%%sql\nselect  1");
}

#[test]
fn an_expression_on_one_line_has_no_line_ends() {
    let text = "sum(a,\n  b)\n  +1";
    let (cell, _) = syntax::parse(text);
    let ast::StmtKind::Pipe(pipe) = &cell.stmts[0].kind else { panic!() };
    assert_eq!(one_line(text, &pipe.head), "sum(a, b) + 1");
}
