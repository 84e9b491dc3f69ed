//! Text to records and fields.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

/// The characters with a meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) separator: u8,
    pub(super) quote: Option<u8>,
    pub(super) escape: Option<u8>,
    pub(super) comment: Option<u8>,
}

/// One field, quotes and escapes taken off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) quoted: bool,
}

/// Splits text that ends with a record into records. Any bytes are accepted.
#[derive(Debug)]
pub(super) struct Records<'a> {
    text: &'a [u8],
    at: usize,
    dialect: Dialect,
    /// The line, from 1, on which the next record begins.
    line: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a [u8], dialect: Dialect, line: u64) -> Self {
        Records { text, at: 0, dialect, line }
    }

    /// Goes on where another left off.
    pub(super) fn at(text: &'a [u8], at: usize, dialect: Dialect, line: u64) -> Self {
        Records { text, at, dialect, line }
    }

    /// The byte and the line at which the next record begins.
    pub(super) fn place(&self) -> (usize, u64) {
        (self.at, self.line)
    }

    /// Puts the next record's fields into `fields`; gives the line it begins on, or nothing at the end.
    /// A line without anything is a record of one empty field.
    pub(super) fn next(&mut self, fields: &mut Vec<Field<'a>>) -> Option<u64> {
        fields.clear();
        self.skip_comments();
        if self.at >= self.text.len() {
            return None;
        }
        let line = self.line;
        loop {
            let field = self.field();
            fields.push(field);
            match self.text.get(self.at) {
                Some(&c) if c == self.dialect.separator => self.at += 1,
                Some(_) => {
                    self.end_line();
                    return Some(line);
                }
                None => return Some(line),
            }
        }
    }

    fn skip_comments(&mut self) {
        while let (Some(comment), Some(&c)) = (self.dialect.comment, self.text.get(self.at))
            && c == comment
        {
            self.at += memchr2(b'\n', b'\r', &self.text[self.at..]).unwrap_or(self.text.len() - self.at);
            self.end_line();
        }
    }

    /// Steps over `\n`, `\r\n` or a lone `\r`.
    fn end_line(&mut self) {
        let length = match self.text.get(self.at..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        self.at += length;
        self.line += 1;
    }

    fn field(&mut self) -> Field<'a> {
        match (self.dialect.quote, self.text.get(self.at)) {
            (Some(quote), Some(&c)) if c == quote => self.quoted(quote),
            _ => Field { bytes: Cow::Borrowed(self.plain()), quoted: false },
        }
    }

    /// Up to the next separator or line end.
    fn plain(&mut self) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = memchr3(self.dialect.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn quoted(&mut self, quote: u8) -> Field<'a> {
        let start = self.at + 1;
        let escape = self.dialect.escape.unwrap_or(quote);
        let mut unescaped: Option<Vec<u8>> = None;
        let (mut from, mut at) = (start, start);
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(found) = memchr2(quote, escape, rest) else {
                at = self.text.len();
                break;
            };
            at += found;
            match self.text.get(at + 1) {
                Some(&next) if self.text[at] == escape && (next == quote || next == escape) => {
                    let whole = unescaped.get_or_insert_default();
                    whole.extend_from_slice(&self.text[from..at]);
                    whole.push(next);
                    at += 2;
                    from = at;
                }
                _ if self.text[at] == quote => break,
                _ => at += 1,
            }
        }
        let end = at.min(self.text.len());
        self.line += lines_in(&self.text[start.min(end)..end]);
        self.at = (end + 1).min(self.text.len());
        let tail = self.plain();
        let last = &self.text[from.min(end)..end];
        let bytes = match unescaped {
            None if tail.is_empty() => Cow::Borrowed(last),
            whole => Cow::Owned([whole.unwrap_or_default().as_slice(), last, tail].concat()),
        };
        Field { bytes, quoted: true }
    }
}

/// Line ends in `text`: `\n`, and `\r` without `\n` after it.
fn lines_in(text: &[u8]) -> u64 {
    let mut lines = 0;
    let mut rest = text;
    while let Some(at) = memchr2(b'\n', b'\r', rest) {
        lines += 1;
        let two = rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n');
        rest = &rest[at + 1 + usize::from(two)..];
    }
    lines
}

/// A cut of text between two records.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cut {
    /// Bytes before it.
    pub(super) bytes: usize,
    /// Lines before it.
    pub(super) lines: u64,
    /// Records before it, comments and empty lines among them.
    pub(super) records: usize,
}

