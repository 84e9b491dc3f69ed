//! What completion, inspection and `help` say of each verb of the grammar, in the order of the reference.

use weft_core::function::{Default, Param};

/// A verb's entry.
#[derive(Debug)]
pub struct VerbDoc {
    /// The verb.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// How it is written.
    pub grammar: &'static str,
    /// A stage or a pipeline that shows it.
    pub example: &'static str,
    /// Its options.
    pub options: &'static [Param],
}

const fn verb(name: &'static str, grammar: &'static str, summary: &'static str, example: &'static str) -> VerbDoc {
    VerbDoc { name, summary, grammar, example, options: &[] }
}

impl VerbDoc {
    const fn with(mut self, options: &'static [Param]) -> Self {
        self.options = options;
        self
    }
}

/// Options of `intersect` and `except`.
const SET_OPTIONS: &[Param] = &[
    Param::option("all", "bool", Default::Bool(false), "whether equal rows are counted, instead of kept once"),
    Param::option("fill", "bool", Default::Bool(false), "whether columns that are missing on a side become null"),
    Param::choice("by", &["name", "position"], Default::Str("name"), "how columns are matched"),
];

/// Every verb of the grammar.
pub const VERB_DOCS: &[VerbDoc] = &[
    verb(
        "where",
        "where condition",
        "Keeps the rows for which the condition is true; rows for which it is null are left out.",
        "trips | where fare > 10 and passengers >= 2",
    ),
    verb(
        "unless",
        "unless condition",
        "Drops the rows for which the condition is true; rows for which it is null are kept.",
        "trips | unless vendor == \"test\"",
    ),
    verb(
        "derive",
        "derive name = expression, …",
        "Adds columns, or replaces those of the same name in place; later items see earlier ones.",
        "trips | derive tip_pct = tip / fare, generous = tip_pct > 0.2",
    ),
    verb(
        "select",
        "select [name =] expression, …",
        "Keeps exactly these columns, in this order.",
        "trips | select vendor, fare, kb = size // 1024",
    ),
    verb("drop", "drop column, …", "Leaves columns out; selectors such as cols(r\"^tmp_\") fit too.", "trips | drop tip, fare"),
    verb("rename", "rename new = old, …", "Gives columns other names, all at once.", "trips | rename company = vendor"),
    verb(
        "distinct",
        "distinct [column, …]",
        "Keeps one row for each key, whole rows in their order; without keys all columns are the key.",
        "trips | sort fare desc | distinct vendor",
    )
    .with(&[Param::choice("keep", &["first", "last", "none"], Default::Str("first"), "which row of each key stays")]),
    verb(
        "group",
        "group key, … { name = aggregate, … }",
        "Folds the rows of each key into one; or, with stages in the braces, runs them for each key.",
        "trips | group vendor { avg_fare = mean(fare), n = count() }",
    ),
    verb("agg", "agg { name = aggregate, … }", "Folds all rows into one.", "trips | agg { total = sum(fare), n = count() }"),
    verb(
        "sort",
        "sort key [asc|desc] [nulls first|last], …",
        "Orders the rows, stably; nulls come last unless told otherwise. Groups that tie stand in the order of their keys.",
        "trips | sort fare desc, vendor",
    ),
    verb(
        "take",
        "take n | take -n | take a..b",
        "Keeps the first n rows, the last n, or those at positions from a to b, counted from 0.",
        "trips | sort fare desc | take 10",
    ),
    verb("skip", "skip n", "Leaves the first n rows out.", "trips | skip 100 | take 10"),
    verb(
        "drop_null",
        "drop_null [column, …]",
        "Leaves out the rows that have a null in these columns; without columns, in any.",
        "trips | drop_null tip, fare",
    ),
    verb(
        "drop_nan",
        "drop_nan [column, …]",
        "Leaves out the rows that have a NaN in these columns of floats; nulls stay.",
        "trips | drop_nan fare",
    ),
    verb(
        "fill_null",
        "fill_null value [, column, …]",
        "Puts a value where a null is; without columns, in all that it fits. Columns keep their types.",
        "trips | fill_null 0, tip, fare",
    ),
    verb(
        "with_row_number",
        "with_row_number",
        "Adds the place of each row in the order at hand, in the group inside of a block.",
        "trips | sort fare desc | with_row_number name: \"place\", start: 1",
    )
    .with(&[
        Param::option("name", "str", Default::Str("row"), "the name of the column"),
        Param::option("start", "int", Default::Int(0), "the number of the first row"),
    ]),
    verb(
        "join",
        "join [inner|left|right|full|semi|anti|cross] table [as name] [on condition, …]",
        "Puts rows of two tables side by side where the conditions hold.",
        "orders | join left customer on o_custkey == c_custkey",
    )
    .with(&[
        Param::option("prefix", "str", Default::Null, "put before the name of every right column"),
        Param::choice(
            "expect",
            &["one", "at_most_one", "at_least_one"],
            Default::Null,
            "how many right rows each left row must match; another number is an error that names the row",
        ),
    ]),
    verb("union", "union table, …", "Appends the rows of other tables; columns match by name.", "old | union new, fill: true")
        .with(&[
            Param::option("distinct", "bool", Default::Bool(false), "whether equal rows are kept once"),
            Param::option("fill", "bool", Default::Bool(false), "whether columns that are missing on a side become null"),
            Param::choice("by", &["name", "position"], Default::Str("name"), "how columns are matched"),
        ]),
    verb(
        "intersect",
        "intersect table, …",
        "Keeps the rows that stand in the other tables too, each once; nulls are equal.",
        "old | intersect new",
    )
    .with(SET_OPTIONS),
    verb(
        "except",
        "except table, …",
        "Keeps the rows that stand in none of the other tables, each once; nulls are equal.",
        "old | except new",
    )
    .with(SET_OPTIONS),
    verb(
        "explode",
        "explode [name =] list, …",
        "Makes a row of each item of a list; several lists go side by side.",
        "orders | explode item = items",
    )
    .with(&[
        Param::option("index", "str", Default::Null, "a column for the place in the list, from 0"),
        Param::option("keep_empty", "bool", Default::Bool(false), "whether rows without items stay, with nulls"),
    ]),
    verb("unnest", "unnest struct, …", "Makes columns of a struct's fields.", "events | unnest payload").with(&[Param::option(
        "prefix",
        "str",
        Default::Str(""),
        "what stands before the fields' names",
    )]),
    verb(
        "pivot",
        "pivot column [in [value, …]] [by key, …] { aggregate }",
        "Makes columns of a column's values.",
        "sales | pivot quarter in [1, 2, 3, 4] by region { rev = sum(amount) }",
    ),
    verb(
        "unpivot",
        "unpivot column, … into (name, value)",
        "Makes rows of columns: their names in one column, their values in another.",
        "wide | unpivot cols(r\"^q\") into (quarter, amount)",
    ),
    verb(
        "into",
        "into name",
        "Ends the pipe and gives the table a name; nothing is shown.",
        "trips | where fare > 10 | into dear",
    ),
    verb("show", "show [n]", "Shows the first rows where it stands, and passes the table on.", "trips | sort fare desc | show 5"),
    verb("plot", "plot kind, …", "Draws a chart of the table.", "trips | plot \"bar\", x: vendor, y: fare"),
    verb(
        "explain",
        "explain",
        "Shows the plan as written and as it runs, instead of the rows.",
        "trips | where fare > 10 | explain",
    )
    .with(&[Param::option("analyze", "bool", Default::Bool(false), "whether the query runs, and its counters are shown")]),
    verb("describe", "describe", "Counts, extremes and means of each column.", "trips | describe"),
    verb("schema", "schema", "The columns as rows: name, type, whether nulls can stand there.", "trips | schema"),
    verb("sample", "sample n", "Keeps some rows, drawn by chance.", "trips | sample 100"),
    verb("write", "write path", "Writes the rows to files.", "trips | write \"trips.parquet\""),
    verb("cache", "cache", "Keeps the rows for the next time they are needed.", "trips | where fare > 10 | cache"),
];

