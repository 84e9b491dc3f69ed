//! `schema`: a table of the columns' names and types. Runs nothing.

use weft_core::{Field, Schema, Type, Value};
use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    if let Some(arg) = args.first() {
        return cx.error(Code::WRONG_ARGUMENT, "`schema` takes no arguments", arg.span);
    }
    let fields = vec![
        Field::new("column", Type::String).required(),
        Field::new("type", Type::String).required(),
        Field::new("nullable", Type::Bool).required(),
    ];
    let schema = cx.engine(Schema::new(fields), stage.span)?;
    let row = |f: &Field| vec![Value::String(f.name.clone()), Value::string(f.ty.to_string()), Value::Bool(f.nullable)];
    let table = cx.env.table(schema, input.schema().fields().iter().map(row).collect());
    cx.plan(table, stage.span)
}
