//! Set operations: tables whose columns are matched by name or by position.

mod choose;
pub(super) mod except;
pub(super) mod intersect;
pub(super) mod union;

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Field, Schema, Type, Value};
use weft_plan::LogicalPlan;

use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

/// How columns of the tables find each other.
#[derive(Clone, Copy)]
enum Matching {
    /// All tables have the same names.
    Names,
    /// Columns that a table lacks are null.
    NamesFilled,
    /// The first with the first, whatever they are called.
    Positions,
}

impl Matching {
    fn of(cx: &mut Context<'_>, options: &Options<'_>) -> Outcome<Self> {
        let fill = options.flag(cx, "fill")?;
        let by = options.choice(cx, "by", &["name", "position"])?;
        match (by, fill) {
            (Some("position"), true) => {
                let Some((_, span)) = options.value(cx, "fill")? else { return Err(Failed) };
                let diagnostic = Diagnostic::error(Code::BAD_ARGUMENT, "`fill` has no meaning by position", span);
                cx.fail(diagnostic.help("which columns are missing is told by their names: leave `by` out"))
            }
            (Some("position"), false) => Ok(Matching::Positions),
            (_, true) => Ok(Matching::NamesFilled),
            (_, false) => Ok(Matching::Names),
        }
    }
}

/// Tables with the places where they are written.
type Tables = Vec<(LogicalPlan, Span)>;

/// The input and the tables of the stage, with the same columns in the same order.
fn tables(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage, matching: Matching) -> Outcome<Tables> {
    let Core::Sources(sources) = &stage.core else { return Err(Failed) };
    let mut tables = vec![(input, stage.verb.span)];
    for source in sources {
        tables.push((cx.source(source)?, source.span));
    }
    match matching {
        Matching::Names => matched(cx, tables),
        Matching::NamesFilled => filled(cx, tables),
        Matching::Positions => placed(cx, tables),
    }
}

/// Every table with the columns of the first, in its order.
fn matched(cx: &mut Context<'_>, tables: Tables) -> Outcome<Tables> {
    let Some(names) = tables.first().map(|(plan, _)| plan.schema().names().cloned().collect::<Vec<_>>()) else {
        return Ok(tables);
    };
    let mut out = Vec::with_capacity(tables.len());
    for (plan, span) in tables {
        let lacks: Vec<&str> = names.iter().filter(|n| plan.schema().field(n).is_none()).map(|n| &**n).collect();
        let extra: Vec<&str> = plan.schema().names().filter(|n| !names.contains(n)).map(|n| &**n).collect();
        if !lacks.is_empty() || !extra.is_empty() {
            let parts = [("lacks", lacks), ("has besides", extra)];
            let parts = parts.iter().filter(|(_, names)| !names.is_empty());
            let parts: Vec<String> = parts.map(|(verb, names)| format!("{verb} `{}`", names.join("`, `"))).collect();
            let message = format!("the columns differ: this table {}", parts.join(" and "));
            let help = "select the same columns, or say fill: true for nulls in the missing ones";
            return cx.fail(Diagnostic::error(Code::COLUMNS_DIFFER, message, span).help(help));
        }
        let plan = ordered(cx, plan, &names, span)?;
        out.push((plan, span));
    }
    Ok(out)
}

fn ordered(cx: &mut Context<'_>, plan: LogicalPlan, names: &[Arc<str>], span: Span) -> Outcome<LogicalPlan> {
    if plan.schema().names().eq(names) {
        return Ok(plan);
    }
    let plan = plan.select_columns(names.iter().map(|n| &**n));
    cx.engine(plan, span)
}

/// Every table with the columns of all, nulls in those it lacks.
fn filled(cx: &mut Context<'_>, tables: Tables) -> Outcome<Tables> {
    let mut all: Vec<(Arc<str>, Type)> = Vec::new();
    for field in tables.iter().flat_map(|(plan, _)| plan.schema().fields()) {
        if !all.iter().any(|(name, _)| *name == field.name) {
            all.push((Arc::clone(&field.name), field.ty.clone()));
        }
    }
    let mut out = Vec::with_capacity(tables.len());
    for (plan, span) in tables {
        let schema: Schema = plan.schema().clone();
        let column = |(name, ty): &(Arc<str>, Type)| {
            let expr = schema.field(name).map_or_else(|| Expr::literal(ty.clone(), Value::Null), Expr::of_field);
            NamedExpr { name: Arc::clone(name), expr }
        };
        let plan = plan.project(all.iter().map(column).collect());
        out.push((cx.engine(plan, span)?, span));
    }
    Ok(out)
}

/// Every table with the names of the first.
fn placed(cx: &mut Context<'_>, tables: Tables) -> Outcome<Tables> {
    let Some(names) = tables.first().map(|(plan, _)| plan.schema().names().cloned().collect::<Vec<_>>()) else {
        return Ok(tables);
    };
    let mut out = Vec::with_capacity(tables.len());
    for (plan, span) in tables {
        let width = plan.schema().len();
        if width != names.len() {
            let columns = |n: usize| if n == 1 { "1 column".to_owned() } else { format!("{n} columns") };
            let message = format!("this table has {}, the first one {}", columns(width), columns(names.len()));
            let help = "by position tables are as wide as each other: select the columns that correspond";
            return cx.fail(Diagnostic::error(Code::COLUMNS_DIFFER, message, span).help(help));
        }
        if plan.schema().names().eq(&names) {
            out.push((plan, span));
            continue;
        }
        let renamed = |(field, name): (&Field, &Arc<str>)| NamedExpr { name: Arc::clone(name), expr: Expr::of_field(field) };
        let renamed = plan.schema().fields().iter().zip(&names).map(renamed).collect();
        let plan = plan.project(renamed);
        out.push((cx.engine(plan, span)?, span));
    }
    Ok(out)
}