/// The entry of a verb.
#[must_use]
pub fn verb_doc(name: &str) -> Option<&'static VerbDoc> {
    VERB_DOCS.iter().find(|doc| doc.name == name)
}

/// What a kind of join keeps.
#[must_use]
pub fn join_kind(name: &str) -> &'static str {
    match name {
        "inner" => "rows that match",
        "left" => "all left rows, with nulls where nothing matches",
        "right" => "all right rows, with nulls where nothing matches; those without a match come last",
        "full" => "all rows of both sides, with nulls where nothing matches",
        "semi" => "left rows that have a match; no right columns",
        "anti" => "left rows that have no match; no right columns",
        "cross" => "every pair of rows",
        "asof" => "all left rows, each with the nearest right row in time",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::verbs::VERBS;
    use crate::syntax::{JoinKind, parse};

    #[test]
    fn every_verb_of_the_grammar_has_an_entry_in_order() {
        let documented: Vec<&str> = VERB_DOCS.iter().map(|doc| doc.name).collect();
        let known: Vec<&str> = VERBS.iter().map(|(name, _)| *name).collect();
        assert_eq!(documented, known);
    }

    #[test]
    fn every_example_parses_and_shows_its_verb() {
        for doc in VERB_DOCS {
            let (_, diagnostics) = parse(doc.example);
            assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", doc.example);
            assert!(doc.example.contains(&format!("| {}", doc.name)), "{}", doc.name);
            assert!(doc.grammar.starts_with(doc.name) && doc.summary.ends_with('.'), "{}", doc.name);
        }
    }

    #[test]
    fn every_kind_of_join_is_explained() {
        for (name, _) in JoinKind::ALL {
            assert!(!join_kind(name).is_empty(), "{name}");
        }
    }
}
