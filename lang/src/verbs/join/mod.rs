//! `join [kind] source [as q] on …`: rows of two tables side by side.

mod conditions;
mod names;

use std::sync::Arc;

use weft_core::Expr;
use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;
use weft_plan::builder::pass_on;
use weft_plan::nodes::{Expect, Join, JoinKey, JoinKind};

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, JoinScope, Options, Outcome};
use crate::syntax::{self as ast, Core, Name, Stage};
use conditions::{conditions, conjuncts};
use names::{Names, RightColumn};

pub(super) fn apply(cx: &mut Context<'_>, left: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Join(join) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["prefix", "expect"])?;
    let written = join.kind.as_ref().map_or(ast::JoinKind::Inner, |kind| kind.value);
    let Some(kind) = kind(written) else {
        let span = join.kind.as_ref().map_or(stage.span, |kind| kind.span);
        return cx.not_yet("`join asof` is", span);
    };
    if let Some(within) = &join.within {
        let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, "`within` belongs to `join asof`", within.span);
        return cx.fail(diagnostic.help("other joins bound a difference with a condition: on k, abs(x - q.x) <= 5"));
    }
    let prefix = options.text(cx, "prefix")?;
    let expect = options.choice(cx, "expect", &Expect::ALL.map(|(spelling, _)| spelling))?;
    let expect = expect.and_then(|text| Expect::ALL.into_iter().find(|(spelling, _)| *spelling == text)).map(|(_, e)| e);
    let right = cx.source(&join.source)?;
    match (written, join.on.first()) {
        (ast::JoinKind::Cross, Some(first)) => {
            let diagnostic =
                Diagnostic::error(Code::JOIN_CONDITION, "`join cross` pairs all rows: it has no conditions", first.span);
            return cx.fail(diagnostic.help("without `cross` the conditions choose among the pairs: join table on …"));
        }
        (ast::JoinKind::Cross, None) => {}
        (_, None) => return no_condition(cx, &left, &right, stage),
        _ => {}
    }
    let mut parts = Vec::new();
    join.on.iter().for_each(|condition| conjuncts(condition, &mut parts));
    let lone: Vec<&Name> = parts.iter().filter_map(|p| p.without_parens().as_name()).collect();
    let alias = join.alias.as_ref().map(|n| n.text.as_str());
    let shows_right = kind.shows_right();
    let names = Names { left: left.schema(), right: right.schema(), lone: &lone, alias, prefix: prefix.as_ref(), shows_right };
    let columns = names.right_columns(cx, join)?;
    let scope =
        JoinScope { left: left.schema(), right: columns.iter().map(|c| (c.written.clone(), c.field.clone())).collect(), alias };
    let (keys, residual) = conditions(cx, &scope, &parts)?;
    let residual = (!residual.is_empty()).then(|| Expr::and(residual));
    let plan = build(left, right, &columns, kind, keys, residual, expect);
    cx.plan(plan, stage.span)
}

/// The engine's kind; nothing for an asof join, which is another node.
fn kind(written: ast::JoinKind) -> Option<JoinKind> {
    Some(match written {
        ast::JoinKind::Inner | ast::JoinKind::Cross => JoinKind::Inner,
        ast::JoinKind::Left => JoinKind::Left,
        ast::JoinKind::Right => JoinKind::Right,
        ast::JoinKind::Full => JoinKind::Full,
        ast::JoinKind::Semi => JoinKind::Semi,
        ast::JoinKind::Anti => JoinKind::Anti,
        ast::JoinKind::Asof => return None,
    })
}

fn build(
    left: LogicalPlan,
    right: LogicalPlan,
    columns: &[RightColumn],
    kind: JoinKind,
    keys: Vec<JoinKey>,
    residual: Option<Expr>,
    expect: Option<Expect>,
) -> weft_core::Result<LogicalPlan> {
    // The builder brings the sides of the keys into one type.
    let plan = left.join(renamed(right, columns)?, kind, keys, residual)?;
    let weft_plan::Node::Join(join) = plan.node() else { return Ok(plan) };
    let hidden = |name: &Arc<str>| columns.iter().any(|c| c.lone && c.field.name == *name);
    let mut join = Join { expect, ..join.clone() };
    if !kind.keeps_right() {
        join.output.retain(|name| !hidden(name));
        return LogicalPlan::new(join.into());
    }
    // The key that stands on both sides comes out once: from whichever side has it.
    let partner = |name: &Arc<str>| columns.iter().find(|c| c.lone && c.written == *name).map(|c| Arc::clone(&c.field.name));
    let lefts: Vec<Arc<str>> = join.left.schema().names().cloned().collect();
    let joined = LogicalPlan::new(join.into())?;
    let mut output = Vec::with_capacity(joined.schema().len());
    for field in joined.schema().fields() {
        let Some(right_name) = partner(&field.name).filter(|_| lefts.contains(&field.name)) else {
            if !hidden(&field.name) {
                output.push(pass_on(field));
            }
            continue;
        };
        let theirs = Expr::column(joined.schema(), &right_name)?;
        let expr = if kind == JoinKind::Right { theirs } else { Expr::coalesce(vec![Expr::of_field(field), theirs])? };
        output.push(NamedExpr { name: Arc::clone(&field.name), expr });
    }
    if output.len() == joined.schema().len() { Ok(joined) } else { joined.project(output) }
}

/// The right side under the names that its columns have in the join.
fn renamed(right: LogicalPlan, columns: &[RightColumn]) -> weft_core::Result<LogicalPlan> {
    if columns.iter().all(|c| c.written == c.field.name) {
        return Ok(right);
    }
    let fields = right.schema().fields().iter().zip(columns);
    let renamed = fields.map(|(old, c)| NamedExpr { name: Arc::clone(&c.field.name), expr: pass_on(old).expr }).collect();
    right.project(renamed)
}

fn no_condition(cx: &mut Context<'_>, left: &LogicalPlan, right: &LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let both: Vec<&str> = left.schema().names().filter(|n| right.schema().field(n).is_some()).map(|n| &**n).collect();
    let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, "this join has no conditions", stage.span);
    let help = match both.first() {
        Some(name) => format!("both sides have `{name}`: add `on {name}`; every pair of rows is `join cross`"),
        None => "add `on left_key == right_key`; every pair of rows is `join cross`".to_owned(),
    };
    cx.fail(diagnostic.help(help))
}
