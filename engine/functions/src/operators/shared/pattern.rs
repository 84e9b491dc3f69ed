//! Patterns of `~`: plain pieces of text are searched for without the regex engine.

use std::cell::RefCell;
use std::rc::Rc;

use memchr::memmem::Finder;
use regex::Regex;
use weft_core::{Error, Result};

/// A pattern, ready to be looked for.
pub(in crate::operators) struct Pattern {
    regex: Regex,
    pieces: Option<Pieces>,
}

/// Text that must come in this order, with anything but line ends between.
struct Pieces {
    finders: Vec<Finder<'static>>,
    at_start: bool,
    at_end: bool,
}

impl Pattern {
    pub(in crate::operators) fn new(text: &str) -> Result<Self> {
        let regex = Regex::new(text).map_err(|e| {
            let reason = e.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
            Error::argument(format!("{text:?} is no regular expression: {reason}"))
                .with_help("special characters are escaped with a backslash, as in r\"\\.\"")
        })?;
        Ok(Pattern { regex, pieces: Pieces::of(text) })
    }

    /// Whether the pattern is found anywhere in `text`.
    pub(in crate::operators) fn is_match(&self, text: &str) -> bool {
        match &self.pieces {
            Some(pieces) => pieces.is_match(text.as_bytes()).unwrap_or_else(|| self.regex.is_match(text)),
            None => self.regex.is_match(text),
        }
    }
}

impl Pieces {
    /// The pieces of a pattern that is nothing but text, `.*`, a `^` first and a `$` last.
    fn of(pattern: &str) -> Option<Self> {
        let (at_start, rest) = pattern.strip_prefix('^').map_or((false, pattern), |r| (true, r));
        let mut pieces = vec![String::new()];
        let mut at_end = false;
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '$' if chars.peek().is_none() => at_end = true,
                '.' if chars.peek() == Some(&'*') => {
                    chars.next();
                    if matches!(chars.peek(), Some('?' | '+' | '*' | '{')) {
                        return None;
                    }
                    pieces.push(String::new());
                }
                '\\' => {
                    let escaped = chars.next().filter(|c| c.is_ascii_punctuation() && !matches!(c, '<' | '>'))?;
                    pieces.last_mut()?.push(escaped);
                }
                '.' | '[' | ']' | '(' | ')' | '{' | '}' | '*' | '+' | '?' | '|' | '^' | '$' => return None,
                c => pieces.last_mut()?.push(c),
            }
            // A repetition after a plain character belongs to that character.
            if matches!(chars.peek(), Some('*' | '+' | '?' | '{')) {
                return None;
            }
        }
        let finders = pieces.iter().map(|p| Finder::new(p.as_bytes()).into_owned()).collect();
        Some(Pieces { finders, at_start, at_end })
    }

    /// Whether the pieces are found; nothing when that depends on line ends, which `.` does not match.
    fn is_match(&self, text: &[u8]) -> Option<bool> {
        if self.finders.len() > 1 && memchr::memchr(b'\n', text).is_some() {
            return None;
        }
        let (last, earlier) = self.finders.split_last()?;
        let mut from = 0;
        for (i, finder) in earlier.iter().enumerate() {
            if i == 0 && self.at_start {
                if !text.starts_with(finder.needle()) {
                    return Some(false);
                }
                from = finder.needle().len();
                continue;
            }
            match finder.find(&text[from..]) {
                Some(found) => from += found + finder.needle().len(),
                None => return Some(false),
            }
        }
        let (rest, needle) = (&text[from..], last.needle());
        let anchored = self.at_start && earlier.is_empty();
        Some(match (anchored, self.at_end) {
            (true, true) => rest == needle,
            (true, false) => rest.starts_with(needle),
            (false, true) => rest.ends_with(needle),
            (false, false) => last.find(rest).is_some(),
        })
    }
}

thread_local! {
    /// The last patterns this thread compiled: chunks of one query bring the same one again and again.
    static COMPILED: RefCell<Vec<(String, Rc<Pattern>)>> = const { RefCell::new(Vec::new()) };
}

/// The compiled form of `text`, kept for the next chunk.
pub(in crate::operators) fn compiled(text: &str) -> Result<Rc<Pattern>> {
    const KEPT: usize = 16;
    COMPILED.with_borrow_mut(|known| {
        if let Some((_, pattern)) = known.iter().find(|(t, _)| t == text) {
            return Ok(Rc::clone(pattern));
        }
        let pattern = Rc::new(Pattern::new(text)?);
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push((text.to_string(), Rc::clone(&pattern)));
        Ok(pattern)
    })
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn plain_pieces_find_what_the_regex_finds() {
        let patterns = [
            "special.*requests",
            "^a",
            "b$",
            "^ab$",
            "a\\.b",
            "",
            "^",
            "$",
            "^a.*b$",
            ".*x",
            "a.*",
            "^$",
            "a.*b.*a",
            "aa$",
            "x?",
            "[ab]c",
            "a{2}",
            "a.*?b",
            "\\d",
            "(?i)A",
            "^a.*a$",
        ];
        let texts = [
            "",
            "a",
            "b",
            "ab",
            "a.b",
            "axb",
            "special requests",
            "special\nrequests",
            "requests special",
            "xx",
            "aab",
            "aba",
            "baa",
            "abab",
            "a\nb",
            "bc",
            "a1",
            "aa",
            "äa",
        ];
        for pattern in patterns {
            let fast = Pattern::new(pattern).unwrap();
            for text in texts {
                assert_eq!(fast.is_match(text), fast.regex.is_match(text), "{pattern:?} on {text:?}");
            }
        }
        assert!(Pattern::new("special.*requests").unwrap().pieces.is_some());
        assert!(Pattern::new("[ab]").unwrap().pieces.is_none());
    }

    #[test]
    fn a_bad_pattern_says_why() {
        let error = Pattern::new("a(").err().unwrap();
        assert!(error.message().contains("unclosed group"), "{error}");
    }
}
