//! The verbs the grammar knows: each with the shape of what follows it. A new verb of a known shape is one line here.

/// What follows a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One expression.
    Expr,
    /// Items.
    Items,
    /// Items, or nothing.
    OptionalItems,
    /// Items in braces.
    Braces,
    /// Keys and a block.
    Group,
    /// Sort keys.
    Keys,
    /// Sources.
    Sources,
    /// A join.
    Join,
    /// A pivot.
    Pivot,
    /// An unpivot.
    Unpivot,
    /// A name.
    Into,
    /// Arguments, or nothing.
    Args,
}

/// Every verb and its shape, in the order of the reference.
pub const VERBS: &[(&str, Shape)] = &[
    ("where", Shape::Expr),
    ("unless", Shape::Expr),
    ("derive", Shape::Items),
    ("select", Shape::Items),
    ("drop", Shape::Items),
    ("rename", Shape::Items),
    ("distinct", Shape::OptionalItems),
    ("group", Shape::Group),
    ("agg", Shape::Braces),
    ("sort", Shape::Keys),
    ("take", Shape::Expr),
    ("skip", Shape::Expr),
    ("drop_null", Shape::Args),
    ("drop_nan", Shape::Args),
    ("fill_null", Shape::Args),
    ("with_row_number", Shape::Args),
    ("join", Shape::Join),
    ("union", Shape::Sources),
    ("intersect", Shape::Sources),
    ("except", Shape::Sources),
    ("explode", Shape::Items),
    ("unnest", Shape::Items),
    ("pivot", Shape::Pivot),
    ("unpivot", Shape::Unpivot),
    ("into", Shape::Into),
    ("show", Shape::Args),
    ("plot", Shape::Args),
    ("explain", Shape::Args),
    ("describe", Shape::Args),
    ("schema", Shape::Args),
    ("sample", Shape::Args),
    ("write", Shape::Args),
    ("cache", Shape::Args),
];

/// Verbs of other languages and what they are called here.
pub const FOREIGN_VERBS: &[(&str, &str)] = &[
    ("filter", "where"),
    ("having", "where"),
    ("query", "where"),
    ("mutate", "derive"),
    ("transmute", "select"),
    ("with_columns", "derive"),
    ("with_column", "derive"),
    ("assign", "derive"),
    ("extend", "derive"),
    ("project", "select"),
    ("limit", "take"),
    ("head", "take"),
    ("slice", "take"),
    ("tail", "take"),
    ("offset", "skip"),
    ("order", "sort"),
    ("order_by", "sort"),
    ("orderby", "sort"),
    ("arrange", "sort"),
    ("sort_by", "sort"),
    ("summarize", "agg"),
    ("summarise", "agg"),
    ("aggregate", "agg"),
    ("group_by", "group"),
    ("groupby", "group"),
    ("merge", "join"),
    ("left_join", "join left"),
    ("inner_join", "join"),
    ("semi_join", "join semi"),
    ("anti_join", "join anti"),
    ("concat", "union"),
    ("append", "union"),
    ("unique", "distinct"),
    ("drop_duplicates", "distinct"),
    ("count", "agg { n = count() }"),
    ("value_counts", "group k { n = count() }"),
    ("summary", "describe"),
    ("glimpse", "schema"),
    ("info", "schema"),
    ("sort_values", "sort"),
    ("dedup", "distinct"),
    ("dropna", "drop_null"),
    ("drop_nulls", "drop_null"),
    ("drop_na", "drop_null"),
    ("drop_nans", "drop_nan"),
    ("fillna", "fill_null"),
    ("replace_na", "fill_null"),
    ("with_row_index", "with_row_number"),
    ("with_row_count", "with_row_number"),
    ("monotonically_increasing_id", "with_row_number"),
    ("melt", "unpivot"),
    ("pivot_longer", "unpivot"),
    ("pivot_wider", "pivot"),
    ("print", "show"),
    ("display", "show"),
    ("collect", "show"),
    ("save", "write"),
];

/// The shape of a verb.
#[must_use]
pub fn shape(verb: &str) -> Option<Shape> {
    VERBS.iter().find(|(name, _)| *name == verb).map(|(_, shape)| *shape)
}

/// What a verb of another language is called here, whatever its case.
#[must_use]
pub fn foreign(verb: &str) -> Option<&'static str> {
    let lower = verb.to_lowercase();
    let other_case = || VERBS.iter().find(|(name, _)| *name == lower && lower != verb).map(|(name, _)| *name);
    FOREIGN_VERBS.iter().find(|(name, _)| *name == lower).map(|(_, here)| *here).or_else(other_case)
}
