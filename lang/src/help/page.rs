//! A page of help: blocks, and their rendering as plain text, Markdown and HTML.

use std::fmt::Write;

/// A page of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it is about.
    pub title: String,
    /// Its parts, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A sentence or more.
    Text(String),
    /// Code of the language, or a plan.
    Code(String),
    /// Names with what they are: parameters, columns, verbs.
    List {
        /// Above the list; may be empty.
        heading: String,
        /// Name, type or signature, remark.
        rows: Vec<[String; 3]>,
    },
}

impl Page {
    /// A page without parts.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new() }
    }

    /// With a sentence.
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// With code.
    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.blocks.push(Block::Code(code.into()));
        self
    }

    /// With a list, unless it is empty.
    pub(crate) fn list(mut self, heading: impl Into<String>, rows: Vec<[String; 3]>) -> Self {
        if !rows.is_empty() {
            self.blocks.push(Block::List { heading: heading.into(), rows });
        }
        self
    }

    /// As plain text.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut out = visible(&self.title);
        for block in &self.blocks {
            out.push_str("\n\n");
            match block {
                Block::Text(text) => out.push_str(&visible(text)),
                Block::Code(code) => out.push_str(&indented(&visible(code))),
                Block::List { heading, rows } => plain_list(heading, rows, &mut out),
            }
        }
        out
    }

    /// As Markdown. What names hold is escaped.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = format!("**{}**", escape_markdown(&self.title));
        for block in &self.blocks {
            out.push_str("\n\n");
            match block {
                Block::Text(text) => out.push_str(&escape_markdown(text)),
                Block::Code(code) => fenced(&visible(code), &mut out),
                Block::List { heading, rows } => markdown_list(heading, rows, &mut out),
            }
        }
        out
    }

    /// As HTML without styles and scripts. Everything is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out = format!("<div><p><strong>{}</strong></p>", escape_html(&self.title));
        for block in &self.blocks {
            match block {
                Block::Text(text) => drop(write!(out, "<p>{}</p>", escape_html(text))),
                Block::Code(code) => drop(write!(out, "<pre>{}</pre>", escape_html(code))),
                Block::List { heading, rows } => html_list(heading, rows, &mut out),
            }
        }
        out.push_str("</div>");
        out
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn plain_list(heading: &str, rows: &[[String; 3]], out: &mut String) {
    use unicode_width::UnicodeWidthStr;
    if !heading.is_empty() {
        out.push_str(heading);
        out.push('\n');
    }
    let rows: Vec<[String; 3]> = rows.iter().map(|row| [visible(&row[0]), visible(&row[1]), visible(&row[2])]).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width().min(40)).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for (at, [name, ty, doc]) in rows.iter().enumerate() {
        let (gap, wide) = (first.saturating_sub(name.width()), second.saturating_sub(ty.width()));
        let line = format!("  {name}{}  {ty}{}  {doc}", " ".repeat(gap), " ".repeat(wide));
        out.push_str(if at == 0 { "" } else { "\n" });
        out.push_str(line.trim_end());
    }
}

fn markdown_list(heading: &str, rows: &[[String; 3]], out: &mut String) {
    if !heading.is_empty() {
        let _ = write!(out, "{}\n\n", escape_markdown(heading));
    }
    for (at, [name, ty, doc]) in rows.iter().enumerate() {
        let parts = [ty, doc].into_iter().filter(|part| !part.is_empty()).map(|part| escape_markdown(part));
        let rest = parts.collect::<Vec<_>>().join(" – ");
        let gap = if rest.is_empty() { "" } else { ": " };
        let line = format!("{}- **{}**{gap}{rest}", if at == 0 { "" } else { "\n" }, escape_markdown(name));
        out.push_str(&line);
    }
}

fn html_list(heading: &str, rows: &[[String; 3]], out: &mut String) {
    if !heading.is_empty() {
        let _ = write!(out, "<p>{}</p>", escape_html(heading));
    }
    out.push_str("<table><tbody>");
    for [name, ty, doc] in rows {
        let (name, ty, doc) = (escape_html(name), escape_html(ty), escape_html(doc));
        let _ = write!(out, "<tr><td><code>{name}</code></td><td>{ty}</td><td>{doc}</td></tr>");
    }
    out.push_str("</tbody></table>");
}

/// A fence longer than any run of backticks in the code.
fn fenced(code: &str, out: &mut String) {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = write!(out, "{fence}\n{code}\n{fence}");
}

/// Control characters and marks that turn the direction of text, as their escapes.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn hostile_names_stay_text() {
        let name = "<img src=x onerror=alert(1)>\u{202e}`*";
        let page = Page::new(name).text(name).code(name).list("", vec![[name.into(), String::new(), String::new()]]);
        assert!(!page.to_html().contains("<img") && !page.to_html().contains('\u{202e}'));
        assert_eq!(page.to_markdown().matches("<img").count(), 1, "only in the fenced code");
        assert!(!page.to_plain().contains('\u{202e}'));
    }

    #[test]
    fn lists_are_aligned_in_plain_text() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned(), "x".to_owned()];
        let page = Page::new("t").list("Columns", vec![row("a", "int"), row("größer", "str")]);
        assert_eq!(page.to_plain(), "t\n\nColumns\n  a       int  x\n  größer  str  x");
    }

    #[test]
    fn a_fence_is_longer_than_the_backticks_in_it() {
        assert!(Page::new("t").code("a ``` b").to_markdown().contains("````\na ``` b\n````"));
    }
}
