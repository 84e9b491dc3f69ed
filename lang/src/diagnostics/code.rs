//! The one list of diagnostic codes: each with a title and a short page, shown by `help E0101`.
//!
//! `E00..` is for tokens, `E01..` for the tree, `E02..` for names and types, `E03..` for what fails while it runs, `W..` for
//! warnings.

/// A diagnostic code and its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Such as `E0101`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Why it is wrong and how it is written instead.
    pub page: &'static str,
}

impl Code {
    /// Such as `E0101`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.id
    }
}

macro_rules! codes {
    ($($name:ident $id:literal $title:literal $page:literal)*) => {
        impl Code {
            $(#[doc = concat!("`", $id, "`: ", $title)]
            pub const $name: Self = Self { id: $id, title: $title, page: $page };)*
        }

        /// All codes, in order.
        pub const CODES: &[Code] = &[$(Code::$name),*];
    };
}

codes! {
    UNKNOWN_CHARACTER "E0001" "character that means nothing here"
        "The text holds a character that begins no token. Names with blanks or signs are written in backticks: `odd name`."
    UNCLOSED_STRING "E0002" "string that never ends"
        "A string ends on the line it starts on, with the quote it starts with. Text over several lines is written \"\"\"block\"\"\"."
    BAD_ESCAPE "E0003" "unknown escape in a string"
        "Known are \\n \\t \\r \\0 \\\\ \\\" \\' and \\u{1F600}. A raw string r\"…\" takes backslashes as they are, as regular expressions need it."
    BAD_NUMBER "E0004" "malformed number"
        "Numbers are 1_000, 0xff, 1.5, 1.5e3. Names do not start with a digit; use backticks for columns that do."
    BAD_TIME "E0005" "malformed date or time"
        "Dates and times are @2024-01-31, @10:30, @2024-01-31T10:00:00.123 with an optional Z, +02:00 or [Europe/Berlin]."
    BAD_DURATION "E0006" "malformed duration"
        "A duration is a whole number with one of ns us ms s min h d w mo q y. `m` is refused because it could mean minutes or months; 1.5h is 90min."
    BAD_FSTRING "E0007" "malformed f-string"
        "In f\"…\" braces hold an expression, {x} or {x:format}. A brace itself is written twice: {{ or }}."
    FOREIGN_OPERATOR "E0008" "operator of another language"
        "Weft writes and, or, not, !=, and is null, where other languages write &&, ||, !, <>, =~."
    BAD_NAME "E0009" "malformed name"
        "A name in backticks ends on the line it starts on and is not empty. `$` is followed by the name of a session value."
    NEVER_CLOSED "E0101" "bracket that is never closed"
        "Every (, [ and { needs its counterpart. Weft assumed one at the end of the stage to go on reading, so that other errors show too."
    STRAY_CLOSER "E0102" "closing bracket without an opening one"
        "There is no open bracket here that this one could close."
    DANGLING_COMMA "E0103" "comma at the end of a line"
        "Outside brackets the line after a comma must be indented, or else it would be unclear whether it continues the list or starts the next statement."
    TOO_DEEP "E0104" "nested too deeply"
        "Expressions nest at most 128 deep, and one expression chains at most 512 operators. Split it with derive or let."
    TOO_MANY_ERRORS "E0105" "further errors not shown"
        "The cell has more errors than help. Mend the first ones and run it again."
    UNEXPECTED "E0110" "something else was expected"
        "The text does not follow the grammar at this place; the message lists what could stand here."
    UNKNOWN_VERB "E0111" "unknown verb"
        "After `|` comes a verb such as where, derive, select, group, sort, take, join, or a function on tables with parentheses."
    FOREIGN_VERB "E0112" "verb of another language"
        "The same thing has another name in Weft: filter is where, mutate and with_columns are derive, limit and head are take, order_by and arrange are sort, summarize is agg."
    EQUALS_COMPARES "E0113" "`=` where `==` is meant"
        "`=` gives a name, `==` compares."
    COLON_NAMES "E0114" "`:` where `=` is meant"
        "`=` gives a name to an item; `:` passes an option or fills a struct."
    EQUALS_PASSES "E0115" "`=` where `:` is meant"
        "Options, named arguments and struct fields are written name: value."
    CHAINED_COMPARISON "E0116" "comparisons do not chain"
        "Write a < b and b < c, or b in a..c."
    COALESCE_ARITHMETIC "E0117" "`??` next to arithmetic"
        "`a ?? 0 + b` could be read in two ways. Put parentheses around one of them."
    NOT_A_TABLE "E0118" "this cannot be the head of a pipe"
        "A pipe starts with a table of the session, a path into a catalog, a function such as read_csv(…), a pipeline in parentheses, or a table literal."
    LIST_IN_PARENS "E0119" "a list in parentheses"
        "Lists are written in square brackets: x in [1, 2]. Parentheses only group, and hold pipelines."
    BAD_BUT "E0120" "`but` without a selector"
        "`but` follows a selector: * but a, cols(numeric) but (a, b)."
    COUNT_STAR "E0121" "count(*)"
        "count() counts rows, count(x) the rows where x is not null."
    SQL_ORDER "E0122" "the table comes first"
        "A pipe starts with its table and goes on with stages: t | where a > 1 | select a, b. SQL itself runs in a cell that starts with %%sql."
    BAD_ELSE "E0123" "malformed `else`"
        "case and match have at most one else, as the last arm."
    STRAY_DIRECTION "E0124" "sort direction outside of a sort"
        "asc, desc and nulls first stand after keys: in sort, in windows, and in options such as sort: [a desc, b]."
    MISSING_BLOCK "E0125" "group without a block"
        "group takes a block and ends with it: group k { n = count() }, or group k { | sort t | take 1 }."
    MISSING_PIPE "E0126" "a stage without `|`"
        "Every stage starts with `|`, also on a line of its own."
    QUOTED_FIELD "E0127" "a field's name in quotes"
        "Struct fields are written {name: value}; names with blanks or signs stand in backticks."
    COMPARES_NAMES "E0128" "`==` where `=` is meant"
        "`==` compares, `=` gives a name: derive high = x > 10."
    UNKNOWN_COLUMN "E0201" "unknown column"
        "A bare name in a row expression is a column of the table at this stage, never anything else. Values of the session are written $name."
    UNKNOWN_TABLE "E0202" "unknown table"
        "At the head of a pipe, in joins and in set operations a bare name is a table of the session, bound by let or into."
    UNKNOWN_FUNCTION "E0203" "unknown function"
        "No scalar function, aggregate or source has this name. x.f(a) is the same as f(x, a)."
    UNKNOWN_SESSION_VALUE "E0204" "unknown value of the session"
        "$name is a value bound by let: a scalar, or a table of one row and one column."
    WRONG_ARGUMENT "E0205" "wrong argument"
        "The function was called with too few, too many or unknown arguments. help NAME shows how it is called."
    WRONG_TYPE "E0206" "types that do not fit"
        "An operator or function was given types it has no meaning for. Casts are written x::int, or x::?int to get null for what does not fit."
    NAME_TWICE "E0207" "a name that stands twice"
        "The columns of a table have different names. Name an item with name = expr; name the right side of a join with as q to get q_name for the names that are taken."
    NOT_YET "E0208" "not there yet"
        "This part of the language is described but not built yet."
    NOT_CONSTANT "E0209" "a value must be known here"
        "Counts, options and arguments of sources are computed once, before the rows: they cannot read columns."
    UNKNOWN_OPTION "E0210" "unknown option"
        "Options stand at the end of a stage, as name: value. help VERB lists those of a verb."
    JOIN_CONDITION "E0211" "join condition"
        "Conditions of a join stand after on, separated by commas, and read both sides: on k, on a == b, on k, x < q.y. At least one is an equality."
    AGGREGATE_PLACE "E0212" "aggregate in the wrong place"
        "Aggregates fold rows in the braces of agg and group. They do not stand inside each other."
    NOT_AGGREGATED "E0213" "a column that is not folded"
        "In the braces of agg and group a name outside an aggregate is a key or an earlier item. Fold other columns, as in first(x) or sum(x)."
    UNKNOWN_TYPE "E0214" "unknown type"
        "Types are int, int8 to int64, uint8 to uint64, float, float32, decimal(p, s), str, bool, date, time, timestamp, duration, interval, binary, image, file, uuid, [item] and {name: type}."
    NOT_ONE_VALUE "E0215" "not one value"
        "A table or pipeline that stands for a value has one column and at most one row. `| take 1`, or an aggregate, makes it so."
    NOT_A_VALUE "E0216" "this is no value"
        "Selectors, sort directions, ranges and pipelines have a meaning only in certain places."
    UNKNOWN_SETTING "E0217" "unknown setting"
        "set changes a setting of the session. help set lists them."
    COLUMNS_DIFFER "E0218" "columns that do not match"
        "Set operations match columns by name. Select the same columns on both sides, or say fill: true or by: \"position\"."
    BAD_ARGUMENT "E0219" "a value that is not allowed"
        "An option or count has a value outside what is allowed here."
    NOT_FOUND "E0220" "something that does not exist"
        "A name or a place that a function was given is not there."
    WINDOW "E0221" "window"
        "A window is an aggregate outside of braces, or a function such as rank or lag: f(x) over (by k sort t rows -2..0). It stands in where, unless, derive and select. Ranks and ranges need a sort key."
    GROUP_BLOCK "E0222" "stage that does not stand in a group's block"
        "In group k { | … } stages run for each group: where, unless, derive, select, drop, rename, sort, take, skip, distinct, agg and group. The keys stay as they are; joins, set operations and writes come after the block."
    VALUE "E0301" "a value that cannot be computed"
        "A row holds a value that the expression has no result for: an overflow, a failed cast, a bad date. x::?type and case guard against it."
    IO "E0302" "a file that cannot be read or written"
        "The path is resolved from the folder the session was started in."
    FORMAT "E0303" "a file that is not what its format says"
        "The file is damaged or of another format than the function reads."
    MEMORY "E0304" "out of the memory budget"
        "set memory_limit raises the budget; fewer columns, an earlier filter or fewer threads lower the need."
    INTERRUPTED "E0305" "interrupted"
        "The cell was interrupted."
    INTERNAL "E0306" "a fault of Weft itself"
        "This should not happen. Please report the cell and the message."
    COMPARED_WITH_NULL "W0201" "comparison with null"
        "x == null is null for every row, as any comparison with null is. x is null asks for it; is and is not compare nulls alike."
    NOT_SHOWN "W0202" "result that is not shown"
        "A cell shows its last pipeline or value. `| show` shows anywhere, let binds."
    DATES_ON_TIMES "W0203" "dates that bound timestamps"
        "In ts in @a..@b the upper date stands for its midnight, so its day is lost. Write @a..<@b with the day after."
}

/// The page of a code such as `E0101`, in any case.
#[must_use]
pub fn explain(id: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ascending() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn every_code_has_a_title_and_a_page() {
        for code in CODES {
            assert!(!code.title.is_empty() && code.page.len() > 20, "{}", code.id);
        }
    }

    #[test]
    fn pages_are_found_by_id() {
        assert_eq!(explain("e0101"), Some(&Code::NEVER_CLOSED));
        assert_eq!(explain("E9999"), None);
    }
}
