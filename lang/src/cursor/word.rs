//! The word at the cursor.

use crate::Span;
use crate::syntax::token::{Kind, Token};

/// The word that is being typed, with its backtick or `$`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// What is typed of it before the cursor, without sigil.
    pub(crate) text: String,
    /// Its first byte, sigil included.
    pub(crate) start: usize,
    /// The byte behind it; behind the cursor where the cursor stands in the word.
    pub(crate) end: usize,
    /// Whether it starts with `$`.
    pub(crate) session: bool,
    /// Whether it starts with a backtick.
    pub(crate) quoted: bool,
}

impl Word {
    /// No word.
    pub(crate) const fn empty(offset: usize) -> Self {
        Self { text: String::new(), start: offset, end: offset, session: false, quoted: false }
    }

    /// Takes the word that ends at the cursor off the tokens; also gives its indent.
    pub(crate) fn take(text: &str, offset: usize, tokens: &mut Vec<Token>) -> (Self, Option<usize>) {
        let ends_here = |token: &mut Token| token.span.end == offset && is_word(token, text);
        let Some(token) = tokens.pop_if(ends_here) else { return (Self::empty(offset), None) };
        let raw = token.span.of(text);
        let session = raw.starts_with('$');
        let quoted = raw.starts_with('`');
        let typed = raw.trim_start_matches(['$', '`']).trim_end_matches('`').to_owned();
        let end = end_of(text, offset, quoted && (raw.len() == 1 || !raw.ends_with('`')));
        (Self { text: typed, start: token.span.start, end, session, quoted }, token.indent)
    }

    /// The place that a candidate replaces.
    pub(crate) const fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

fn is_word(token: &Token, text: &str) -> bool {
    match token.kind {
        Kind::Ident(_) | Kind::Quoted(_) | Kind::Session(_) | Kind::Keyword(_) => true,
        Kind::Error => token.span.of(text).starts_with(['$', '`']),
        _ => false,
    }
}

/// The end of the name that goes on behind the cursor.
fn end_of(text: &str, offset: usize, open: bool) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    let len = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
    let closes = open && rest.get(len..).is_some_and(|rest| rest.starts_with('`'));
    offset + len + usize::from(closes)
}
