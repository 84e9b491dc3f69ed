//! What each verb means as a plan: one file each, one line in the list.

mod agg;
mod columns;
mod derive;
mod describe;
mod distinct;
mod drop;
mod drop_nan;
mod drop_null;
mod explain;
mod explode;
mod fill_null;
mod group;
mod group_block;
mod into;
mod join;
mod rename;
mod schema;
mod select;
mod sets;
mod show;
mod skip;
mod sort;
mod take;
mod unless;
mod unnest;
mod unpivot;
mod where_;
mod with_row_number;

use weft_plan::LogicalPlan;

use crate::resolve::{Context, Outcome};
use crate::syntax::Stage;

/// A verb's meaning.
pub(crate) struct Verb {
    /// The plan of the stage over its input.
    pub(crate) apply: fn(&mut Context<'_>, LogicalPlan, &Stage) -> Outcome<LogicalPlan>,
    /// Whether the columns stay as they are, so that a failure here does not hide errors further on.
    pub(crate) keeps_columns: bool,
}

/// Every verb that is there; the grammar's list has those of later issues too.
const MEANINGS: &[(&str, Verb)] = &[
    ("where", Verb { apply: where_::apply, keeps_columns: true }),
    ("unless", Verb { apply: unless::apply, keeps_columns: true }),
    ("derive", Verb { apply: derive::apply, keeps_columns: false }),
    ("select", Verb { apply: select::apply, keeps_columns: false }),
    ("drop", Verb { apply: drop::apply, keeps_columns: false }),
    ("rename", Verb { apply: rename::apply, keeps_columns: false }),
    ("distinct", Verb { apply: distinct::apply, keeps_columns: true }),
    ("group", Verb { apply: group::apply, keeps_columns: false }),
    ("agg", Verb { apply: agg::apply, keeps_columns: false }),
    ("sort", Verb { apply: sort::apply, keeps_columns: true }),
    ("take", Verb { apply: take::apply, keeps_columns: true }),
    ("skip", Verb { apply: skip::apply, keeps_columns: true }),
    ("drop_null", Verb { apply: drop_null::apply, keeps_columns: true }),
    ("drop_nan", Verb { apply: drop_nan::apply, keeps_columns: true }),
    ("fill_null", Verb { apply: fill_null::apply, keeps_columns: true }),
    ("with_row_number", Verb { apply: with_row_number::apply, keeps_columns: false }),
    ("explode", Verb { apply: explode::apply, keeps_columns: false }),
    ("unnest", Verb { apply: unnest::apply, keeps_columns: false }),
    ("unpivot", Verb { apply: unpivot::apply, keeps_columns: false }),
    ("join", Verb { apply: join::apply, keeps_columns: false }),
    ("union", Verb { apply: sets::union::apply, keeps_columns: true }),
    ("intersect", Verb { apply: sets::intersect::apply, keeps_columns: true }),
    ("except", Verb { apply: sets::except::apply, keeps_columns: true }),
    ("into", Verb { apply: into::apply, keeps_columns: true }),
    ("show", Verb { apply: show::apply, keeps_columns: true }),
    ("explain", Verb { apply: explain::apply, keeps_columns: true }),
    ("describe", Verb { apply: describe::apply, keeps_columns: false }),
    ("schema", Verb { apply: schema::apply, keeps_columns: false }),
];

/// The meaning of a verb.
pub(crate) fn find(name: &str) -> Option<&'static Verb> {
    MEANINGS.iter().find(|(known, _)| *known == name).map(|(_, verb)| verb)
}
