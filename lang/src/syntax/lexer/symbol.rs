//! Operators and separators, and the foreign ones that are understood with a fix.

use super::Lexer;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::token::{Keyword, Kind, Symbol};

/// Foreign spellings, longest first: what is meant, and how it is written here.
const FOREIGN: &[(&str, Kind, &str)] = &[
    ("===", Kind::Symbol(Symbol::Eq), "=="),
    ("!==", Kind::Symbol(Symbol::Ne), "!="),
    ("%>%", Kind::Symbol(Symbol::Pipe), "|"),
    ("&&", Kind::Keyword(Keyword::And), "and"),
    ("||", Kind::Keyword(Keyword::Or), "or"),
    ("|>", Kind::Symbol(Symbol::Pipe), "|"),
    ("<>", Kind::Symbol(Symbol::Ne), "!="),
    ("=~", Kind::Symbol(Symbol::Tilde), "~"),
    ("&", Kind::Keyword(Keyword::And), "and"),
    ("!", Kind::Keyword(Keyword::Not), "not"),
];

impl Lexer<'_> {
    /// An operator or separator; an error token for characters that mean nothing.
    pub(super) fn symbol(&mut self) -> Kind {
        let rest = self.rest();
        let known =
            Symbol::ALL.iter().filter(|symbol| rest.starts_with(symbol.as_str())).max_by_key(|symbol| symbol.as_str().len());
        let foreign = FOREIGN.iter().find(|(text, ..)| rest.starts_with(text));
        match (known, foreign) {
            (Some(symbol), Some((text, ..))) if symbol.as_str().len() >= text.len() => self.known(*symbol),
            (_, Some((text, kind, right))) => self.foreign(text, kind, right),
            (Some(symbol), None) => self.known(*symbol),
            (None, None) => {
                self.unknown();
                Kind::Error
            }
        }
    }

    const fn known(&mut self, symbol: Symbol) -> Kind {
        self.pos += symbol.as_str().len();
        Kind::Symbol(symbol)
    }

    fn foreign(&mut self, text: &str, kind: &Kind, right: &str) -> Kind {
        let start = self.pos;
        self.pos += text.len();
        let span = self.span_from(start);
        let word = right.chars().all(char::is_alphabetic);
        let before = self.text.get(..start).and_then(|t| t.chars().next_back());
        let mut replacement = String::new();
        if word && before.is_some_and(|c| !c.is_whitespace() && c != '(') {
            replacement.push(' ');
        }
        replacement.push_str(right);
        if word && self.peek().is_some_and(|c| !c.is_whitespace()) {
            replacement.push(' ');
        }
        self.report(Diagnostic::error(Code::FOREIGN_OPERATOR, format!("`{text}` is written `{right}`"), span).fix(
            span,
            replacement,
            format!("write `{right}`"),
        ));
        kind.clone()
    }

    /// One diagnostic for a whole run of characters that begin no token.
    fn unknown(&mut self) {
        let start = self.pos;
        let known = |c: char| c.is_whitespace() || super::continues_name(c) || "\"'@`$#()[]{},|.:=<>!~+-*/%?&;".contains(c);
        self.bump();
        self.eat_while(|c| !known(c));
        let span = self.span_from(start);
        let shown: String = span.of(self.text).chars().take(12).flat_map(char::escape_debug).collect();
        let mut diagnostic = Diagnostic::error(Code::UNKNOWN_CHARACTER, format!("`{shown}` means nothing here"), span);
        if span.of(self.text).contains(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']) {
            diagnostic = diagnostic.help("strings are written with straight quotes, \"…\" or '…'");
        }
        if span.of(self.text) == "?" {
            diagnostic = diagnostic.help("a choice is written `if c then a else b`, a value in the place of null `a ?? b`");
        }
        self.report(diagnostic);
    }
}
