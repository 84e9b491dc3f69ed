//! Functions of other languages, and what they are here.

/// A function of SQL, pandas, Polars, dplyr or Excel, and the function that does the same.
const FUNCTIONS: &[(&str, &str)] = &[
    ("avg", "mean"),
    ("average", "mean"),
    ("std", "stddev"),
    ("sd", "stddev"),
    ("stddev_samp", "stddev"),
    ("variance", "var"),
    ("var_samp", "var"),
    ("n", "count"),
    ("len", "length"),
    ("nchar", "length"),
    ("n_distinct", "count_distinct"),
    ("nunique", "count_distinct"),
    ("n_unique", "count_distinct"),
    ("array_agg", "list_agg"),
    ("collect_list", "list_agg"),
    ("group_concat", "string_agg"),
    ("substring", "substr"),
    ("trim", "strip"),
    ("strip_chars", "strip"),
    ("to_lower", "lower"),
    ("lcase", "lower"),
    ("to_upper", "upper"),
    ("ucase", "upper"),
    ("starts_with", "startswith"),
    ("ends_with", "endswith"),
    ("str_detect", "contains"),
    ("paste", "concat"),
    ("ceiling", "ceil"),
    ("log", "ln"),
    ("clamp", "clip"),
    ("date_trunc", "truncate"),
    ("trunc", "truncate"),
    ("floor_date", "truncate"),
    ("current_date", "today"),
    ("getdate", "now"),
    ("current_timestamp", "now"),
    ("to_char", "strftime"),
    ("date_format", "strftime"),
    ("weekday", "day_of_week"),
    ("dayofweek", "day_of_week"),
    ("all", "bool_and"),
    ("any", "bool_or"),
];

/// A function of another language that is an operator or a verb here, and how that is written.
const WRITTEN: &[(&str, &str)] = &[
    ("coalesce", "a ?? b"),
    ("ifnull", "a ?? b"),
    ("nvl", "a ?? b"),
    ("fill_null", "a ?? b"),
    ("fillna", "a ?? b"),
    ("ifelse", "if c then a else b"),
    ("if_else", "if c then a else b"),
    ("iif", "if c then a else b"),
    ("iff", "if c then a else b"),
    ("case_when", "case { c => a, else => b }"),
    ("isnull", "x is null"),
    ("isna", "x is null"),
    ("is_na", "x is null"),
    ("notnull", "x is not null"),
    ("notna", "x is not null"),
    ("cast", "x::type"),
    ("astype", "x::type"),
    ("try_cast", "x::?type"),
    ("to_number", "x::float"),
    ("to_date", "x::date"),
    ("pow", "x ** y"),
    ("mod", "x % y"),
    ("is_in", "x in [a, b]"),
    ("isin", "x in [a, b]"),
    ("between", "x in a..b"),
    ("head", "t | take 10"),
    ("limit", "t | take 10"),
    ("tail", "t | take -10"),
];

/// The function that does here what `name` does elsewhere.
pub(super) fn function(name: &str) -> Option<&'static str> {
    find(FUNCTIONS, name)
}

/// How that is written here what the function `name` does elsewhere.
pub(super) fn written(name: &str) -> Option<&'static str> {
    find(WRITTEN, name)
}

fn find(list: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(foreign, _)| name.eq_ignore_ascii_case(foreign)).map(|(_, here)| *here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_there_and_what_is_foreign_is_not() {
        let mut registry = weft_core::Registry::default();
        weft_functions::register(&mut registry);
        let is_known = |name: &str| registry.infos().any(|info| info.name == name);
        for (foreign, here) in FUNCTIONS {
            assert!(is_known(here) && !is_known(foreign), "{foreign}: {here}");
        }
        for (foreign, _) in WRITTEN {
            assert!(!is_known(foreign), "{foreign}");
        }
    }
}
