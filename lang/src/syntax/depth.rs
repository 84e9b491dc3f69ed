//! Refuses what nests too deeply, before anything recurses over it.

use super::token::{Keyword, Symbol, Token};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};

/// How deep brackets and prefix operators nest.
pub(super) const MAX_NESTING: usize = 128;
/// How many operators follow each other without a comma or stage between: each makes the tree one deeper.
pub(super) const MAX_CHAIN: usize = 512;
/// How many stages one pipe has.
pub(super) const MAX_STAGES: usize = 512;

#[derive(Clone, Copy, Default)]
struct Segment {
    nesting: usize,
    chain: usize,
    stages: usize,
}

/// A diagnostic if the tokens nest too deeply.
#[must_use]
pub(super) fn check(tokens: &[Token]) -> Option<Diagnostic> {
    let mut outer: Vec<Segment> = Vec::new();
    let mut here = Segment::default();
    let mut before: Option<&Token> = None;
    for token in tokens {
        let behind_operand = before.is_some_and(|token| token.kind.ends_expr());
        match token.kind.symbol() {
            Some(Symbol::Comma) => here = base(&outer, here.stages),
            Some(Symbol::Pipe) => here = base(&outer, here.stages + 1),
            Some(symbol) if symbol.closer().is_some() => {
                here.chain += 1;
                outer.push(here);
                here = Segment { nesting: here.nesting + 1, chain: here.chain, stages: 0 };
            }
            Some(symbol) if symbol.is_closer() => here = outer.pop().unwrap_or_default(),
            Some(symbol) => {
                here.chain += 1;
                let nests = matches!(symbol, Symbol::StarStar | Symbol::Arrow)
                    || (matches!(symbol, Symbol::Minus | Symbol::DotDot | Symbol::DotDotLess) && !behind_operand);
                here.nesting += usize::from(nests);
            }
            None => {
                if let Some(keyword) = token.kind.keyword() {
                    here.chain += usize::from(!matches!(keyword, Keyword::Null | Keyword::True | Keyword::False));
                    here.nesting += usize::from(matches!(keyword, Keyword::Not | Keyword::If | Keyword::Match));
                }
            }
        }
        if let Some(diagnostic) = excess(here, token.span) {
            return Some(diagnostic);
        }
        before = Some(token);
    }
    None
}

/// The state at the start of a list's element or of a stage.
fn base(outer: &[Segment], stages: usize) -> Segment {
    outer.last().map_or(Segment { stages, ..Segment::default() }, |open| Segment {
        nesting: open.nesting + 1,
        chain: open.chain,
        stages,
    })
}

fn excess(segment: Segment, span: Span) -> Option<Diagnostic> {
    let (message, help) = if segment.nesting > MAX_NESTING {
        (format!("nested more than {MAX_NESTING} deep"), "split the expression with `derive` or `let`")
    } else if segment.chain > MAX_CHAIN {
        (
            format!("more than {MAX_CHAIN} operators in one expression"),
            "split the expression with `derive` or `let`; use `in [..]` for long lists of values",
        )
    } else if segment.stages > MAX_STAGES {
        (format!("more than {MAX_STAGES} stages in one pipe"), "bind a part of it with `let`")
    } else {
        return None;
    };
    Some(Diagnostic::error(Code::TOO_DEEP, message, span).help(help))
}
