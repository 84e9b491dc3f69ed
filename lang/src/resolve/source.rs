//! Sources: session tables, table functions, pipes, table literals.

use std::sync::Arc;

use weft_core::registry::TableFunctionRef;
use weft_core::types::common_type;
use weft_core::{Field, Schema, Type, Value};
use weft_plan::LogicalPlan;

use super::context::{Found, deep};
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Arg, ExprKind, Name, Path, Source, SourceKind};

impl Context<'_> {
    /// The table that a source stands for.
    pub(crate) fn source(&mut self, source: &Source) -> Outcome<LogicalPlan> {
        match &source.kind {
            SourceKind::Path(path) => self.path(path),
            SourceKind::Call { name, args } => self.table_call(name, args, source.span),
            SourceKind::Pipe(pipe) => deep(|| self.pipe(pipe)),
            SourceKind::Rows(rows) => self.rows(rows, source.span),
        }
    }

    fn path(&mut self, path: &Path) -> Outcome<LogicalPlan> {
        let [name] = path.names.as_slice() else {
            return self.not_yet("catalogs, and so paths such as `a.b`, are", path.span);
        };
        match self.find(&name.text) {
            Found::Table(plan) => Ok(plan),
            Found::Silent => Err(Failed),
            Found::Scalar(ty, _) => {
                let message = format!("`{}` is a value ({ty}), not a table", name.text);
                let fix = format!("${}", name.text);
                self.fail(Diagnostic::error(Code::UNKNOWN_TABLE, message, name.span).fix(
                    name.span,
                    &fix,
                    format!("write `{fix}`"),
                ))
            }
            Found::Missing => self.no_table(name),
        }
    }

    fn no_table<T>(&mut self, name: &Name) -> Outcome<T> {
        let diagnostic = Diagnostic::error(Code::UNKNOWN_TABLE, format!("no table `{}`", name.text), name.span);
        if self.env.registry().table(&name.text).is_some() {
            return self.fail(diagnostic.help(format!("`{0}` is a function: {0}(…)", name.text)));
        }
        let tables = self.session_names(true);
        self.fail(match suggest(&name.text, tables.iter().map(|n| &**n)) {
            Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")).help(format!("did you mean `{near}`?")),
            None if tables.is_empty() => diagnostic.help(format!("bind it first: let {} = read_parquet(\"…\")", name.text)),
            None => diagnostic.help(format!("there are {}", super::column::listed(tables.iter().map(|n| &**n)))),
        })
    }

    fn table_call(&mut self, name: &Name, args: &[Arg], span: Span) -> Outcome<LogicalPlan> {
        let registry = self.env.registry();
        let Some(function) = registry.table(&name.text) else {
            if registry.scalar(&name.text).is_some() || registry.aggregate(&name.text).is_some() {
                return self.error(Code::NOT_A_TABLE, format!("`{}` yields a value, not a table", name.text), name.span);
            }
            let diagnostic = Diagnostic::error(Code::UNKNOWN_FUNCTION, format!("no source `{}`", name.text), name.span);
            let names: Vec<&str> = registry.tables().map(|f| f.info().name).collect();
            return self.fail(match suggest(&name.text, names.iter().copied()) {
                Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")),
                None => diagnostic.help(format!("there are {}", super::column::listed(names))),
            });
        };
        self.open(&function, args, name, span)
    }

    fn open(&mut self, function: &TableFunctionRef, args: &[Arg], name: &Name, span: Span) -> Outcome<LogicalPlan> {
        let waited = std::mem::replace(&mut self.waits, false);
        let values = self.source_values(function, args, name);
        let waits = std::mem::replace(&mut self.waits, waited);
        self.waits |= waits;
        let values = values?;
        if waits {
            return Err(Failed);
        }
        let plan = self.env.open(function, values);
        self.plan(plan, span)
    }

    fn source_values(&mut self, function: &TableFunctionRef, args: &[Arg], name: &Name) -> Outcome<Vec<Value>> {
        let mut written = Vec::with_capacity(args.len());
        for arg in args {
            written.push((arg.name.as_ref(), self.plain(&arg.value)?));
        }
        let mut resolved = self.arguments(Scope::Constant, function.info(), written, name.span)?;
        super::expr::settle_all(&mut resolved);
        if self.waits {
            return Err(Failed);
        }
        let mut values = Vec::with_capacity(resolved.len());
        for expr in resolved {
            let folded = self.folded(expr, name.span)?;
            values.push(folded.as_literal().map_or(Value::Null, |value| with_names(value, &folded.ty)));
        }
        Ok(values)
    }

    /// `[{a: 1}, {a: 2}]`: columns by first appearance; a field that a row lacks is null.
    fn rows(&mut self, rows: &[ast::Expr], span: Span) -> Outcome<LogicalPlan> {
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut types: Vec<Type> = Vec::new();
        let mut cells: Vec<Vec<(usize, weft_core::Expr)>> = Vec::with_capacity(rows.len());
        for row in rows {
            let ExprKind::Struct { base: None, fields } = &row.kind else {
                return self.error(Code::NOT_A_VALUE, "a row of a table literal is {name: value, …}", row.span);
            };
            let mut cell = Vec::with_capacity(fields.len());
            for (name, value) in fields {
                let resolved = self.value(Scope::Constant, value)?;
                let at = names.iter().position(|n| **n == *name.text).unwrap_or_else(|| {
                    names.push(name.text.as_str().into());
                    types.push(Type::Null);
                    names.len() - 1
                });
                if cell.iter().any(|(seen, _)| *seen == at) {
                    return self.name_twice(&name.text, name.span);
                }
                let Some(met) = types.get(at).and_then(|ty| common_type(ty, &resolved.ty)) else {
                    let message = format!("column `{}` is {} above and {} here", name.text, types[at], resolved.ty);
                    return self.error(Code::WRONG_TYPE, message, value.span);
                };
                types[at] = met;
                cell.push((at, self.folded(resolved, value.span)?));
            }
            cells.push(cell);
        }
        let fields = names.iter().zip(&types).map(|(n, ty)| Field::new(Arc::clone(n), ty.clone())).collect();
        let schema = self.engine(Schema::new(fields), span)?;
        let mut values = Vec::with_capacity(cells.len());
        for cell in cells {
            let mut row = vec![Value::Null; types.len()];
            for (at, expr) in cell {
                let folded = self.folded(expr.coerced(&types[at]), span)?;
                row[at] = folded.as_literal().cloned().unwrap_or(Value::Null);
            }
            values.push(row);
        }
        let table = self.env.table(schema, values);
        self.plan(table, span)
    }
}

/// A struct as a map from its names: a source sees values without types, and `schema: {a: "int"}` is about the names.
fn with_names(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Struct(members), Type::Struct(fields)) => {
            let named = fields.iter().zip(members);
            Value::Map(named.map(|(f, v)| (Value::String(Arc::clone(&f.name)), with_names(v, &f.ty))).collect())
        }
        _ => value.clone(),
    }
}