/// The last place in `text` (which begins with a record) after a whole record, at most `records` of them on.
///
/// A `\r` at the very end is no place: its `\n` may follow.
pub(super) fn last_cut(text: &[u8], dialect: Dialect, records: usize) -> Cut {
    let mut cut = Cut::default();
    while cut.records < records {
        let Some((length, lines)) = record_length(&text[cut.bytes..], dialect) else { break };
        cut = Cut { bytes: cut.bytes + length, lines: cut.lines + lines, records: cut.records + 1 };
    }
    cut
}

/// Bytes and lines of the first record of `text` with its line end, where that is there.
fn record_length(text: &[u8], dialect: Dialect) -> Option<(usize, u64)> {
    let ended = |at: usize, lines: u64| match (text[at], text.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some((at + 2, lines + 1)),
        (b'\r', None) => None,
        _ => Some((at + 1, lines + 1)),
    };
    if dialect.comment.is_some_and(|c| text.first() == Some(&c)) {
        return ended(memchr2(b'\n', b'\r', text)?, 0);
    }
    let Some(quote) = dialect.quote else { return ended(memchr2(b'\n', b'\r', text)?, 0) };
    let (mut at, mut lines) = (0, 0);
    loop {
        at += memchr3(quote, b'\n', b'\r', text.get(at..)?)?;
        if text[at] != quote {
            return ended(at, lines);
        }
        // A quote opens only at the beginning of a field.
        if at == 0 || text[at - 1] == dialect.separator {
            let close = closing(text, at + 1, quote, dialect.escape.unwrap_or(quote))?;
            lines += lines_in(&text[at + 1..close]);
            at = close;
        }
        at += 1;
    }
}

/// Where the quote that opened before `at` closes.
fn closing(text: &[u8], mut at: usize, quote: u8, escape: u8) -> Option<usize> {
    loop {
        at += if quote == escape { memchr(quote, text.get(at..)?)? } else { memchr2(quote, escape, text.get(at..)?)? };
        let escapes = text[at] == escape;
        match text.get(at + 1) {
            Some(&next) if escapes && (next == quote || next == escape) => at += 2,
            // Whether a quote at the very end closes is not known yet.
            None => return None,
            _ if text[at] == quote => return Some(at),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Dialect = Dialect { separator: b',', quote: Some(b'"'), escape: None, comment: None };

    fn split(text: &str, dialect: Dialect) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), dialect, 1);
        let (mut fields, mut all) = (Vec::new(), Vec::new());
        while let Some(line) = records.next(&mut fields) {
            all.push((line, fields.iter().map(|f| String::from_utf8_lossy(&f.bytes).into_owned()).collect()));
        }
        all
    }

    #[test]
    fn records_of_every_shape() {
        assert_eq!(split("a,b\r\nc,\"d\"\"e\"\n", PLAIN)[1], (2, vec!["c".into(), "d\"e".into()]));
        assert_eq!(split("\"x\ny\",1\nz,2", PLAIN)[1], (3, vec!["z".into(), "2".into()]));
        assert_eq!(split("a,\n,\n", PLAIN)[1], (2, vec!["".into(), "".into()]));
        assert_eq!(split("\"a\"b,c\"d", PLAIN)[0].1, ["ab", "c\"d"]);
        assert_eq!(split("\"open\nnever", PLAIN)[0].1, ["open\nnever"]);
        assert_eq!(split("\r\r", PLAIN).len(), 2);
        let other = Dialect { separator: b';', quote: Some(b'\''), escape: Some(b'\\'), comment: Some(b'#') };
        let records = split("#c 'x\n'a\\'b\\\\c';d\n#\ne", other);
        assert_eq!(records, [(2, vec!["a'b\\c".into(), "d".into()]), (4, vec!["e".into()])]);
    }

    #[test]
    fn cuts_stand_between_records_wherever_the_text_ends() {
        let text = b"a,\"b\nc\"\"\"\r\nd,e\"f\n\"g\",h\n";
        let ends: Vec<usize> = vec![11, 17, 23];
        for length in 0..=text.len() {
            let cut = last_cut(&text[..length], PLAIN, usize::MAX);
            let want = ends.iter().copied().filter(|&e| e <= length).max().unwrap_or(0);
            assert_eq!(cut.bytes, want, "{length}");
        }
        assert_eq!(last_cut(text, PLAIN, 2), Cut { bytes: 17, lines: 3, records: 2 });
    }
}
