//! The windows of a stage: found while its expressions are resolved, computed before them.

use std::sync::Arc;

use weft_core::expr::SortKey;
use weft_core::{Expr, Field, WindowCall};
use weft_plan::nodes::{JoinKind, NamedWindow, Node};
use weft_plan::{LogicalPlan, NodeKind};

use super::{Context, Outcome};
use crate::Span;

/// The windows that the expressions of a stage need, and what they take from where they stand.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    found: Vec<Found>,
    /// Names that no window may get.
    taken: Vec<Arc<str>>,
    /// The keys of the group block.
    pub(super) by: Vec<Expr>,
    /// The order in the group block, which no node has made yet.
    pub(super) order: Vec<SortKey>,
    /// The keys of the last sort.
    pub(super) last_sort: Vec<SortKey>,
}

#[derive(Debug)]
struct Found {
    partition: Vec<Expr>,
    order: Vec<SortKey>,
    named: NamedWindow,
}

impl Windows {
    /// The column of a window; equal windows share one.
    pub(super) fn collect(&mut self, partition: Vec<Expr>, order: Vec<SortKey>, call: WindowCall) -> Expr {
        let field = |name: &Arc<str>, call: &WindowCall| {
            Expr::of_field(&Field { name: Arc::clone(name), ty: call.ty().clone(), nullable: call.nullable() })
        };
        let same = |f: &&Found| f.partition == partition && f.order == order && f.named.call == call;
        if let Some(known) = self.found.iter().find(same) {
            return field(&known.named.name, &call);
        }
        let mut name: Arc<str> = call.to_string().into();
        while self.taken.contains(&name) {
            name = format!("{name}'").into();
        }
        self.taken.push(Arc::clone(&name));
        let column = field(&name, &call);
        self.found.push(Found { partition, order, named: NamedWindow { name, call } });
        column
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All expressions that the windows read.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.found.iter().flat_map(|f| {
            let keys = f.partition.iter().chain(f.order.iter().map(|k| &k.expr));
            keys.chain(f.named.call.exprs())
        })
    }

    /// The names of their columns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.found.iter().map(|f| &f.named.name)
    }

    /// Whether rows with equal keys of a window must stand in the block's order, which is still to be made.
    fn needs_sorted_input(&self) -> bool {
        !self.order.is_empty() && self.found.iter().any(|f| f.order != self.order && f.named.call.observes_ties())
    }

    /// `plan` with the windows' columns.
    pub(crate) fn over(self, mut plan: LogicalPlan) -> weft_core::Result<LogicalPlan> {
        if self.needs_sorted_input() {
            plan = plan.sort(self.order.clone())?;
        }
        let mut found = self.found;
        while !found.is_empty() {
            let first = found.remove(0);
            let (partition, order) = (first.partition, first.order);
            let mut calls = vec![first.named];
            let mut others = Vec::with_capacity(found.len());
            for other in found {
                if other.partition == partition && other.order == order {
                    calls.push(other.named);
                } else {
                    others.push(other);
                }
            }
            found = others;
            plan = plan.window(partition, order, calls)?;
        }
        Ok(plan)
    }
}

