//! The tables at the cursor: what the stages before it give.

use std::sync::Arc;

use weft_core::{Field, Schema, Type};
use weft_plan::LogicalPlan;
use weft_plan::catalog::Binding;

use super::{Cursor, Role, Surroundings, word};
use crate::Span;
use crate::syntax::token::{Keyword, Kind, Symbol, Token};
use crate::syntax::verbs::{self, Shape};

/// The name that the composed cell binds; nothing reads it.
const PROBE: &str = "weft_probe";

/// Above so many stages a pipe with a broken one is not pieced together.
const MOST_STAGES: usize = 24;

impl Cursor<'_> {
    /// The table that the stage at the cursor reads. Stages before it that cannot be resolved are passed over.
    pub(crate) fn input(&self, env: &dyn Surroundings) -> Option<LogicalPlan> {
        let parts = self.parts(self.pipe());
        let (head, stages) = parts.split_first()?;
        let whole: String = parts.concat();
        if let Some(plan) = self.probe(env, &whole, "") {
            return Some(plan);
        }
        if stages.is_empty() || stages.len() > MOST_STAGES {
            return None;
        }
        let mut text = (*head).to_owned();
        let mut plan = self.probe(env, &text, "");
        for stage in stages {
            if let Some(found) = self.probe(env, &format!("{text}{stage}"), "") {
                text.push_str(stage);
                plan = Some(found);
            }
        }
        plan
    }

    /// The columns that a row expression at the cursor sees, those made earlier in the same stage included.
    pub(crate) fn columns(&self, env: &dyn Surroundings) -> Vec<Field> {
        let pipe = self.pipe();
        let mut fields = self.input(env).map_or_else(Vec::new, |plan| plan.schema().fields().to_vec());
        for field in self.made(env, pipe) {
            match fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        fields
    }

    /// The right side of the join at the cursor, with its name in `on`.
    pub(crate) fn right(&self, env: &dyn Surroundings) -> Option<(Option<String>, Schema)> {
        let stage = self.stage();
        if self.verb().and_then(verbs::shape) != Some(Shape::Join) {
            return None;
        }
        let (start, end) = right_source(stage)?;
        let (first, last) = (stage.get(start)?, stage.get(end.checked_sub(1)?)?);
        let source = Span::new(first.span.start, last.span.end).of(self.text);
        let plan = self.probe(env, source, "")?;
        let alias =
            stage.get(end).filter(|t| t.kind.keyword() == Some(Keyword::As)).and_then(|_| stage.get(end + 1)).and_then(word);
        let own = (end == start + 1).then(|| word(first)).flatten();
        Some((alias.or(own).map(str::to_owned), plan.schema().clone()))
    }

    /// The type of the expression `text` over the table at the cursor.
    pub(crate) fn type_of(&self, env: &dyn Surroundings, text: &str) -> Option<Type> {
        let pipe = self.pipe();
        let head = self.frames.get(pipe).is_some_and(|frame| frame.pipes.is_empty() && frame.role != Role::Braces);
        let source = if head { "[{weft_row: 1}]".to_owned() } else { self.parts(pipe).concat() };
        let derived = if head { String::new() } else { self.derived(pipe).unwrap_or_default() };
        let stage = format!("| select {PROBE} = ({text}\n)");
        let plan = self.probe(env, &source, &format!("{derived}{stage}")).or_else(|| self.probe(env, &source, &stage))?;
        plan.schema().fields().first().map(|field| field.ty.clone())
    }

    /// The columns of a table of the session or of this cell.
    pub(crate) fn table(&self, env: &dyn Surroundings, name: &str) -> Option<LogicalPlan> {
        if self.bound.iter().any(|bound| bound == name) {
            return self.probe(env, &format!("`{name}`"), "");
        }
        match env.catalog().get(name) {
            Some(Binding::Table(plan)) => Some(plan.clone()),
            _ => None,
        }
    }

    /// Resolves `source`, with `stages` behind it, after the statements before it.
    pub(crate) fn probe(&self, env: &dyn Surroundings, source: &str, stages: &str) -> Option<LogicalPlan> {
        let source = source.trim();
        if source.is_empty() {
            return None;
        }
        env.plan(&format!("{}let {PROBE} = ({source}\n) {stages}", self.earlier))
    }

    /// The head and the finished stages of the pipe in frame `at`, each stage with its `|`.
    fn parts(&self, at: usize) -> Vec<&str> {
        let Some(frame) = self.frames.get(at) else { return Vec::new() };
        let Some((first, rest)) = frame.pipes.split_first() else { return Vec::new() };
        // In the braces of `group` the stages go on from the table that is grouped.
        let mut parts = if frame.role == Role::Braces {
            let outer = self.frames.iter().take(at).rposition(super::Frame::is_pipe).unwrap_or(0);
            self.parts(outer)
        } else {
            vec![self.between(frame.first, *first)]
        };
        let mut from = *first;
        for pipe in rest {
            parts.push(self.between(from, *pipe));
            from = *pipe;
        }
        parts
    }

    /// The text from token `from` up to, not with, token `to`.
    fn between(&self, from: usize, to: usize) -> &str {
        let start = self.tokens.get(from).map_or(self.word.start, |t| t.span.start);
        let end = self.tokens.get(to).map_or(self.word.start, |t| t.span.start);
        Span::new(start, end).of(self.text)
    }

    /// Columns that the stage at the cursor has made so far.
    fn made(&self, env: &dyn Surroundings, pipe: usize) -> Vec<Field> {
        if let Some(derived) = self.derived(pipe) {
            let plan = self.probe(env, &self.parts(pipe).concat(), &derived);
            return plan.map_or_else(Vec::new, |plan| plan.schema().fields().to_vec());
        }
        let Some(frame) = self.frames.iter().find(|frame| frame.role == Role::Braces && !frame.is_pipe()) else {
            return Vec::new();
        };
        let tokens = self.tokens.get(frame.first..frame.item()).unwrap_or_default();
        let named = tokens.windows(2).filter(|pair| pair[1].kind.is(Symbol::Assign));
        named.filter_map(|pair| word(&pair[0])).map(|name| Field::new(Arc::from(name), Type::Null)).collect()
    }

    /// The finished items of `derive` and `select` as a stage, where they name anything.
    fn derived(&self, pipe: usize) -> Option<String> {
        let frame = self.frames.get(pipe)?;
        if !matches!(self.verb(), Some("derive" | "select")) {
            return None;
        }
        let comma = *frame.commas.last()?;
        let items = self.tokens.get(frame.stage() + 1..comma)?;
        if !items.iter().any(|t| t.kind.is(Symbol::Assign)) {
            return None;
        }
        Some(format!("| derive {}\n", self.between(frame.stage() + 1, comma)))
    }
}

/// Where the right side of a join stands among the tokens of its stage, which starts with the verb.
fn right_source(stage: &[Token]) -> Option<(usize, usize)> {
    let is_kind = |at: usize| stage.get(at).and_then(word).is_some_and(|t| crate::syntax::JoinKind::parse(t).is_some());
    let starts_source =
        |at: usize| stage.get(at).is_some_and(|t| word(t).is_some() || t.kind.is(Symbol::LParen) || t.kind.is(Symbol::LBracket));
    let start = if is_kind(1) && starts_source(2) { 2 } else { 1 };
    if !starts_source(start) {
        return None;
    }
    let mut depth = 0usize;
    for (at, token) in stage.iter().enumerate().skip(start) {
        match &token.kind {
            Kind::Symbol(symbol) if symbol.closer().is_some() => depth += 1,
            Kind::Symbol(symbol) if symbol.is_closer() => depth = depth.saturating_sub(1),
            Kind::Symbol(Symbol::Comma) | Kind::Keyword(Keyword::As | Keyword::On | Keyword::Within) if depth == 0 => {
                return Some((start, at));
            }
            _ => {}
        }
    }
    (depth == 0).then_some((start, stage.len()))
}
