//! Taking heavy and waiting calls out of expressions: each becomes an operator that appends a column.

use std::sync::Arc;

use weft_core::Expr;
use weft_core::error::Result;
use weft_core::expr::ExprKind;
use weft_core::function::Weight;

use super::{Fragment, Lowering};
use crate::operators::heavy::HeavyOperator;
use crate::operators::waiting::WaitingOperator;

struct Extractor<'a, 'b> {
    lowering: &'a Lowering<'b>,
    fragment: &'a mut Fragment,
    width: usize,
    /// What was taken out already, so that the same call is made once.
    done: Vec<(Expr, Expr)>,
}

impl Lowering<'_> {
    /// Makes `exprs` (over `width` columns by position) cheap; columns may be appended for that.
    pub(super) fn extract(&self, fragment: &mut Fragment, exprs: Vec<Expr>, width: usize) -> Result<Vec<Expr>> {
        let mut extractor = Extractor { lowering: self, fragment, width, done: Vec::new() };
        exprs.into_iter().map(|e| extractor.cheap(e)).collect()
    }
}

impl Extractor<'_, '_> {
    fn cheap(&mut self, expr: Expr) -> Result<Expr> {
        let expr = self.without_waits(expr)?;
        self.without_heavy(expr)
    }

    /// Takes out calls that wait, innermost first.
    fn without_waits(&mut self, mut expr: Expr) -> Result<Expr> {
        // A call behind a guard may only be made where the guard lets it: the whole guarded expression is evaluated
        // by the heavy operator then, which blocks its worker but calls nothing too much.
        if expr.weight() < Weight::Waits || is_guarded(&expr) {
            return Ok(expr);
        }
        for child in expr.children_mut() {
            let taken = std::mem::replace(child, Expr::bool(false));
            *child = self.without_waits(taken)?;
        }
        if own_weight(&expr) < Weight::Waits {
            return Ok(expr);
        }
        for child in expr.children_mut() {
            let taken = std::mem::replace(child, Expr::bool(false));
            *child = self.without_heavy(taken)?;
        }
        self.take_out(expr, true)
    }

    /// Takes out the largest parts that are heavy calls.
    fn without_heavy(&mut self, mut expr: Expr) -> Result<Expr> {
        if expr.weight() == Weight::Cheap {
            return Ok(expr);
        }
        if own_weight(&expr) > Weight::Cheap || is_guarded(&expr) {
            return self.take_out(expr, false);
        }
        for child in expr.children_mut() {
            let taken = std::mem::replace(child, Expr::bool(false));
            *child = self.without_heavy(taken)?;
        }
        Ok(expr)
    }

    fn take_out(&mut self, expr: Expr, waits: bool) -> Result<Expr> {
        if let Some((_, column)) = self.done.iter().find(|(done, _)| *done == expr && expr.is_deterministic()) {
            return Ok(column.clone());
        }
        let column = Expr::index(self.width, expr.ty.clone(), expr.nullable).at(expr.origin);
        self.width += 1;
        self.done.push((expr.clone(), column.clone()));
        let shared = self.lowering.shared;
        if waits {
            self.fragment.append(Arc::new(WaitingOperator::new(shared, expr)?));
        } else {
            self.fragment.append(Arc::new(HeavyOperator::new(shared, expr)));
        }
        Ok(column)
    }
}

fn own_weight(expr: &Expr) -> Weight {
    match &expr.kind {
        ExprKind::Call { function, .. } => function.properties().weight,
        _ => Weight::Cheap,
    }
}

fn is_guarded(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Case { .. } | ExprKind::Coalesce(_))
}