impl Context<'_> {
    /// Resolves something that may hold windows over the rows of `plan`; names in `reserved` are taken besides.
    pub(crate) fn windowed<T>(
        &mut self,
        plan: &LogicalPlan,
        reserved: &[Arc<str>],
        resolve: impl FnOnce(&mut Self) -> T,
    ) -> (T, Windows) {
        let column = |name: &Arc<str>| plan.schema().field(name).map(Expr::of_field);
        let (by, order) = match &self.block {
            Some(block) => (block.keys.iter().filter_map(column).collect(), block.order.clone()),
            None => (Vec::new(), Vec::new()),
        };
        let last_sort = last_sort(plan);
        let hidden_by = |key: &SortKey| key.expr.columns().iter().any(|c| reserved.contains(c));
        let last_sort = if last_sort.iter().any(hidden_by) { Vec::new() } else { last_sort };
        let taken = plan.schema().names().chain(reserved).cloned().collect();
        let windows = Windows { found: Vec::new(), taken, by, order, last_sort };
        let outer = self.windows.replace(windows);
        let outcome = resolve(self);
        let windows = std::mem::replace(&mut self.windows, outer).unwrap_or_default();
        (outcome, windows)
    }

    /// What `build` makes of `plan` with the windows' columns, which are left out again.
    pub(crate) fn over_windows(
        &mut self,
        plan: LogicalPlan,
        windows: Windows,
        span: Span,
        build: impl FnOnce(LogicalPlan) -> weft_core::Result<LogicalPlan>,
    ) -> Outcome<LogicalPlan> {
        if windows.is_empty() {
            return self.plan(build(plan), span);
        }
        let columns: Vec<Arc<str>> = plan.schema().names().cloned().collect();
        let built = windows.over(plan).and_then(build);
        let built = self.plan(built, span)?;
        self.plan(built.select_columns(columns.iter().map(|n| &**n)), span)
    }
}

/// The keys that the rows of `plan` were last sorted by, as far as they were written and still stand there.
fn last_sort(plan: &LogicalPlan) -> Vec<SortKey> {
    match plan.node() {
        // Keys that break ties alone were added by nobody, and have no place.
        Node::Sort(sort) => sort.keys.iter().take_while(|k| k.expr.origin.place().is_some()).cloned().collect(),
        Node::With(with) => last_sort(&with.input),
        Node::Filter(_) | Node::Limit(_) | Node::Tail(_) | Node::Distinct(_) | Node::Window(_) | Node::Project(_) => {
            let Some(input) = plan.inputs().into_iter().next() else { return Vec::new() };
            carried(plan, last_sort(input)).unwrap_or_default()
        }
        Node::Explode(explode) => {
            let keys = last_sort(&explode.input);
            let passed = |k: &SortKey| k.expr.columns().iter().all(|c| explode.passes(c));
            if keys.iter().all(passed) { keys } else { Vec::new() }
        }
        Node::Join(join) if matches!(join.kind, JoinKind::Inner | JoinKind::Left | JoinKind::Semi | JoinKind::Anti) => {
            let keys = last_sort(&join.left);
            let shown = |k: &SortKey| k.expr.columns().iter().all(|c| plan.schema().field(c).is_some());
            if keys.iter().all(shown) { keys } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// Sort keys over the input of `plan`'s top node as ones over its output; nothing where a column of theirs is gone.
fn carried(plan: &LogicalPlan, keys: Vec<SortKey>) -> Option<Vec<SortKey>> {
    let Node::Project(project) = plan.node() else { return Some(keys) };
    let renamed = |expr: Expr| {
        expr.transform(&mut |mut e| {
            if let Some(old) = e.as_column() {
                let pass = project.exprs.iter().find(|made| made.expr.as_column() == Some(old));
                let pass = pass.ok_or_else(|| weft_core::Error::not_found("a column that is not passed on"))?;
                e.kind = weft_core::ExprKind::Column(weft_core::ColumnRef::Name(Arc::clone(&pass.name)));
            }
            Ok(e)
        })
    };
    keys.into_iter().map(|k| Some(SortKey { expr: renamed(k.expr).ok()?, ..k })).collect()
}

/// Sort keys over `before` as ones over `after`, which was built on it; nothing where a column of theirs is gone.
pub(crate) fn carried_to(after: &LogicalPlan, before: &LogicalPlan, keys: &[SortKey]) -> Option<Vec<SortKey>> {
    if after.is_same(before) {
        return Some(keys.to_vec());
    }
    if let Node::With(with) = after.node() {
        return carried_to(&with.input, before, keys);
    }
    let [input] = after.node().inputs()[..] else { return None };
    carried(after, carried_to(input, before, keys)?)
}
