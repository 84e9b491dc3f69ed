//! `join [kind] source [as q] on …`: rows matched on keys.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, ExprKind, Field, Schema};
use weft_plan::LogicalPlan;
use weft_plan::builder::pass_on;
use weft_plan::nodes::{Join, JoinKey, JoinKind};

use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::resolve::{Context, Failed, JoinScope, Options, Outcome, Scope};
use crate::syntax::{self as ast, BinaryOp, Core, Name, Stage};

pub(super) fn apply(cx: &mut Context<'_>, left: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Join(join) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["prefix"])?;
    let kind = kind(cx, join)?;
    if let Some(within) = &join.within {
        return cx.error(Code::JOIN_CONDITION, "`within` belongs to `join asof`", within.span);
    }
    let prefix = options.text(cx, "prefix")?.map(|(text, _)| text);
    let right = cx.source(&join.source)?;
    if join.on.is_empty() {
        return no_condition(cx, &left, &right, stage);
    }
    let mut parts = Vec::new();
    join.on.iter().for_each(|condition| conjuncts(condition, &mut parts));
    let lone: Vec<&Name> = parts.iter().filter_map(|p| p.without_parens().as_name()).collect();
    let alias = join.alias.as_ref().map(|n| n.text.as_str());
    let names = Names { left: left.schema(), right: right.schema(), lone: &lone, alias, prefix, kind };
    let fields = names.right_fields(cx, join)?;
    let scope = JoinScope { left: left.schema(), right: fields.clone(), alias };
    let (keys, residual) = conditions(cx, &scope, &parts)?;
    if keys.is_empty() {
        let span = join.on.first().map_or(stage.span, |e| e.span);
        let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, "a join needs at least one equality of both sides", span);
        return cx.fail(diagnostic.help("such as `on key` or `on a == b`; joins on inequalities alone are not there yet"));
    }
    let hidden: Vec<Arc<str>> =
        fields.iter().filter(|(written, _)| names.is_lone(written)).map(|(_, f)| f.name.clone()).collect();
    let renamed = right.schema().fields().iter().zip(&fields);
    let renamed = renamed.map(|(old, (_, new))| NamedExpr { name: Arc::clone(&new.name), expr: pass_on(old).expr }).collect();
    let plan = build(left, right, renamed, kind, keys, residual, &hidden);
    cx.plan(plan, stage.span)
}

fn build(
    left: LogicalPlan,
    right: LogicalPlan,
    renamed: Vec<NamedExpr>,
    kind: JoinKind,
    keys: Vec<JoinKey>,
    residual: Vec<Expr>,
    hidden: &[Arc<str>],
) -> weft_core::Result<LogicalPlan> {
    let same = renamed.iter().all(|c| c.expr.as_column() == Some(&c.name));
    let right = if same { right } else { right.project(renamed)? };
    let residual = (!residual.is_empty()).then(|| Expr::and(residual));
    // The builder brings the sides of the keys into one type; the key that stands on both sides comes out once.
    let plan = left.join(right, kind, keys, residual)?;
    let weft_plan::Node::Join(join) = plan.node() else { return Ok(plan) };
    let output = join.output.iter().filter(|n| !hidden.contains(n)).cloned().collect();
    LogicalPlan::new(Join { output, ..join.clone() }.into())
}

fn kind(cx: &mut Context<'_>, join: &ast::Join) -> Outcome<JoinKind> {
    let Some(kind) = &join.kind else { return Ok(JoinKind::Inner) };
    Ok(match kind.value {
        ast::JoinKind::Inner => JoinKind::Inner,
        ast::JoinKind::Left => JoinKind::Left,
        ast::JoinKind::Semi => JoinKind::Semi,
        ast::JoinKind::Anti => JoinKind::Anti,
        other => {
            let name = ast::JoinKind::ALL.iter().find(|(_, k)| *k == other).map_or("", |(name, _)| *name);
            return cx.not_yet(&format!("`join {name}` is"), kind.span);
        }
    })
}

fn no_condition(cx: &mut Context<'_>, left: &LogicalPlan, right: &LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let both: Vec<&str> = left.schema().names().filter(|n| right.schema().field(n).is_some()).map(|n| &**n).collect();
    let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, "this join has no conditions", stage.span);
    let help = match both.first() {
        Some(name) => format!("both sides have `{name}`: add `on {name}`"),
        None => "add `on left_key == right_key`".to_owned(),
    };
    cx.fail(diagnostic.help(help))
}

/// The parts of an `and`.
fn conjuncts<'t>(expr: &'t ast::Expr, parts: &mut Vec<&'t ast::Expr>) {
    match &expr.without_parens().kind {
        ast::ExprKind::Binary { op, left, right } if op.value == BinaryOp::And => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        _ => parts.push(expr),
    }
}

/// What the right columns are called.
struct Names<'a> {
    left: &'a Schema,
    right: &'a Schema,
    lone: &'a [&'a Name],
    alias: Option<&'a str>,
    prefix: Option<String>,
    kind: JoinKind,
}

