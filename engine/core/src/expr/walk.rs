//! Visiting and rewriting expression trees without matching on every kind again.

use std::sync::Arc;

use super::{ColumnRef, Expr, ExprKind};
use crate::error::{Error, Result};
use crate::function::{Volatility, Weight};
use crate::schema::Schema;
use crate::subquery::Subquery;
use crate::types::Type;

impl Expr {
    /// The direct parts.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Scalar(_) => Vec::new(),
            ExprKind::Call { args, .. } => args.iter().collect(),
            ExprKind::Cast { input, .. } | ExprKind::InList { input, .. } | ExprKind::InTable { input, .. } => vec![input],
            ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::Coalesce(parts) => parts.iter().collect(),
            ExprKind::Case { branches, otherwise } => {
                branches.iter().flat_map(|(c, v)| [c, v]).chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// The direct parts, to be changed. The types must stay.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Scalar(_) => Vec::new(),
            ExprKind::Call { args, .. } => args.iter_mut().collect(),
            ExprKind::Cast { input, .. } | ExprKind::InList { input, .. } | ExprKind::InTable { input, .. } => vec![input],
            ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::Coalesce(parts) => parts.iter_mut().collect(),
            ExprKind::Case { branches, otherwise } => {
                branches.iter_mut().flat_map(|(c, v)| [c, v]).chain(otherwise.as_deref_mut()).collect()
            }
        }
    }

    /// Rewrites bottom-up: parts first, then the whole.
    pub fn transform(mut self, rewrite: &mut dyn FnMut(Expr) -> Result<Expr>) -> Result<Expr> {
        for child in self.children_mut() {
            let taken = std::mem::replace(child, Expr::bool(false));
            *child = taken.transform(rewrite)?;
        }
        rewrite(self)
    }

    /// Whether `test` holds for this or any part.
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|c| c.any(test))
    }

    /// The names of the columns it reads, each once, in order of first use.
    pub fn columns(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        self.any(&mut |e| {
            if let Some(name) = e.as_column()
                && !names.contains(name)
            {
                names.push(Arc::clone(name));
            }
            false
        });
        names
    }

    /// The sub-pipelines it reads, each once, in order of first use.
    pub fn subqueries(&self) -> Vec<Subquery> {
        let mut found: Vec<Subquery> = Vec::new();
        self.any(&mut |e| {
            if let ExprKind::Scalar(subquery) | ExprKind::InTable { table: subquery, .. } = &e.kind
                && !found.contains(subquery)
            {
                found.push(subquery.clone());
            }
            false
        });
        found
    }

    /// Whether evaluating it can fail on some row.
    pub fn is_fallible(&self) -> bool {
        self.any(&mut |e| match &e.kind {
            ExprKind::Call { function, .. } => function.properties().fallible,
            ExprKind::Cast { input, mode } => *mode == super::CastMode::Strict && cast_can_fail(input, e),
            _ => false,
        })
    }

    /// Whether it gives the same result whenever it is evaluated on the same row within one query.
    pub fn is_deterministic(&self) -> bool {
        !self.any(&mut |e| matches!(&e.kind, ExprKind::Call { function, .. } if function.properties().volatility == Volatility::Volatile))
    }

    /// Whether it may be cached or folded across queries.
    pub fn is_pure(&self) -> bool {
        !self.any(
            &mut |e| matches!(&e.kind, ExprKind::Call { function, .. } if function.properties().volatility != Volatility::Pure),
        )
    }

    /// The heaviest weight of any function in it.
    pub fn weight(&self) -> Weight {
        let own = match &self.kind {
            ExprKind::Call { function, .. } => function.properties().weight,
            _ => Weight::Cheap,
        };
        self.children().into_iter().map(Expr::weight).fold(own, Weight::max)
    }

    /// The same with names replaced by positions in `schema`.
    pub fn bind(self, schema: &Schema) -> Result<Expr> {
        self.transform(&mut |mut e| {
            if let ExprKind::Column(ColumnRef::Name(name)) = &e.kind {
                let index = schema.index_of(name);
                let index = index.ok_or_else(|| Error::internal(format!("no column `{name}` when binding")).at(e.origin))?;
                e.kind = ExprKind::Column(ColumnRef::Index(index));
            }
            Ok(e)
        })
    }

    /// The conjuncts of a condition: the parts of an `and`, else itself.
    pub fn split_conjuncts(self) -> Vec<Expr> {
        match self.kind {
            ExprKind::And(parts) => parts,
            _ => vec![self],
        }
    }
}

/// Widening casts hold every value; all others can meet one that does not fit. Finer units of time can overflow.
fn cast_can_fail(input: &Expr, whole: &Expr) -> bool {
    finer_time(&input.ty, &whole.ty) || crate::types::common_type(&input.ty, &whole.ty).as_ref() != Some(&whole.ty)
}

fn finer_time(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Date, Type::Timestamp(..)) => true,
        (Type::Timestamp(u, _), Type::Timestamp(v, _)) | (Type::Duration(u), Type::Duration(v)) => u < v,
        _ => false,
    }
}
