//! The operators whose meaning the optimizer relies on, told by their spelling in the language.

use weft_core::error::Result;
use weft_core::registry::{FunctionRef, Registry};
use weft_core::{Expr, ExprKind};

/// A comparison that is null where a side is, and follows the total order of values (NaN equals itself and is greatest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};

const ALL: [(Relation, &str); 6] =
    [(Equal, "=="), (NotEqual, "!="), (Less, "<"), (LessOrEqual, "<="), (Greater, ">"), (GreaterOrEqual, ">=")];

impl Relation {
    fn operator(self) -> &'static str {
        ALL.iter().find(|(r, _)| *r == self).map_or("", |(_, op)| op)
    }

    /// The relation with its sides swapped.
    pub(crate) fn flipped(self) -> Self {
        match self {
            Less => Greater,
            LessOrEqual => GreaterOrEqual,
            Greater => Less,
            GreaterOrEqual => LessOrEqual,
            same => same,
        }
    }

    /// The relation that holds exactly where this one does not (nulls aside).
    pub(crate) fn negated(self) -> Self {
        match self {
            Equal => NotEqual,
            NotEqual => Equal,
            Less => GreaterOrEqual,
            LessOrEqual => Greater,
            Greater => LessOrEqual,
            GreaterOrEqual => Less,
        }
    }

    /// Whether it holds between equal values.
    pub(crate) fn holds_for_equal(self) -> bool {
        matches!(self, Equal | LessOrEqual | GreaterOrEqual)
    }
}

fn spelled(function: &FunctionRef) -> Option<&'static str> {
    function.info().operator.map(str::trim)
}

/// The parts of a comparison.
pub(crate) fn as_comparison(expr: &Expr) -> Option<(Relation, &Expr, &Expr)> {
    let ExprKind::Call { function, args } = &expr.kind else { return None };
    let [left, right] = args.as_slice() else { return None };
    let operator = spelled(function)?;
    ALL.iter().find(|(_, op)| *op == operator).map(|(relation, _)| (*relation, left, right))
}

/// What a `not` negates.
pub(crate) fn as_not(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { function, args } if spelled(function) == Some("not") => match args.as_slice() {
            [inner] => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// What `x is null` (true) and `x is not null` (false) test.
pub(crate) fn null_test(expr: &Expr) -> Option<(&Expr, bool)> {
    let ExprKind::Call { function, args } = &expr.kind else { return None };
    let wants_null = match spelled(function)? {
        "is" => true,
        "is not" => false,
        _ => return None,
    };
    match args.as_slice() {
        [tested, null] if null.as_literal().is_some_and(|v| v.is_null()) => Some((tested, wants_null)),
        _ => None,
    }
}

/// `left relation right`; nothing where the registry has no such operator, or it would cast a side.
pub(crate) fn compare(registry: &Registry, relation: Relation, left: Expr, right: Expr) -> Result<Option<Expr>> {
    operator(registry, relation.operator(), vec![left, right])
}

/// `not inner`; nothing where the registry has no `not`.
pub(crate) fn not(registry: &Registry, inner: Expr) -> Result<Option<Expr>> {
    operator(registry, "not", vec![inner])
}

/// `inner is not null`; nothing where the registry has no such operator.
pub(crate) fn is_not_null(registry: &Registry, inner: Expr) -> Result<Option<Expr>> {
    let null = Expr::literal(inner.ty.clone(), weft_core::Value::Null);
    operator(registry, "is not", vec![inner, null])
}

fn operator(registry: &Registry, spelling: &str, args: Vec<Expr>) -> Result<Option<Expr>> {
    let found = registry.scalars().find(|f| spelled(f) == Some(spelling) && f.info().params.len() == args.len());
    let Some(function) = found else { return Ok(None) };
    let types: Vec<_> = args.iter().map(|a| a.ty.clone()).collect();
    let call = Expr::call(function.clone(), args)?;
    let same = matches!(&call.kind, ExprKind::Call { args, .. } if args.iter().map(|a| &a.ty).eq(&types));
    Ok(same.then_some(call))
}
