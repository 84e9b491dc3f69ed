//! Stages, by the shape of what follows the verb.

use pretty::DocAllocator;

use super::entry::Entry;
use super::list::Brackets;
use super::{Doc, INDENT, Printer};
use crate::Span;
use crate::syntax::ast::{Arg, Core, Expr, GroupBody, Item, Join, JoinKind, Opt, Pivot, Stage, Unpivot};

impl<'a> Printer<'a> {
    /// A stage without its `|`.
    pub(super) fn stage(&self, stage: &Stage) -> Doc<'a> {
        let verb = self.verbatim(stage.verb.span);
        let end = stage.verb.span.end;
        let core = match &stage.core {
            Core::Expr(expr) => verb.append(self.space(expr.span.start)).append(self.expr(expr)),
            Core::Items(items) => return self.bare_list(verb, end, &with_options(items.iter().map(Entry::Item), &stage.options)),
            Core::Keys(keys) => return self.bare_list(verb, end, &with_options(keys.iter().map(Entry::Key), &stage.options)),
            Core::Sources(sources) => {
                return self.bare_list(verb, end, &with_options(sources.iter().map(Entry::Source), &stage.options));
            }
            Core::Args(args) => return self.arguments(verb, stage, args),
            Core::Braces(items) => {
                verb.append(self.space(end)).append(self.items_in_braces(items, Span::new(end, self.core_end(stage))))
            }
            Core::Group { keys, body } => self.group(verb, stage, keys, body),
            Core::Join(join) => self.join(verb, join),
            Core::Pivot(pivot) => self.pivot(verb, pivot, self.core_end(stage)),
            Core::Unpivot(unpivot) => self.unpivot(verb, unpivot),
            Core::Into(name) => verb.append(" ").append(self.verbatim(name.span)),
            Core::Call(args) => {
                let args: Vec<Entry<'_>> = args.iter().map(Entry::Arg).collect();
                verb.append(self.bracketed(Brackets::PARENS, Span::new(end, self.core_end(stage)), &args))
            }
            Core::Error => self.verbatim(Span::new(end, stage.span.end)),
        };
        self.with_options(core, &stage.options)
    }

    /// Where the stage ends without its options, or a place behind that before the first of them.
    fn core_end(&self, stage: &Stage) -> usize {
        let Some(option) = stage.options.first() else { return stage.span.end };
        let before = Span::new(stage.span.start, option.span.start).of(self.text);
        before.rfind(['}', ')']).map_or(option.span.start, |at| stage.span.start + at + 1)
    }

    /// `show 12`, `write "x.csv", mode: "overwrite"`, `sample(n: 10), seed: 1`
    fn arguments(&self, verb: Doc<'a>, stage: &Stage, args: &[Arg]) -> Doc<'a> {
        let mut entries: Vec<Entry<'_>> = args.iter().map(Entry::Arg).chain(stage.options.iter().map(Entry::Opt)).collect();
        entries.sort_by_key(Entry::start);
        let end = stage.verb.span.end;
        let first = entries.first().map_or(stage.span.end, Entry::start);
        if !Span::new(end, first).of(self.text).contains('(') {
            return self.bare_list(verb, end, &entries);
        }
        let close = self.text.get(..stage.span.end).and_then(|text| text.rfind(')')).unwrap_or(stage.span.end);
        let outside = entries.partition_point(|entry| entry.start() < close);
        let (inside, options) = entries.split_at_checked(outside).unwrap_or_default();
        let called = verb.append(self.bracketed(Brackets::PARENS, Span::new(end, close + 1), inside));
        let options = options.iter().map(|option| self.arena.text(", ").append(self.entry(*option)));
        options.fold(called, Doc::append)
    }

    fn items_in_braces(&self, items: &[Item], span: Span) -> Doc<'a> {
        let entries: Vec<Entry<'_>> = items.iter().map(Entry::Item).collect();
        self.bracketed(Brackets::BLOCK, span, &entries)
    }

    /// `group keys { … }`
    fn group(&self, verb: Doc<'a>, stage: &Stage, keys: &[Item], body: &GroupBody) -> Doc<'a> {
        let entries: Vec<Entry<'_>> = keys.iter().map(Entry::Item).collect();
        let keys_end = keys.last().map_or(stage.verb.span.end, |key| key.span.end);
        let head = self.bare_list(verb, stage.verb.span.end, &entries);
        let end = self.core_end(stage);
        let block = match body {
            GroupBody::Items(items) => self.items_in_braces(items, Span::new(keys_end, end)),
            GroupBody::Stages(stages) => self.stages_in_braces(stages, Span::new(keys_end, end)),
        };
        head.append(" ").append(block)
    }

    /// `{ | stage | stage }`
    fn stages_in_braces(&self, stages: &[Stage], span: Span) -> Doc<'a> {
        let broken = self.is_broken(span.start, stages.last().map_or(0, |stage| stage.span.start));
        let edge = || if broken { self.arena.hardline() } else { self.arena.line() };
        let inner = match stages.split_first() {
            None => self.arena.nil(),
            Some((first, rest)) => {
                let before = self.gap(first.span.start, edge());
                let first_stage = self.arena.text("| ").append(self.stage(first).nest(INDENT));
                before.append(self.stages(first_stage, first.span.end, rest))
            }
        };
        let closing = self.closing_gap(span.end.saturating_sub(1), edge());
        self.arena.text("{").append(inner.nest(INDENT)).append(closing).append("}").group()
    }

    /// `join kind source as name on conditions within gap`
    fn join(&self, verb: Doc<'a>, join: &Join) -> Doc<'a> {
        let mut doc = verb;
        if let Some(kind) = join.kind {
            let spelling = JoinKind::ALL.iter().find(|(_, k)| *k == kind.value).map_or("", |(spelling, _)| *spelling);
            doc = doc.append(self.space(kind.span.start)).append(spelling);
        }
        doc = doc.append(self.space(join.source.span.start)).append(self.source(&join.source));
        if let Some(alias) = &join.alias {
            doc = doc.append(" as ").append(self.verbatim(alias.span));
        }
        if let Some(first) = join.on.first() {
            let entries: Vec<Entry<'_>> = join.on.iter().map(Entry::Expr).collect();
            let gap = self.gap(first.span.start, self.arena.line()).nest(INDENT);
            let on = self.bare_list(self.arena.text("on"), first.span.start, &entries);
            doc = doc.append(gap.append(on.nest(INDENT)).group());
        }
        match &join.within {
            Some(within) => doc.append(" within ").append(self.expr(within)),
            None => doc,
        }
    }

    /// `pivot key in values by keys { … }`
    fn pivot(&self, verb: Doc<'a>, pivot: &Pivot, end: usize) -> Doc<'a> {
        let mut doc = verb.append(self.space(pivot.key.span.start)).append(self.expr(&pivot.key));
        let mut before = pivot.key.span.end;
        if let Some(values) = &pivot.values {
            doc = doc.append(" in ").append(self.expr(values));
            before = values.span.end;
        }
        if let (Some(first), Some(last)) = (pivot.by.first(), pivot.by.last()) {
            let entries: Vec<Entry<'_>> = pivot.by.iter().map(Entry::Item).collect();
            doc = doc.append(self.bare_list(self.arena.text(" by"), first.span.start, &entries));
            before = last.span.end;
        }
        doc.append(" ").append(self.items_in_braces(&pivot.items, Span::new(before, end)))
    }

    /// `unpivot columns into (name, value)`
    fn unpivot(&self, verb: Doc<'a>, unpivot: &Unpivot) -> Doc<'a> {
        let entries: Vec<Entry<'_>> = unpivot.columns.iter().map(Entry::Expr).collect();
        let start = unpivot.columns.first().map_or(0, |c: &Expr| c.span.start);
        let columns = self.bare_list(verb, start, &entries);
        let (name, value) = (self.verbatim(unpivot.name.span), self.verbatim(unpivot.value.span));
        columns.append(" into (").append(name).append(", ").append(value).append(")")
    }
}

/// The entries of a stage and its options in one list.
fn with_options<'t>(entries: impl Iterator<Item = Entry<'t>>, options: &'t [Opt]) -> Vec<Entry<'t>> {
    entries.chain(options.iter().map(Entry::Opt)).collect()
}
