//! Calls: finding the function, and its arguments by name and position.

use std::sync::Arc;

use weft_core::function::Param;
use weft_core::{ErrorKind, Expr, Function, Origin, Type, Value};

use super::aggregate::Modifiers;
use super::column::listed;
use super::expr::settle_all;
use super::{Context, Failed, Outcome, Scope, foreign};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Arg, Name};

/// An argument as written: the receiver of a method comes first, without a name.
pub(super) type Written<'t> = (Option<&'t Name>, &'t ast::Expr);

impl Context<'_> {
    /// `name(args)`, or `receiver.name(args)`.
    pub(super) fn call(
        &mut self,
        scope: Scope<'_>,
        name: &Name,
        receiver: Option<&ast::Expr>,
        args: &[Arg],
        span: Span,
    ) -> Outcome<Expr> {
        if name.text == "input" && receiver.is_none() {
            return self.input(scope, args, span);
        }
        let registry = self.env.registry();
        if let Some(function) = registry.aggregate(&name.text) {
            let modifiers = Modifiers::split(args);
            let written = receiver.map(|r| (None, r)).into_iter().chain(modifiers.others(self)?).collect();
            return self.aggregate(scope, function, written, &modifiers, name, span);
        }
        if let Some(function) = registry.window(&name.text) {
            return self.window_function(scope, function, receiver, args, name, span);
        }
        let Some(function) = registry.scalar(&name.text) else { return self.no_function(scope, name) };
        let mut written: Vec<Written<'_>> = receiver.map(|r| (None, r)).into_iter().collect();
        for arg in args {
            written.push((arg.name.as_ref(), self.plain(&arg.value)?));
        }
        let mut resolved = self.arguments(scope, function.info(), written, name.span)?;
        settle_all(&mut resolved);
        let stands_in = |e: &Expr| e.ty != Type::Null && e.as_literal().is_some_and(Value::is_null);
        let waits = self.waits && !self.at_turn && resolved.iter().any(stands_in);
        match Expr::call(function.clone(), resolved.clone()) {
            // The value itself is asked for: its turn will tell.
            Err(error) if waits && error.kind() != ErrorKind::Type => Err(Failed),
            Err(error) if error.kind() == ErrorKind::Type => {
                let origin = misfit(&resolved, |args| Expr::call(function.clone(), args).is_ok());
                Err(self.engine_error(&error.at(origin), span))
            }
            result => self.engine(result, span),
        }
    }

    /// An argument that is no list of sort keys.
    pub(super) fn plain<'t>(&mut self, value: &'t ast::Value) -> Outcome<&'t ast::Expr> {
        match value.as_expr() {
            Some(expr) => Ok(expr),
            None => self.error(Code::NOT_A_VALUE, "sort directions stand only in `sort:`", value.span()),
        }
    }

    /// One expression per parameter, variadic ones more.
    pub(super) fn arguments(
        &mut self,
        scope: Scope<'_>,
        info: &'static Function,
        written: Vec<Written<'_>>,
        at: Span,
    ) -> Outcome<Vec<Expr>> {
        let mut slots: Vec<Option<Expr>> = Vec::with_capacity(info.params.len());
        let mut failed = false;
        for (name, value) in written {
            if name.is_none() && info.variadic && self.is_selector(value) {
                slots.extend(self.expanded_columns(scope, value)?.into_iter().map(Some));
                continue;
            }
            let Some(slot) = self.slot(info, name, slots.len(), value.span) else { return Err(Failed) };
            let resolved = self.expr(scope, value);
            failed |= resolved.is_err();
            let Ok(resolved) = resolved else { continue };
            failed |= self.choice(info.params.get(slot), &resolved, value.span).is_err();
            if slots.len() <= slot {
                slots.resize_with(slot + 1, || None);
            }
            if let Some(place) = slots.get_mut(slot)
                && place.replace(resolved).is_some()
            {
                return self.misused(info, format!("`{}` is given twice", info.params[slot].name), value.span);
            }
        }
        if failed { Err(Failed) } else { self.filled(info, slots, at) }
    }

    /// Which parameter an argument is for.
    fn slot(&mut self, info: &'static Function, name: Option<&Name>, next: usize, value: Span) -> Option<usize> {
        let Some(name) = name else {
            if next < info.params.len() || info.variadic {
                return Some(next);
            }
            let message = match info.params.len() {
                0 => format!("`{}` takes no arguments", info.name),
                1 => format!("`{}` takes one argument", info.name),
                n => format!("`{}` takes at most {n} arguments", info.name),
            };
            let _: Outcome<()> = self.misused(info, message, value);
            return None;
        };
        if let Some(slot) = info.params.iter().position(|p| p.name == name.text) {
            return Some(slot);
        }
        let diagnostic =
            Diagnostic::error(Code::WRONG_ARGUMENT, format!("`{}` has no argument `{}`", info.name, name.text), name.span);
        let diagnostic = match suggest(&name.text, info.params.iter().map(|p| p.name)) {
            Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")),
            None => diagnostic,
        };
        self.diagnostics.push(diagnostic.help(format!("it is called as `{}`", info.signature())));
        None
    }

    /// Defaults where nothing was given.
    fn filled(&mut self, info: &'static Function, slots: Vec<Option<Expr>>, at: Span) -> Outcome<Vec<Expr>> {
        let count = slots.len().max(info.params.len());
        let mut slots = slots.into_iter();
        let mut args = Vec::with_capacity(count);
        for i in 0..count {
            let default = || info.params.get(i).and_then(|p| p.default).map(weft_core::function::Default::to_expr);
            match slots.next().flatten().or_else(default) {
                Some(arg) => args.push(arg),
                None => {
                    let missing = info.params.get(i).map_or("", |p| p.name);
                    return self.misused(info, format!("`{}` needs its argument `{missing}`", info.name), at);
                }
            }
        }
        Ok(args)
    }

    /// A text option with fixed choices.
    fn choice(&mut self, param: Option<&Param>, value: &Expr, span: Span) -> Outcome<()> {
        let (Some(param), Some(Value::String(text))) = (param, value.as_literal()) else { return Ok(()) };
        if param.choices.is_empty() || param.choices.contains(&&**text) {
            return Ok(());
        }
        let choices: Vec<String> = param.choices.iter().map(|c| format!("{c:?}")).collect();
        let message = format!("`{}` is one of {}, not {text:?}", param.name, choices.join(", "));
        let diagnostic = Diagnostic::error(Code::BAD_ARGUMENT, message, span);
        match suggest(text, param.choices.iter().copied()) {
            Some(near) => self.fail(diagnostic.fix(span, format!("{near:?}"), format!("write {near:?}"))),
            None => self.fail(diagnostic),
        }
    }

    fn misused<T>(&mut self, info: &Function, message: String, span: Span) -> Outcome<T> {
        let diagnostic = Diagnostic::error(Code::WRONG_ARGUMENT, message, span);
        self.fail(diagnostic.help(format!("it is called as `{}`", info.signature())))
    }

    fn no_function<T>(&mut self, scope: Scope<'_>, name: &Name) -> Outcome<T> {
        let registry = self.env.registry();
        if registry.table(&name.text).is_some() {
            let message = format!("`{}` yields a table, not a value", name.text);
            return self.fail(Diagnostic::error(Code::NOT_A_VALUE, message, name.span).help("it stands at the head of a pipe"));
        }
        let message = format!("no function `{}`", name.text);
        let diagnostic = Diagnostic::error(Code::UNKNOWN_FUNCTION, message, name.span);
        if let Some(here) = foreign::function(&name.text) {
            let diagnostic = diagnostic.fix(name.span, here, format!("write `{here}`"));
            return self.fail(diagnostic.help(format!("it is called `{here}` here")));
        }
        if let Some(here) = foreign::written(&name.text) {
            return self.fail(diagnostic.help(format!("it is written `{here}` here")));
        }
        let names: Vec<&str> = registry.infos().map(|f| f.name).collect();
        let diagnostic = match suggest(&name.text, names.iter().copied()) {
            Some(near) => diagnostic.fix(name.span, near, format!("write `{near}`")).help(format!("did you mean `{near}`?")),
            None if scope.field(&name.text).is_some() => diagnostic.help(format!("`{}` is a column", name.text)),
            None => {
                let like: Vec<&str> = names.into_iter().filter(|n| n.contains(name.text.as_str())).collect();
                if like.is_empty() { diagnostic } else { diagnostic.help(format!("there are {}", listed(like))) }
            }
        };
        self.fail(diagnostic)
    }

    /// `input("Token: ", secret: true)`: asked at the statement's turn.
    fn input(&mut self, scope: Scope<'_>, args: &[Arg], span: Span) -> Outcome<Expr> {
        if !matches!(scope, Scope::Constant) {
            return self.fail(
                Diagnostic::error(Code::NOT_CONSTANT, "`input` is asked once, not for each row", span)
                    .help("bind it first: let x = input(\"…\"), then write $x"),
            );
        }
        let (mut prompt, mut secret) = (Arc::from(""), false);
        for (at, arg) in args.iter().enumerate() {
            let value = self.plain(&arg.value)?;
            let (_, constant) = self.constant(value)?;
            match (arg.name.as_ref().map(|n| n.text.as_str()), constant) {
                (Some("prompt"), Value::String(text)) => prompt = text,
                (None, Value::String(text)) if at == 0 => prompt = text,
                (Some("secret"), Value::Bool(b)) => secret = b,
                _ => return self.error(Code::WRONG_ARGUMENT, "it is called as `input(\"prompt\", secret: false)`", arg.span),
            }
        }
        if !self.at_turn {
            self.waits = true;
            return Ok(Expr::literal(Type::String, Value::Null));
        }
        let line = self.env.input(&prompt, secret);
        Ok(Expr::string(&self.engine(line, span)?))
    }
}

/// The place of the argument without which the call would be right: it is of the wrong type.
pub(super) fn misfit(args: &[Expr], fits: impl Fn(Vec<Expr>) -> bool) -> Origin {
    let without = |at: usize| {
        let mut args = args.to_vec();
        args[at] = Expr::literal(Type::Null, Value::Null);
        args
    };
    (0..args.len()).find(|&at| fits(without(at))).map_or(Origin::NONE, |at| args[at].origin)
}