impl Names<'_> {
    /// Whether a right column is a key of both sides, written alone.
    fn is_lone(&self, name: &str) -> bool {
        self.lone.iter().any(|lone| lone.text == name)
    }

    /// For each right column its name as written and the field it has in the join.
    fn right_fields(&self, cx: &mut Context<'_>, join: &ast::Join) -> Outcome<Vec<(Arc<str>, Field)>> {
        let mut fields: Vec<(Arc<str>, Field)> = Vec::with_capacity(self.right.len());
        let mut clashes = Vec::new();
        for field in self.right.fields() {
            let name = match self.final_name(&field.name) {
                Some(name) => name,
                None => {
                    clashes.push(Arc::clone(&field.name));
                    continue;
                }
            };
            fields.push((Arc::clone(&field.name), Field { name, ..field.clone() }));
        }
        let Some(clash) = clashes.first() else { return Ok(fields) };
        let all: Vec<&str> = clashes.iter().map(|n| &**n).collect();
        let message = match all.as_slice() {
            [one] => format!("both sides of the join have a column `{one}`"),
            _ => format!("both sides of the join have columns `{}`", all.join("`, `")),
        };
        let diagnostic = Diagnostic::error(Code::NAME_TWICE, message, join.source.span);
        cx.fail(match self.alias {
            Some(alias) => diagnostic.help(format!("`{alias}_{clash}` is taken too: use another name, or prefix: \"…\"")),
            None => {
                let span = join.source.span.at_end();
                diagnostic.fix(span, " as r", format!("add `as r`, to get `r_{clash}`")).help(format!(
                    "name the right side (`as r` makes it `r_{clash}`), say prefix: \"r_\", or drop the column first"
                ))
            }
        })
    }

    /// The name a right column gets in the join; nothing where it is taken.
    fn final_name(&self, name: &Arc<str>) -> Option<Arc<str>> {
        let hidden = self.is_lone(name) || matches!(self.kind, JoinKind::Semi | JoinKind::Anti);
        let taken = |name: &str| self.left.field(name).is_some() || self.right.field(name).is_some();
        if hidden {
            let mut inner: Arc<str> = Arc::clone(name);
            while self.left.field(&inner).is_some() || (inner != *name && taken(&inner)) {
                inner = format!("{inner} (right)").into();
            }
            return Some(inner);
        }
        let wanted: Arc<str> = match (&self.prefix, self.alias) {
            (Some(prefix), _) => format!("{prefix}{name}").into(),
            (None, Some(alias)) if self.left.field(name).is_some() => format!("{alias}_{name}").into(),
            _ => Arc::clone(name),
        };
        let free = self.left.field(&wanted).is_none() && (wanted == *name || self.prefix.is_some() || !taken(&wanted));
        free.then_some(wanted)
    }
}

type Conditions = (Vec<JoinKey>, Vec<Expr>);

/// Equalities of both sides are keys, all else is the residual.
fn conditions(cx: &mut Context<'_>, scope: &JoinScope<'_>, parts: &[&ast::Expr]) -> Outcome<Conditions> {
    let (mut keys, mut residual) = (Vec::new(), Vec::new());
    let mut failed = false;
    for part in parts {
        let outcome = match part.without_parens().as_name() {
            Some(name) => lone_key(cx, scope, name).map(|key| keys.push(key)),
            None => condition(cx, scope, part, &mut keys, &mut residual),
        };
        failed |= outcome.is_err();
    }
    if failed { Err(Failed) } else { Ok((keys, residual)) }
}

fn lone_key(cx: &mut Context<'_>, scope: &JoinScope<'_>, name: &Name) -> Outcome<JoinKey> {
    let origin = cx.origin(name.span);
    match (scope.left.field(&name.text), scope.right(&name.text)) {
        (Some(left), Some(right)) => {
            Ok(JoinKey { left: Expr::of_field(left).at(origin), right: Expr::of_field(right).at(origin), null_safe: false })
        }
        (None, None) => cx.no_column(Scope::Join(scope), name),
        (left, _) => {
            let side = if left.is_some() { "right" } else { "left" };
            let message = format!("`{}` alone is a key of both sides, but the {side} side has no such column", name.text);
            let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, message, name.span);
            let other: Vec<Arc<str>> = match left {
                Some(_) => scope.right.iter().map(|(n, _)| Arc::clone(n)).collect(),
                None => scope.left.names().cloned().collect(),
            };
            let near = suggest(&name.text, other.iter().map(|n| &**n)).unwrap_or("other_key");
            cx.fail(diagnostic.help(format!("name both: on {} == {near}", name.text)))
        }
    }
}

fn condition(
    cx: &mut Context<'_>,
    scope: &JoinScope<'_>,
    part: &ast::Expr,
    keys: &mut Vec<JoinKey>,
    residual: &mut Vec<Expr>,
) -> Outcome<()> {
    let resolved = cx.condition(Scope::Join(scope), part, "`on`")?;
    let is_left = |name: &Arc<str>| scope.left.field(name).is_some();
    let reads = |expr: &Expr| {
        let columns = expr.columns();
        (columns.iter().any(is_left), columns.iter().any(|n| !is_left(n)))
    };
    if reads(&resolved) != (true, true) {
        let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, "this condition reads only one side of the join", part.span);
        let help = "filter that side with `where` before the join; the right side's columns are written q.c with `as q`";
        return cx.fail(diagnostic.help(help));
    }
    if let ExprKind::Call { function, args } = &resolved.kind
        && let [a, b] = args.as_slice()
        && matches!(function.info().name, "equal" | "is_same")
    {
        let null_safe = function.info().name == "is_same";
        let sides = match (reads(a), reads(b)) {
            ((true, false), (false, true)) => Some((a, b)),
            ((false, true), (true, false)) => Some((b, a)),
            _ => None,
        };
        if let Some((left, right)) = sides {
            keys.push(JoinKey { left: left.clone(), right: right.clone(), null_safe });
            return Ok(());
        }
    }
    residual.push(resolved);
    Ok(())
}
