//! What follows a value: methods, fields, indices, casts; and the literals of lists and structs.

use weft_core::expr::CastMode;
use weft_core::{Expr, Field, Type, Value};

use super::expr::settle_all;
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Arg, ExprKind, Name, TypeExpr};

/// Names that may stand before a function as its family, whatever the function's own name.
const NAMESPACES: &[&str] =
    &["str", "list", "dt", "time", "struct", "image", "json", "binary", "url", "file", "num", "embedding", "hash"];

impl Context<'_> {
    /// `x.f(a)` is `f(x, a)`; `x.ns.f(a)` is `ns_f(x, a)` where that exists.
    pub(super) fn method(
        &mut self,
        scope: Scope<'_>,
        receiver: &ast::Expr,
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Outcome<Expr> {
        if let ExprKind::Field { receiver: inner, name: namespace } = &receiver.kind
            && !namespace.quoted
        {
            let long = format!("{}_{}", namespace.text, name.text);
            let known = self.env.registry().scalar(&long).is_some();
            if (known || NAMESPACES.contains(&namespace.text.as_str())) && !self.has_field(scope, inner, &namespace.text) {
                let text = if known { long } else { name.text.clone() };
                let name = Name { text, span: name.span, quoted: name.quoted };
                return self.call(scope, &name, Some(inner), args, span);
            }
        }
        self.call(scope, name, Some(receiver), args, span)
    }

    /// Whether an expression is a struct with this field; says nothing of what is wrong with it.
    fn has_field(&mut self, scope: Scope<'_>, expr: &ast::Expr, field: &str) -> bool {
        let before = self.diagnostics.len();
        let resolved = self.expr(scope, expr);
        self.diagnostics.truncate(before);
        matches!(resolved.map(|e| e.ty), Ok(Type::Struct(fields)) if fields.iter().any(|f| &*f.name == field))
    }

    /// `x.f`: a field of a struct, `$t.c`, or the right side's column in a join.
    pub(super) fn field(&mut self, scope: Scope<'_>, receiver: &ast::Expr, name: &Name, span: Span) -> Outcome<Expr> {
        if let ExprKind::Session(table) = &receiver.kind
            && let Some(found) = self.session_column(scope, table, name)
        {
            return found;
        }
        if let ExprKind::Name(table) = &receiver.kind
            && scope.field(&table.text).is_none()
            && let Some(found) = self.qualified(scope, table, name, span)
        {
            return found;
        }
        let value = self.value(scope, receiver)?;
        let Type::Struct(fields) = &value.ty else {
            let message = format!("`.{}` is a field of a struct, but this is {}", name.text, value.ty);
            let diagnostic = Diagnostic::error(Code::WRONG_TYPE, message, name.span).also(receiver.span, value.ty.to_string());
            let known = self.env.registry().scalar(&name.text).is_some();
            let help = if known { format!("a function is called with parentheses: .{}()", name.text) } else { String::new() };
            return self.fail(if known { diagnostic.help(help) } else { diagnostic });
        };
        if let Some(known) = fields.iter().find(|f| *f.name == *name.text) {
            let field = Expr::string(&known.name);
            return self.invoke("get_field", vec![value, field], span);
        }
        let message = format!("the struct has no field `{}`", name.text);
        let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span);
        let diagnostic = match suggest(&name.text, fields.iter().map(|f| &*f.name)) {
            Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")),
            None => diagnostic.help(format!("it has {}", super::column::listed(fields.iter().map(|f| &*f.name)))),
        };
        self.fail(diagnostic)
    }

    /// `q.c` in a join's conditions; elsewhere the message for it.
    fn qualified(&mut self, scope: Scope<'_>, table: &Name, column: &Name, span: Span) -> Option<Outcome<Expr>> {
        if let Scope::Join(join) = scope {
            if join.alias != Some(table.text.as_str()) {
                return None;
            }
            if let Some(field) = join.right(&column.text) {
                return Some(Ok(Expr::of_field(field)));
            }
            let message = format!("`{}` has no column `{}`", table.text, column.text);
            let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, column.span);
            let near = suggest(&column.text, join.right.iter().map(|(n, _)| &**n));
            return Some(self.fail(match near {
                Some(near) => diagnostic.fix(column.span, near, format!("write `{near}`")),
                None => diagnostic,
            }));
        }
        let joined = format!("{}_{}", table.text, column.text);
        let plain = [joined.as_str(), column.text.as_str()].into_iter().find(|name| scope.field(name).is_some())?;
        let message = format!("`{}` names the right side only in the conditions of its join", table.text);
        let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, span);
        Some(self.fail(diagnostic.fix(span, plain, format!("write `{plain}`"))))
    }

    /// `x[i]`
    pub(super) fn index(&mut self, scope: Scope<'_>, receiver: &ast::Expr, index: &ast::Expr, span: Span) -> Outcome<Expr> {
        if matches!(index.kind, ExprKind::Range { .. }) {
            return self.not_yet("slices `x[a..b]` are", index.span);
        }
        let (list, at) = (self.value(scope, receiver), self.value(scope, index));
        self.invoke("list_get", vec![list?, at?], span)
    }

    /// `x::type`, `x::?type`
    pub(super) fn cast(&mut self, scope: Scope<'_>, value: &ast::Expr, ty: &TypeExpr, lenient: bool) -> Outcome<Expr> {
        let value = self.expr(scope, value);
        let ty = self.type_of(ty)?;
        let value = value?;
        let value = if ty.is_decimal() { value } else { super::expr::settled(value) };
        let mode = if lenient { CastMode::Try } else { CastMode::Strict };
        Ok(value.cast(ty, mode))
    }

    /// `[a, b]`: a value where all items are, else a call.
    pub(super) fn list(&mut self, scope: Scope<'_>, items: &[ast::Expr], span: Span) -> Outcome<Expr> {
        let mut parts = Vec::with_capacity(items.len());
        let mut failed = false;
        for item in items {
            let part = self.expr(scope, item);
            failed |= part.is_err();
            parts.extend(part);
        }
        if failed {
            return Err(Failed);
        }
        settle_all(&mut parts);
        if parts.is_empty() {
            return Ok(Expr::literal(Type::list(Type::Null), Value::List(Vec::new())));
        }
        let made = self.invoke("make_list", parts.clone(), span)?;
        let Type::List(item) = &made.ty else { return Ok(made) };
        let coerced: Vec<Expr> = parts.into_iter().map(|p| p.coerced(item)).collect();
        match coerced.iter().map(|p| p.as_literal().cloned()).collect::<Option<Vec<_>>>() {
            Some(values) => Ok(Expr::literal(made.ty, Value::List(values))),
            None => Ok(made),
        }
    }

    /// `{a: 1}`, `{..x, a: 1}`
    pub(super) fn structure(
        &mut self,
        scope: Scope<'_>,
        base: Option<&ast::Expr>,
        fields: &[(Name, ast::Expr)],
        span: Span,
    ) -> Outcome<Expr> {
        let mut members = match base {
            Some(base) => self.spread(scope, base)?,
            None => Vec::new(),
        };
        let copied = members.len();
        for (name, value) in fields {
            let value = self.value(scope, value)?;
            match members.iter().position(|(known, _)| *known == name.text) {
                Some(at) if at >= copied => {
                    return self.error(Code::NAME_TWICE, format!("the struct has two fields `{}`", name.text), name.span);
                }
                Some(at) => members[at].1 = value,
                None => members.push((name.text.clone(), value)),
            }
        }
        let literals = members.iter().map(|(_, e)| e.as_literal().cloned()).collect::<Option<Vec<_>>>();
        if let Some(values) = literals {
            let fields: Vec<Field> = members.iter().map(|(name, e)| Field::new(name.as_str(), e.ty.clone())).collect();
            return Ok(Expr::literal(Type::Struct(fields.into()), Value::Struct(values)));
        }
        let args = members.into_iter().flat_map(|(name, value)| [Expr::string(&name), value]).collect();
        self.invoke("make_struct", args, span)
    }

    /// The fields of the struct that is copied.
    fn spread(&mut self, scope: Scope<'_>, base: &ast::Expr) -> Outcome<Vec<(String, Expr)>> {
        let value = self.value(scope, base)?;
        let Type::Struct(fields) = &value.ty else {
            return self.error(Code::WRONG_TYPE, format!("`..` copies a struct, not {}", value.ty), base.span);
        };
        let mut members = Vec::with_capacity(fields.len());
        for field in fields.iter() {
            let member = self.invoke("get_field", vec![value.clone(), Expr::string(&field.name)], base.span)?;
            members.push((field.name.to_string(), member));
        }
        Ok(members)
    }
}
