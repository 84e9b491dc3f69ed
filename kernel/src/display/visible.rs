//! Text that stays text: nothing in a value can act on a page or a terminal.
//!
//! Line ends and tabs become arrows (`↵`, `⇥`), other controls their pictures (`␛`), marks that reorder or hide text become their
//! code (`⟨U+202E⟩`), and for HTML the five characters of markup are escaped. Joiners inside words
//! and emoji stay, because scripts need them.

use std::fmt::Write as _;

/// What is shown instead of a character.
enum Stand {
    /// The character itself.
    Same,
    /// A picture of it.
    Picture(char),
    /// Its code.
    Code,
}

fn stand(c: char) -> Stand {
    match c {
        '\n' => Stand::Picture('\u{21b5}'),
        '\t' => Stand::Picture('\u{21e5}'),
        '\u{7f}' => Stand::Picture('\u{2421}'),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).map_or(Stand::Code, Stand::Picture),
        '\u{80}'..='\u{9f}' => Stand::Code,
        // Direction: marks, embeddings, overrides, isolates.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Stand::Code,
        // Nothing to see, or a line's end.
        '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => Stand::Code,
        '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}' => Stand::Code,
        _ => Stand::Same,
    }
}

/// `text` for a terminal: one line, without control sequences or hidden characters.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match stand(c) {
            Stand::Same => out.push(c),
            Stand::Picture(picture) => out.push(picture),
            Stand::Code => push_code(&mut out, c),
        }
    }
    out
}

/// `text` for HTML, in elements: what stands for another character is pale.
pub(crate) fn push_html(out: &mut String, text: &str) {
    const OPEN: &str = "<span style=\"opacity:0.5\">";
    for c in text.chars() {
        match stand(c) {
            Stand::Same => push_escaped(out, c),
            Stand::Picture(picture) => {
                out.push_str(OPEN);
                out.push(picture);
                out.push_str("</span>");
            }
            Stand::Code => {
                out.push_str(OPEN);
                push_code(out, c);
                out.push_str("</span>");
            }
        }
    }
}

/// `text` for HTML, in attributes between double quotes.
pub(crate) fn push_attribute(out: &mut String, text: &str) {
    for c in plain(text).chars() {
        push_escaped(out, c);
    }
}

/// Whether `text` holds anything that may run from right to left, so that it needs its own direction.
pub(crate) fn needs_direction(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'))
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

fn push_code(out: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = write!(out, "\u{27e8}U+{:04X}\u{27e9}", u32::from(c));
}

/// The first `limit` characters of `text`, and whether there were more.
pub(crate) fn cut(text: &str, limit: usize) -> (&str, bool) {
    match text.char_indices().nth(limit) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let mut out = String::new();
        push_html(&mut out, text);
        out
    }

    #[test]
    fn control_sequences_become_pictures() {
        assert_eq!(plain("a\x1b[31mred\x07\n\x7f\u{9b}"), "a␛[31mred␇↵␡⟨U+009B⟩");
    }

    #[test]
    fn direction_marks_become_codes() {
        assert_eq!(plain("right\u{202e}left"), "right⟨U+202E⟩left");
        assert_eq!(html("x\u{2066}"), "x<span style=\"opacity:0.5\">⟨U+2066⟩</span>");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(html("<img src='x' onerror=\"y\"> & co"), "&lt;img src=&#39;x&#39; onerror=&quot;y&quot;&gt; &amp; co");
        let mut out = String::new();
        push_attribute(&mut out, "\"\u{1b}>");
        assert_eq!(out, "&quot;␛&gt;");
    }

    #[test]
    fn emoji_and_scripts_stay_whole() {
        let family = "👩\u{200d}👩\u{200d}👧 नि ع";
        assert_eq!(plain(family), family);
        assert!(needs_direction(family));
        assert!(!needs_direction("naïve 織"));
    }

    #[test]
    fn cuts_count_characters() {
        assert_eq!(cut("añb", 2), ("añ", true));
        assert_eq!(cut("añb", 3), ("añb", false));
    }
}
