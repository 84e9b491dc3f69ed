//! `f(x) over (by … sort … rows a..b)`: window functions, and aggregates outside of braces.

use weft_core::expr::SortKey;
use weft_core::registry::WindowRef;
use weft_core::types::common_type;
use weft_core::window::RangeBound;
use weft_core::{AggregateCall, ErrorKind, Expr, WindowCall, WindowFrame};

use super::aggregate::Modifiers;
use super::call::{Written, misfit};
use super::expr::settle_all;
use super::{Context, Failed, Outcome, Scope};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{self as ast, Arg, ExprKind, Frame, FrameUnit, Name, Window};

/// What stands behind `over`, for the call before it.
#[derive(Debug)]
pub(crate) struct Over {
    partition: Option<Vec<Expr>>,
    order: Option<Vec<SortKey>>,
    frame: Option<Frame>,
}

impl Context<'_> {
    /// `value over (…)`
    pub(super) fn over(&mut self, scope: Scope<'_>, value: &ast::Expr, window: &Window, span: Span) -> Outcome<Expr> {
        let registry = self.env.registry();
        let is_windowed = |name: &Name| registry.aggregate(&name.text).is_some() || registry.window(&name.text).is_some();
        let (name, receiver, args) = match &value.without_parens().kind {
            ExprKind::Call { name, args } if is_windowed(name) => (name, None, args),
            ExprKind::Method { receiver, name, args } if is_windowed(name) => (name, Some(&**receiver), args),
            ExprKind::Error => return Err(Failed),
            _ => {
                let message = "`over` follows an aggregate or a window function";
                let diagnostic = Diagnostic::error(Code::WINDOW, message, value.span);
                return self.fail(diagnostic.help("as in sum(x) over (by k), rank() over (sort x desc)"));
            }
        };
        let (Scope::Rows(schema), true) = (scope, self.windows.is_some()) else {
            return self.misplaced_window(scope, name, span);
        };
        let rows = Scope::Folded(schema);
        let partition = self.partition(rows, &window.partition);
        let order = if window.order.is_empty() { Ok(None) } else { self.sort_keys(rows, &window.order).map(Some) };
        self.over = Some(Over { partition: partition?, order: order?, frame: window.frame.clone() });
        let outcome = self.call(scope, name, receiver, args, span);
        self.over = None;
        outcome
    }

    fn partition(&mut self, scope: Scope<'_>, keys: &[ast::Expr]) -> Outcome<Option<Vec<Expr>>> {
        if keys.is_empty() {
            return Ok(None);
        }
        let mut partition = Vec::with_capacity(keys.len());
        let mut failed = false;
        for key in keys {
            let resolved = match self.value(scope, key) {
                Ok(expr) if !expr.ty.is_hashable() => {
                    self.error(Code::WRONG_TYPE, format!("cannot group by {}: it has no equality", expr.ty), key.span)
                }
                outcome => outcome,
            };
            failed |= resolved.is_err();
            partition.extend(resolved);
        }
        if failed { Err(Failed) } else { Ok(Some(partition)) }
    }

    /// A window function where windows stand.
    pub(super) fn window_function(
        &mut self,
        scope: Scope<'_>,
        function: WindowRef,
        receiver: Option<&ast::Expr>,
        args: &[Arg],
        name: &Name,
        span: Span,
    ) -> Outcome<Expr> {
        let over = self.over.take();
        let (Scope::Rows(schema), true) = (scope, self.windows.is_some()) else {
            return self.misplaced_window(scope, name, span);
        };
        let mut written: Vec<Written<'_>> = receiver.map(|r| (None, r)).into_iter().collect();
        for arg in args {
            written.push((arg.name.as_ref(), self.plain(&arg.value)?));
        }
        let mut args = self.arguments(Scope::Folded(schema), function.info(), written, name.span)?;
        settle_all(&mut args);
        let call = WindowCall::function(function.clone(), args.clone());
        let call = call.map_err(|error| match error.kind() {
            ErrorKind::Type => error.at(misfit(&args, |args| WindowCall::function(function.clone(), args).is_ok())),
            _ => error,
        });
        let call = self.engine(call, span)?;
        if let Some(frame) = over.as_ref().and_then(|o| o.frame.as_ref()).filter(|_| !function.reads_frame()) {
            let message = format!("`{}` looks at the whole partition, it has no frame", name.text);
            return self.fail(Diagnostic::error(Code::WINDOW, message, frame.span).fix(frame.span, "", "leave it out"));
        }
        self.windowed_call(call, over, name, span)
    }

    /// An aggregate where windows stand.
    pub(super) fn window_aggregate(
        &mut self,
        call: AggregateCall,
        over: Option<Over>,
        modifiers: &Modifiers<'_>,
        name: &Name,
        span: Span,
    ) -> Outcome<Expr> {
        if let Some(sort) = modifiers.sort {
            let diagnostic = Diagnostic::error(Code::WINDOW, "a window is sorted as a whole", sort.span);
            return self.fail(diagnostic.help(format!("write `{}(…) over (sort …)`", name.text)));
        }
        let framed = over.as_ref().and_then(|o| o.frame.as_ref());
        if let (Some(distinct), Some(_), true) = (modifiers.distinct, framed, call.distinct) {
            let diagnostic = Diagnostic::error(Code::WINDOW, "`distinct:` does not go with a frame", distinct.span);
            return self.fail(diagnostic.help("count_distinct(x) counts different values over any frame"));
        }
        let mut call = WindowCall::aggregate(call);
        if let Some(least) = modifiers.least {
            let value = self.plain(&least.value)?;
            call.min_periods = self.count(value, "`min_periods:`")?;
        }
        self.windowed_call(call, over, name, span)
    }

    fn windowed_call(&mut self, call: WindowCall, over: Option<Over>, name: &Name, span: Span) -> Outcome<Expr> {
        let over = over.unwrap_or(Over { partition: None, order: None, frame: None });
        let ranged = over.frame.as_ref().is_some_and(|f| f.unit == FrameUnit::Range);
        let needs_key = ranged || call.needs_order();
        let Some(windows) = &self.windows else { return Err(Failed) };
        let order = match over.order {
            Some(own) => own,
            None if windows.order.is_empty() && needs_key => windows.last_sort.clone(),
            None => windows.order.clone(),
        };
        if needs_key && order.is_empty() {
            return self.without_key(name, ranged, span);
        }
        let frame = match &over.frame {
            Some(frame) => self.frame(frame, &order)?,
            None => WindowFrame::Whole,
        };
        let call = call.over(frame).at(self.origin(span));
        let Some(windows) = &mut self.windows else { return Err(Failed) };
        let partition = match over.partition {
            // The block's group goes without saying.
            Some(own) => {
                let new = own.into_iter().filter(|key| !windows.by.contains(key)).collect::<Vec<_>>();
                windows.by.iter().cloned().chain(new).collect()
            }
            None => windows.by.clone(),
        };
        Ok(windows.collect(partition, order, call))
    }

    fn without_key<T>(&mut self, name: &Name, ranged: bool, span: Span) -> Outcome<T> {
        let what = if ranged { "a frame by `range`".to_owned() } else { format!("`{}`", name.text) };
        let diagnostic = Diagnostic::error(Code::WINDOW, format!("{what} needs a sort key"), span);
        self.fail(diagnostic.help(format!("write `{}(…) over (sort x)`, or sort before: | sort x", name.text)))
    }

    fn frame(&mut self, frame: &Frame, order: &[SortKey]) -> Outcome<WindowFrame> {
        let (start, end) = (frame.start.as_deref(), frame.end.as_deref());
        if start.is_none() && end.is_none() {
            return Ok(WindowFrame::Whole);
        }
        if frame.unit == FrameUnit::Rows {
            let (start, end) = (self.rows_bound(start), self.rows_bound(end));
            let (start, end) = (start?, end?);
            if let (Some(a), Some(b)) = (start, end)
                && a > b
            {
                return self.error(Code::WINDOW, "this frame ends before it begins", frame.span);
            }
            return Ok(WindowFrame::Rows { start, end });
        }
        let (start, end) = (self.range_bound(start, order), self.range_bound(end, order));
        let (mut start, mut end) = (start?, end?);
        let mut values: Vec<&mut Expr> = Vec::with_capacity(2);
        for bound in [&mut start, &mut end] {
            if let RangeBound::Value(expr) = bound {
                values.push(expr);
            }
        }
        if values.is_empty() {
            return Ok(WindowFrame::Range { key: None, start, end });
        }
        let [key] = order else { return Err(Failed) };
        // The key is compared with the bounds in the type that all of them meet in.
        let met = values.iter().try_fold(key.expr.ty.clone(), |ty, value| common_type(&ty, &value.ty));
        let Some(ty) = met else {
            let message = format!("the bounds of this frame cannot be compared with {}", key.expr.ty);
            return self.error(Code::WRONG_TYPE, message, frame.span);
        };
        for value in values {
            *value = value.clone().coerced(&ty);
        }
        Ok(WindowFrame::Range { key: Some(key.expr.clone().coerced(&ty)), start, end })
    }

    /// A number of rows; nothing is unbounded.
    fn rows_bound(&mut self, bound: Option<&ast::Expr>) -> Outcome<Option<i64>> {
        let Some(bound) = bound else { return Ok(None) };
        let (_, value) = self.constant(bound)?;
        match value.as_int() {
            Some(rows) => Ok(Some(rows)),
            None => {
                let message = format!("a frame of rows is bounded by whole numbers, not {value}");
                let diagnostic = Diagnostic::error(Code::WINDOW, message, bound.span);
                self.fail(diagnostic.help("`range` bounds a frame by values of the sort key"))
            }
        }
    }

    /// A distance from the sort key; 0 stands for equal keys.
    fn range_bound(&mut self, bound: Option<&ast::Expr>, order: &[SortKey]) -> Outcome<RangeBound> {
        let Some(bound) = bound else { return Ok(RangeBound::Unbounded) };
        let distance = self.expr(Scope::Constant, bound)?;
        let distance = self.folded(distance, bound.span)?;
        let Some(value) = distance.as_literal() else {
            return self.error(Code::NOT_CONSTANT, "the bound of a frame must be a plain value", bound.span);
        };
        if value.as_int() == Some(0) {
            return Ok(RangeBound::Peers);
        }
        if value.is_null() || value.as_float().is_some_and(|x| !x.is_finite()) {
            return self.error(Code::WINDOW, format!("{value} is no distance"), bound.span);
        }
        let [key] = order else {
            let message = format!("a distance is measured on one sort key, not on {}", order.len());
            let diagnostic = Diagnostic::error(Code::WINDOW, message, bound.span);
            return self.fail(diagnostic.help("with several keys a range reaches to 0 or to the end: range ..0"));
        };
        let function = self.function(if key.descending { "subtract" } else { "add" }, bound.span)?;
        let types = (key.expr.ty.clone(), distance.ty.clone());
        match Expr::call(function, vec![key.expr.clone(), distance]) {
            Ok(value) => Ok(RangeBound::Value(value.at(self.origin(bound.span)))),
            Err(error) if error.kind() == ErrorKind::Type => {
                let message = format!("{} is no distance on a sort key of type {}", types.1, types.0);
                self.fail(Diagnostic::error(Code::WINDOW, message, bound.span).help(distances(&types.0)))
            }
            Err(error) => Err(self.engine_error(&error, bound.span)),
        }
    }

    /// A window where none can stand.
    pub(super) fn misplaced_window<T>(&mut self, scope: Scope<'_>, name: &Name, span: Span) -> Outcome<T> {
        let name = &name.text;
        let (message, help) = match scope {
            Scope::Braces(_) => (
                format!("`{name}` is a window here, and no window stands in braces"),
                format!("derive it before: | derive w = {name}(…) over (…) | group …"),
            ),
            Scope::Folded(_) => (
                format!("`{name}` is a window here, and no window stands inside another or inside an aggregate"),
                format!("derive it first: derive w = {name}(…) over (…), then use w"),
            ),
            Scope::Join(_) => {
                ("conditions of a join hold no windows".to_owned(), "derive a column with it on one side first".to_owned())
            }
            Scope::Constant => (
                format!("`{name}` looks at the rows of a table, and none is at hand here"),
                "write it behind a table: table | derive w = …".to_owned(),
            ),
            Scope::Rows(_) => (
                format!("`{name}` is a window here; windows stand in where, unless, derive and select"),
                format!("derive a column with it first: | derive w = {name}(…) over (…)"),
            ),
        };
        self.fail(Diagnostic::error(Code::WINDOW, message, span).help(help))
    }
}

fn distances(ty: &weft_core::Type) -> &'static str {
    if ty.is_temporal() {
        "distances on dates and times are durations, such as -7d or 30min"
    } else if ty.is_numeric() {
        "distances on numbers are numbers"
    } else {
        "a key of this type has no distances; `rows` counts rows"
    }
}
