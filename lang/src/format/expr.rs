//! Expressions.

use pretty::DocAllocator;

use super::entry::Entry;
use super::list::Brackets;
use super::{Doc, INDENT, Printer};
use crate::Span;
use crate::syntax::ast::{Arg, BinaryOp, CaseArm, Expr, ExprKind, Frame, FrameUnit, MatchArm, Name, Spanned, UnaryOp, Window};

/// Stack kept free, and taken at once where it runs out.
const STACK: (usize, usize) = (128 * 1024, 1024 * 1024);

impl<'a> Printer<'a> {
    pub(super) fn expr(&self, expr: &Expr) -> Doc<'a> {
        stacker::maybe_grow(STACK.0, STACK.1, || self.kind(expr))
    }

    fn kind(&self, expr: &Expr) -> Doc<'a> {
        let text = |text: &'static str| self.arena.text(text);
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::FString(_) | ExprKind::Name(_) | ExprKind::Session(_) | ExprKind::Error => {
                self.verbatim(expr.span)
            }
            ExprKind::Star => text("*"),
            ExprKind::List(elements) => {
                self.bracketed(Brackets::LIST, expr.span, &elements.iter().map(Entry::Expr).collect::<Vec<_>>())
            }
            ExprKind::Keys(keys) => self.keys_in_brackets(keys, expr.span),
            ExprKind::Comprehension { element, vars, list, condition } => {
                self.comprehension(element, vars, list, condition.as_deref())
            }
            ExprKind::Struct { base, fields } => {
                let fields = fields.iter().map(|(name, value)| Entry::Field(name, value));
                let entries: Vec<Entry<'_>> = base.iter().map(|base| Entry::Base(base)).chain(fields).collect();
                self.bracketed(Brackets::STRUCT, expr.span, &entries)
            }
            ExprKind::Lambda { params, body } => {
                let params = self.names(params);
                params.append(" ->").append(self.space(body.span.start)).append(self.expr(body))
            }
            ExprKind::If { condition, then, otherwise } => self.conditional(condition, then, otherwise),
            ExprKind::Case { arms, otherwise } => self.case(arms, otherwise.as_deref(), expr.span),
            ExprKind::Match { subject, arms, otherwise } => self.matching(subject, arms, otherwise.as_deref(), expr.span),
            ExprKind::Paren(inner) => {
                let inner_doc = self.tight(inner.span.start).append(self.expr(inner)).nest(INDENT);
                let closing = self.closing_gap(expr.span.end.saturating_sub(1), self.arena.nil());
                text("(").append(inner_doc).append(closing).append(")")
            }
            ExprKind::Pipeline(pipe) => self.pipe_in_parens(pipe),
            ExprKind::Call { name, args } => self.call(name, args, expr.span),
            ExprKind::Method { receiver, name, args } => {
                let receiver = self.receiver(receiver, name.span.start);
                receiver.append(self.call(name, args, expr.span))
            }
            ExprKind::Field { receiver, name } => {
                let receiver = self.receiver(receiver, name.span.start);
                receiver.append(self.verbatim(name.span))
            }
            ExprKind::Index { receiver, index } => self.expr(receiver).append("[").append(self.expr(index)).append("]"),
            ExprKind::Cast { value, ty, lenient } => {
                self.expr(value).append(if *lenient { "::?" } else { "::" }).append(self.type_expr(ty))
            }
            ExprKind::Over { value, window } => self.expr(value).append(" over ").append(self.window(window)),
            ExprKind::But { selector, except } => self.but(selector, except, expr.span),
            ExprKind::Unary { op, operand } => {
                let sign = if op.value == UnaryOp::Not { text("not ") } else { text("-") };
                sign.append(self.tight(operand.span.start)).append(self.expr(operand))
            }
            ExprKind::Binary { .. } => self.binary(expr),
            ExprKind::Range { start, end, inclusive } => {
                let start = start.as_ref().map_or_else(|| self.arena.nil(), |start| self.expr(start));
                let end = end.as_ref().map_or_else(|| self.arena.nil(), |end| self.expr(end));
                start.append(if *inclusive { ".." } else { "..<" }).append(end)
            }
        }
    }

    /// What stands before a dot, the dot, and the line's end if somebody put it there.
    fn receiver(&self, receiver: &Expr, name: usize) -> Doc<'a> {
        let doc = self.expr(receiver);
        let separator = if self.is_broken(receiver.span.end, name) { self.arena.hardline() } else { self.arena.nil() };
        doc.append(self.gap(name, separator).nest(INDENT)).append(".")
    }

    fn call(&self, name: &Name, args: &[Arg], span: Span) -> Doc<'a> {
        let entries: Vec<Entry<'_>> = args.iter().map(Entry::Arg).collect();
        let word = self.verbatim(name.span);
        word.append(self.bracketed(Brackets::PARENS, Span::new(name.span.end, span.end), &entries))
    }

    /// `x`, `(x, y)`
    fn names(&self, names: &[Name]) -> Doc<'a> {
        if let [name] = names
            && !self.text.get(..name.span.start).is_some_and(|before| before.trim_end().ends_with('('))
        {
            return self.verbatim(name.span);
        }
        let names: Vec<Doc<'a>> = names.iter().map(|name| self.verbatim(name.span)).collect();
        self.arena.intersperse(names, ", ").parens()
    }

    fn comprehension(&self, element: &Expr, vars: &[Name], list: &Expr, condition: Option<&Expr>) -> Doc<'a> {
        let element = self.tight(element.span.start).append(self.expr(element));
        let mut inner = element.append(self.arena.line()).append("for ").append(self.names(vars));
        inner = inner.append(" in").append(self.space(list.span.start)).append(self.expr(list));
        if let Some(condition) = condition {
            let gap = self.gap(condition.span.start, self.arena.line());
            inner = inner.append(gap).append("if ").append(self.expr(condition));
        }
        self.arena.text("[").append(inner.nest(INDENT)).append("]").group()
    }

    fn conditional(&self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Doc<'a> {
        let condition = self.arena.text("if ").append(self.expr(condition));
        let then = self.gap(then.span.start, self.arena.line()).append("then ").append(self.expr(then));
        let otherwise = self.gap(otherwise.span.start, self.arena.line()).append("else ").append(self.expr(otherwise));
        condition.append(then.append(otherwise).nest(INDENT)).group()
    }

    fn case(&self, arms: &[CaseArm], otherwise: Option<&Expr>, span: Span) -> Doc<'a> {
        let arms = arms.iter().map(|arm| Entry::Arm(&arm.condition, &arm.value));
        let entries: Vec<Entry<'_>> = arms.chain(otherwise.map(Entry::Else)).collect();
        self.arena.text("case ").append(self.bracketed(Brackets::BLOCK, span, &entries))
    }

    fn matching(&self, subject: &Expr, arms: &[MatchArm], otherwise: Option<&Expr>, span: Span) -> Doc<'a> {
        let subject_doc = self.arena.text("match ").append(self.expr(subject)).append(" ");
        let arms = arms.iter().map(|arm| Entry::Arm(&arm.pattern, &arm.value));
        let entries: Vec<Entry<'_>> = arms.chain(otherwise.map(Entry::Else)).collect();
        subject_doc.append(self.bracketed(Brackets::BLOCK, Span::new(subject.span.end, span.end), &entries))
    }

    /// `* but a`, `* but (a, b)`
    fn but(&self, selector: &Expr, except: &[Expr], span: Span) -> Doc<'a> {
        let selector_doc = self.expr(selector).append(" but ");
        if let [one] = except
            && one.span.end == span.end
        {
            return selector_doc.append(self.expr(one));
        }
        let entries: Vec<Entry<'_>> = except.iter().map(Entry::Expr).collect();
        selector_doc.append(self.bracketed(Brackets::PARENS, Span::new(selector.span.end, span.end), &entries))
    }

    /// `(by a, b sort c desc rows -2..0)`
    fn window(&self, window: &Window) -> Doc<'a> {
        let mut clauses = Vec::new();
        if let Some(first) = window.partition.first() {
            let entries: Vec<Entry<'_>> = window.partition.iter().map(Entry::Expr).collect();
            clauses.push(self.bare_list(self.arena.text("by"), first.span.start, &entries));
        }
        if let Some(first) = window.order.first() {
            let entries: Vec<Entry<'_>> = window.order.iter().map(Entry::Key).collect();
            clauses.push(self.bare_list(self.arena.text("sort"), first.span.start, &entries));
        }
        clauses.extend(window.frame.as_ref().map(|frame| self.frame(frame)));
        let inner = self.arena.intersperse(clauses, self.arena.line());
        let closing = self.closing_gap(window.span.end.saturating_sub(1), self.arena.nil());
        self.arena.text("(").append(inner.nest(INDENT)).append(closing).append(")").group()
    }

    fn frame(&self, frame: &Frame) -> Doc<'a> {
        let bound = |bound: &Option<Box<Expr>>| bound.as_ref().map_or_else(|| self.arena.nil(), |bound| self.expr(bound));
        let unit = if frame.unit == FrameUnit::Rows { "rows " } else { "range " };
        let start = self.arena.text(unit).append(bound(&frame.start));
        start.append("..").append(bound(&frame.end))
    }

    /// A chain of operators that bind alike: it breaks before each of them, or before none.
    fn binary(&self, expr: &Expr) -> Doc<'a> {
        let mut links = Vec::new();
        let mut at = expr;
        while let ExprKind::Binary { op, left, right } = &at.kind {
            if links.last().is_some_and(|(last, _): &(&Spanned<BinaryOp>, &Expr)| !bind_alike(last.value, op.value)) {
                break;
            }
            links.push((op, right.as_ref()));
            at = left;
        }
        let first = self.expr(at);
        let mut rest = self.arena.nil();
        for (op, operand) in links.into_iter().rev() {
            rest = rest.append(self.gap(op.span.start, self.arena.line())).append(op.value.as_str());
            rest = rest.append(self.space(operand.span.start)).append(self.expr(operand));
        }
        first.append(rest.nest(INDENT)).group()
    }
}

/// Whether `a x b y c` is a chain of `x` and `y` that reads from left to right.
const fn bind_alike(a: BinaryOp, b: BinaryOp) -> bool {
    use BinaryOp as Op;
    match a {
        Op::And => matches!(b, Op::And),
        Op::Or => matches!(b, Op::Or),
        Op::Coalesce => matches!(b, Op::Coalesce),
        Op::Add | Op::Sub => matches!(b, Op::Add | Op::Sub),
        Op::Mul | Op::Div | Op::FloorDiv | Op::Rem => matches!(b, Op::Mul | Op::Div | Op::FloorDiv | Op::Rem),
        _ => false,
    }
}
