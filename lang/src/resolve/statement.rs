//! Statements: what each asks the session to do.

use weft_core::function::Weight;
use weft_core::{Expr, Settings, Type, Value};
use weft_plan::catalog::Binding;

use super::context::{Found, Known};
use super::{ActionKind, Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Arg, Core, ExprKind, Name, Path, Pipe, Stmt, StmtKind};

impl Context<'_> {
    /// Resolves a statement into actions. `last` says that the cell shows its value.
    pub(crate) fn statement(&mut self, stmt: &Stmt, last: bool) -> Outcome<()> {
        match &stmt.kind {
            StmtKind::Let { name, pipe } => self.let_name(name, pipe, stmt.span),
            StmtKind::Fn { name, .. } => {
                self.know(name.text.as_str().into(), Known::Failed);
                self.not_yet("functions of your own (`fn`) are", stmt.span)
            }
            StmtKind::Set { name, value, options } => {
                if let Some(option) = options.first() {
                    return self.error(Code::UNKNOWN_OPTION, "`set` has no options", option.span);
                }
                self.set(name, value, stmt.span)
            }
            StmtKind::Attach { alias, .. } => {
                if let Some(alias) = alias {
                    self.know(alias.text.as_str().into(), Known::Failed);
                }
                self.not_yet("`attach` is", stmt.span)
            }
            StmtKind::Use(_) => self.not_yet("`use` is", stmt.span),
            StmtKind::Help(topic) => {
                self.act(ActionKind::Help { topic: topic.as_ref().map(|t| t.text.clone()) }, stmt.span);
                Ok(())
            }
            StmtKind::Clear => {
                self.act(ActionKind::Clear, stmt.span);
                Ok(())
            }
            StmtKind::Pipe(pipe) => {
                let outcome = self.bare(pipe, last, stmt.span);
                if outcome.is_err() {
                    self.give_up(pipe);
                }
                outcome
            }
            StmtKind::Error => {
                let text = stmt.span.of(self.text);
                if let Some(rest) = text.strip_prefix("let ") {
                    let name = rest.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                    self.know(name.into(), Known::Failed);
                }
                Err(Failed)
            }
        }
    }

    fn let_name(&mut self, name: &Name, pipe: &Pipe, span: Span) -> Outcome<()> {
        let outcome = self.binding(pipe);
        match outcome {
            Ok(binding) => {
                self.bind(&name.text, binding, span);
                Ok(())
            }
            Err(Failed) => {
                self.unbound(name);
                self.give_up(pipe);
                Err(Failed)
            }
        }
    }

    /// Says nothing more about the names that a failed pipe would have bound.
    fn give_up(&mut self, pipe: &Pipe) {
        for stage in &pipe.stages {
            if let Core::Into(name) = &stage.core {
                self.unbound(name);
            }
        }
    }

    /// A name that is bound only later, or never.
    fn unbound(&mut self, name: &Name) {
        let errors = self.diagnostics.iter().any(Diagnostic::is_error);
        let known = if self.waits && !errors { Known::Later(None) } else { Known::Failed };
        self.know(name.text.as_str().into(), known);
    }

    fn binding(&mut self, pipe: &Pipe) -> Outcome<Binding> {
        if self.is_table(pipe) {
            return self.pipe(pipe).map(Binding::Table);
        }
        let (ty, value) = self.scalar(&pipe.head)?;
        Ok(Binding::Scalar(ty, value))
    }

    /// A value computed now; while it waits, a null of its type.
    fn scalar(&mut self, expr: &ast::Expr) -> Outcome<(Type, Value)> {
        let resolved = self.value(Scope::Constant, expr)?;
        // What costs or depends on the moment is computed when the statements before it have run.
        let cheap = resolved.is_pure() && resolved.weight() == Weight::Cheap;
        self.waits |= !cheap && !self.at_turn;
        if self.waits && !self.at_turn {
            return Ok((resolved.ty, Value::Null));
        }
        let folded = self.folded(resolved, expr.span)?;
        match folded.as_literal() {
            Some(value) => Ok((folded.ty.clone(), value.clone())),
            None => self.error(Code::NOT_CONSTANT, "this is no plain value", expr.span),
        }
    }

    /// Whether a pipe yields a table: it has stages, or its head is the name, call or literal of one.
    fn is_table(&mut self, pipe: &Pipe) -> bool {
        !pipe.stages.is_empty() || self.is_table_head(&pipe.head)
    }

    fn is_table_head(&mut self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Pipeline(_) => true,
            ExprKind::Paren(inner) => self.is_table_head(inner),
            ExprKind::Call { name, .. } => {
                let registry = self.env.registry();
                registry.table(&name.text).is_some()
                    || registry.scalar(&name.text).is_none()
                        && registry.aggregate(&name.text).is_none()
                        && ["read_", "glob"].iter().any(|p| name.text.starts_with(p))
            }
            ExprKind::List(rows) => !rows.is_empty() && rows.iter().all(|row| matches!(row.kind, ExprKind::Struct { .. })),
            ExprKind::Field { receiver, .. } => {
                matches!(&receiver.kind, ExprKind::Name(name) if matches!(self.find(&name.text), Found::Missing))
            }
            _ => false,
        }
    }

    /// A pipeline or expression on its own.
    fn bare(&mut self, pipe: &Pipe, last: bool, span: Span) -> Outcome<()> {
        if let (ExprKind::Call { name, args }, true) = (&pipe.head.kind, pipe.stages.is_empty())
            && name.text == "print"
        {
            return self.print(args, span);
        }
        let acts =
            pipe.stages.last().is_some_and(|s| matches!(s.verb.text.as_str(), "show" | "explain" | "into" | "write" | "plot"));
        if !last && !acts {
            let diagnostic =
                Diagnostic::warning(Code::NOT_SHOWN, "this result is not shown: only the last one of a cell is", span);
            self.warn(diagnostic.fix(span.at_end(), " | show", "add `| show`"));
        }
        if self.is_table(pipe) {
            let plan = self.pipe(pipe)?;
            if last && !acts {
                self.act(ActionKind::Show { plan, rows: None, result: true }, span);
            }
            return Ok(());
        }
        let (ty, value) = self.scalar(&pipe.head)?;
        if last {
            self.act(ActionKind::Value { ty, value, result: true }, span);
        }
        Ok(())
    }

    fn set(&mut self, name: &Path, value: &ast::Expr, span: Span) -> Outcome<()> {
        let text = name.text();
        let mut settings: Settings = (*self.env.settings()).clone();
        if settings.get(&text).is_none() {
            let diagnostic = Diagnostic::error(Code::UNKNOWN_SETTING, format!("no setting `{text}`"), name.span);
            let names = weft_core::settings::SETTINGS.iter().map(|s| s.name);
            return self.fail(match suggest(&text, names.clone()) {
                Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")),
                None => diagnostic.help(format!("there are {}", super::column::listed(names))),
            });
        }
        let (_, value_now) = self.constant(value)?;
        let accepted = settings.set(&text, &value_now);
        self.engine(accepted, value.span)?;
        self.act(ActionKind::Set { name: text, value: value_now }, span);
        Ok(())
    }

    /// `print(expr, to: "stderr")`
    fn print(&mut self, args: &[Arg], span: Span) -> Outcome<()> {
        let mut stderr = false;
        let mut line = String::new();
        for arg in args {
            let expr = self.plain(&arg.value)?;
            match arg.name.as_ref() {
                None => {
                    let text = self.printed(expr)?;
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(&text);
                }
                Some(name) if name.text == "to" => {
                    let (_, value) = self.constant(expr)?;
                    stderr = match value.as_str() {
                        Some("stderr") => true,
                        Some("stdout") => false,
                        _ => return self.error(Code::BAD_ARGUMENT, "`to` is \"stdout\" or \"stderr\"", expr.span),
                    };
                }
                Some(name) => {
                    let message = format!("`print` has no argument `{}`", name.text);
                    return self.fail(Diagnostic::error(Code::WRONG_ARGUMENT, message, name.span).help("it has `to`"));
                }
            }
        }
        line.push('\n');
        self.act(ActionKind::Print { text: line, stderr }, span);
        Ok(())
    }

    /// A value as `::str` writes it; what has no text by cast is written as in messages.
    fn printed(&mut self, expr: &ast::Expr) -> Outcome<String> {
        if expr.as_name().is_some_and(|name| matches!(self.find(&name.text), Found::Table(_))) {
            let diagnostic = Diagnostic::error(Code::NOT_A_VALUE, "`print` writes values, not tables", expr.span);
            return self.fail(diagnostic.help("a table is shown with `| show`"));
        }
        let (ty, value) = self.scalar(expr)?;
        if value.is_null() {
            return Ok("null".to_owned());
        }
        if let Value::String(text) = &value {
            return Ok(text.to_string());
        }
        let plain = ty.is_numeric() || ty.is_temporal() || ty == Type::Bool;
        if !plain {
            return Ok(value.to_string());
        }
        let cast = Expr::literal(ty, value.clone()).cast(Type::String, weft_core::expr::CastMode::Strict);
        let text = self.folded(cast, expr.span)?;
        Ok(text.as_literal().and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Shows a table on the way.
    pub(crate) fn show(&mut self, plan: weft_plan::LogicalPlan, rows: Option<usize>, span: Span) {
        self.act(ActionKind::Show { plan, rows, result: false }, span);
    }
}
