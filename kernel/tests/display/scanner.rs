//! A small reader of HTML that accepts nothing but what tables are made of.

/// What a page is made of.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Tags as they open.
    pub(crate) tags: Vec<String>,
    /// Texts between tags, unescaped, blank ones left out.
    pub(crate) words: Vec<String>,
}

impl Page {
    pub(crate) fn count(&self, tag: &str) -> usize {
        self.tags.iter().filter(|t| *t == tag).count()
    }
}

const TAGS: [&str; 12] = ["div", "span", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "img", "b"];
const ATTRIBUTES: [&str; 7] = ["style", "title", "dir", "src", "alt", "width", "height"];

/// Reads a page; an error says what in it has no place in a table.
pub(crate) fn scan(html: &str) -> Result<Page, String> {
    let mut page = Page::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        page.text(&rest[..start])?;
        let end = rest[start..].find('>').ok_or("a tag that does not end")? + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            (last.as_deref() == Some(name)).then_some(()).ok_or(format!("</{name}> closes {last:?}"))?;
            continue;
        }
        let name = page.tag(tag)?;
        if name != "img" {
            open.push(name);
        }
    }
    page.text(rest)?;
    open.is_empty().then_some(page).ok_or(format!("left open: {open:?}"))
}

impl Page {
    fn text(&mut self, text: &str) -> Result<(), String> {
        if let Some(odd) = text.chars().find(|c| matches!(c, '>' | '"' | '\'') || is_forbidden(*c)) {
            return Err(format!("{odd:?} in the text {text:?}"));
        }
        let word = unescape(text)?;
        if !word.trim().is_empty() {
            self.words.push(word);
        }
        Ok(())
    }

    fn tag(&mut self, tag: &str) -> Result<String, String> {
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        TAGS.contains(&name).then_some(()).ok_or(format!("the tag <{tag}>"))?;
        self.tags.push(name.to_owned());
        while !attributes.is_empty() {
            if let Some(rest) = attributes.strip_prefix("open") {
                attributes = rest.trim_start();
                continue;
            }
            let (key, rest) = attributes.split_once("=\"").ok_or(format!("odd attributes {attributes:?}"))?;
            let (value, rest) = rest.split_once('"').ok_or(format!("an open value {rest:?}"))?;
            ATTRIBUTES.contains(&key).then_some(()).ok_or(format!("the attribute {key:?}"))?;
            unescape(value)?;
            let is_bad = value.chars().any(|c| c == '<' || is_forbidden(c));
            let leads_out = key == "src" && !value.starts_with("data:image/") || key == "style" && value.contains("url(");
            if is_bad || leads_out {
                return Err(format!("{key}={value:?}"));
            }
            attributes = rest.trim_start();
        }
        Ok(name.to_owned())
    }
}

/// Controls, and marks that reorder or hide text.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{200b}' | '\u{feff}' | '\u{2028}')
}

fn unescape(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let entity = known.iter().find(|(entity, _)| rest[start..].starts_with(entity));
        let (entity, c) = entity.ok_or(format!("a raw & in {text:?}"))?;
        out.push(*c);
        rest = &rest[start + entity.len()..];
    }
    Ok(out + rest)
}

#[test]
fn the_scanner_finds_what_has_no_place() {
    assert_eq!(scan("<td dir=\"auto\">a &lt;b&gt;</td>").unwrap().words, ["a <b>"]);
    for bad in
        ["<script>", "<td onclick=\"x\">", "<td>", "</td>", "<img src=\"http://x\">", "a & b", "\u{1b}", "<td title=x>", "\""]
    {
        assert!(scan(bad).is_err(), "{bad}");
    }
}
