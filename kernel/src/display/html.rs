//! Tables as HTML.
//!
//! Inline styles alone, in values that survive JupyterLab's sanitizer. Colours are half-transparent
//! greys over what the front end has, so that light and dark themes need no difference; only the
//! header that stays in place needs a ground of its own, taken from the theme's variables.

use std::fmt::Write as _;

use weft_core::Value;
use weft_core::types::Type;

use super::picture;
use super::preview::{Options, Preview, Rows, gap, is_right};
use super::text::{count_text, is_nested, scalar_text, value_text};
use super::visible::{cut, needs_direction, push_attribute, push_html};

const BOX: &str = "overflow:auto;max-height:44em;text-align:left;scrollbar-width:thin;scrollbar-color:#8888 transparent";
const TABLE: &str = "border-collapse:separate;border-spacing:0;border:none;margin:0;table-layout:auto;width:auto;\
                     font-size:0.9em;line-height:1.35;font-variant-numeric:tabular-nums";
const HEAD: &str = "padding:0.35em 0.9em;border:none;border-bottom:1px solid #8889;white-space:pre;vertical-align:bottom;\
                    position:sticky;top:0;z-index:1;background:var(--jp-layout-color0,var(--vscode-editor-background,inherit))";
const TYPE: &str = "font-weight:normal;font-size:0.85em;opacity:0.6";
const CELL: &str = "padding:0.3em 0.9em;border:none;border-bottom:1px solid #8883";
const NULL: &str = "<span style=\"opacity:0.4;font-style:italic\">null</span>";
const SHAPE: &str = "padding:0.5em 0.9em;font-size:0.85em;opacity:0.65;text-align:left";

/// Longest column name and type, in characters.
const NAME_CHARS: usize = 80;
/// Text that is longer is broken into lines.
const LINE_CHARS: usize = 60;
/// Longest value in a row that has too many of them, in characters.
const BRIEF_CHARS: usize = 24;
/// Longest text that a cut value shows when pointed at, in characters.
const TITLE_CHARS: usize = 1_000;
/// A longer nested value is folded.
const FOLD_CHARS: usize = 44;
/// Most entries of a nested value that is unfolded.
const ENTRIES: usize = 100;
/// Most pictures of a list that stand side by side.
const SIDE_BY_SIDE: usize = 8;

/// A page that is being written, and what it still may hold.
struct Page {
    out: String,
    /// Characters of a value.
    chars: usize,
    /// Whether nothing is shown but the beginnings of values.
    brief: bool,
    /// Bytes after which nothing more is added.
    bytes: usize,
    pictures: usize,
}

/// The table and its shape.
pub(super) fn render(preview: &Preview<'_>, shown: &Rows, options: &Options) -> String {
    let fields: Vec<_> = shown.columns.iter().map(|&i| &preview.schema.fields()[i]).collect();
    let gap = gap(&shown.columns, preview.schema.len());
    let mut page = Page::new(options);
    page.push(&format!("<div><div style=\"{BOX}\"><table style=\"{TABLE}\"><thead><tr>"));
    for (i, field) in fields.iter().enumerate() {
        page.gap_before(i, gap, "th");
        page.header(&field.name, &field.ty);
    }
    page.gap_before(fields.len(), gap, "th");
    page.push("</tr></thead><tbody>");
    let types: Vec<&Type> = fields.iter().map(|field| &field.ty).collect();
    let rows = shown.rows.iter().take_while(|row| page.row(&types, row, gap)).count();
    page.push("</tbody></table></div>");
    let _ = write!(page.out, "<div style=\"{SHAPE}\">{}</div></div>", preview.shape(rows, fields.len()));
    page.out
}

/// One value alone: as it stands in a table, without its border.
pub(super) fn value(ty: &Type, value: &Value, options: &Options) -> String {
    let mut page = Page::new(options);
    page.push("<div style=\"text-align:left;white-space:pre-wrap\">");
    page.value(ty, value);
    page.push("</div>");
    page.out
}

impl Page {
    fn new(options: &Options) -> Self {
        let (chars, bytes, pictures) = (options.chars, options.html_bytes, options.pictures);
        Page { out: String::new(), chars, brief: false, bytes, pictures }
    }

    fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn gap_before(&mut self, at: usize, gap: Option<usize>, tag: &str) {
        if gap == Some(at) {
            let style = if tag == "th" { HEAD } else { CELL };
            let _ = write!(self.out, "<{tag} style=\"text-align:center;{style}\">…</{tag}>");
        }
    }

    fn header(&mut self, name: &str, ty: &Type) {
        let _ = write!(self.out, "<th{} style=\"text-align:{};{HEAD}\">", direction(name), side(ty));
        self.cut_text(name, NAME_CHARS);
        let _ = write!(self.out, "<div style=\"{TYPE}\">");
        self.cut_text(&ty.to_string(), NAME_CHARS / 2);
        self.push("</div></th>");
    }

    /// Appends a row, unless the page is full. A row that takes much of it is written in short.
    fn row(&mut self, types: &[&Type], values: &[Value], gap: Option<usize>) -> bool {
        let start = self.out.len();
        if !self.cells(types, values, gap, self.bytes / 4) {
            self.out.truncate(start);
            self.brief = true;
            self.cells(types, values, gap, usize::MAX);
            self.brief = false;
        }
        let first = self.out[..start].ends_with("<tbody>");
        let full = self.out.len() > self.bytes && !first;
        if full {
            self.out.truncate(start);
        }
        !full
    }

    /// Appends the cells of a row; gives up once they take more than `most` bytes.
    fn cells(&mut self, types: &[&Type], values: &[Value], gap: Option<usize>, most: usize) -> bool {
        let start = self.out.len();
        self.push("<tr>");
        // Beside a picture, which is high, text stands in the middle.
        let align = if types.iter().any(|ty| holds_picture(ty)) { "middle" } else { "top" };
        for (i, (ty, value)) in types.iter().zip(values).enumerate() {
            self.gap_before(i, gap, "td");
            self.cell(ty, value, align);
            if self.out.len() - start > most {
                return false;
            }
        }
        self.gap_before(types.len(), gap, "td");
        self.push("</tr>");
        true
    }

    fn cell(&mut self, ty: &Type, value: &Value, align: &str) {
        let text = value.as_str().unwrap_or_default();
        let is_long = cut(text, LINE_CHARS).1;
        let lines =
            if is_long { "white-space:pre-wrap;min-width:24em;max-width:40em;word-wrap:break-word" } else { "white-space:pre" };
        let _ =
            write!(self.out, "<td{} style=\"text-align:{};vertical-align:{align};{lines};{CELL}\">", direction(text), side(ty));
        self.value(ty, value);
        self.push("</td>");
    }

    /// Appends a value of any type.
    fn value(&mut self, ty: &Type, value: &Value) {
        match (ty, value) {
            (_, Value::Null) => self.push(NULL),
            (Type::Image(_), _) => self.picture(ty, value),
            (Type::List(item) | Type::FixedList(item, _), Value::List(items)) if matches!(**item, Type::Image(_)) => {
                self.pictures(item, items);
            }
            (Type::Uuid, _) => self.text(&scalar_text(ty, value)),
            (_, Value::Binary(_)) => {
                let _ = write!(self.out, "<span style=\"opacity:0.65\">{}</span>", scalar_text(ty, value));
            }
            (_, Value::String(text)) => self.text(text),
            _ if is_nested(ty) => self.nested(ty, value),
            _ => self.text(&scalar_text(ty, value)),
        }
    }

    fn text(&mut self, text: &str) {
        self.cut_text(text, self.chars);
    }

    /// Appends at most `chars` characters; more of a cut text shows when it is pointed at.
    fn cut_text(&mut self, text: &str, chars: usize) {
        let chars = if self.brief { chars.min(BRIEF_CHARS) } else { chars };
        let (head, is_cut) = cut(text, chars);
        if self.brief || !is_cut {
            push_html(&mut self.out, head);
            return self.push(if is_cut { "…" } else { "" });
        }
        let (title, more) = cut(text, TITLE_CHARS.max(chars.saturating_mul(2)));
        self.push("<span title=\"");
        push_attribute(&mut self.out, title);
        self.push(if more { "…\">" } else { "\">" });
        push_html(&mut self.out, head);
        self.push("…</span>");
    }

    /// A picture, or its size where there is no room or no sense in its pixels.
    fn picture(&mut self, ty: &Type, value: &Value) {
        let text = scalar_text(ty, value);
        if self.pictures > 0
            && !self.brief
            && let Ok(thumbnail) = picture::thumbnail(value)
            && self.out.len() + thumbnail.address.len() < self.bytes / 4 * 3
        {
            self.pictures -= 1;
            let (width, height) = (thumbnail.width, thumbnail.height);
            let _ = write!(
                self.out,
                "<img src=\"{}\" alt=\"{text}\" title=\"{text}\" width=\"{width}\" height=\"{height}\" \
                                      style=\"margin:0;vertical-align:top;max-width:none\">",
                thumbnail.address
            );
            return;
        }
        let _ = write!(self.out, "<span style=\"opacity:0.65\">{text}</span>");
    }

    fn pictures(&mut self, item: &Type, items: &[Value]) {
        for (i, value) in items.iter().take(SIDE_BY_SIDE).enumerate() {
            if i > 0 {
                self.push(" ");
            }
            self.value(item, value);
        }
        if items.len() > SIDE_BY_SIDE {
            let _ = write!(self.out, " … {} more", items.len() - SIDE_BY_SIDE);
        } else if items.is_empty() {
            self.push("[]");
        }
    }

    /// A value of values: in a line if short, else folded.
    fn nested(&mut self, ty: &Type, value: &Value) {
        let text = value_text(ty, value, FOLD_CHARS * 2);
        let (head, is_long) = cut(&text, FOLD_CHARS.min(self.chars));
        if self.brief || (!is_long && !holds_picture(ty)) {
            return self.text(&text);
        }
        self.push("<details style=\"margin:0\"><summary style=\"cursor:pointer\">");
        push_html(&mut self.out, head);
        self.push("…</summary><div style=\"padding:0.2em 0 0.2em 1em\">");
        self.entries(ty, value);
        self.push("</div></details>");
    }

    /// The entries of a nested value, one a line.
    fn entries(&mut self, ty: &Type, value: &Value) {
        match (ty, value) {
            (Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _), Value::List(items)) => {
                self.each(items, |page, value| page.entry(None, item, value));
            }
            (Type::Struct(fields), Value::Struct(members)) => {
                let pairs: Vec<_> = fields.iter().zip(members).collect();
                self.each(&pairs, |page, (field, value)| page.entry(Some(&field.name), &field.ty, value));
            }
            (Type::Map(key_type, value_type), Value::Map(entries)) => {
                self.each(entries, |page, (key, value)| {
                    page.entry(Some(&value_text(key_type, key, NAME_CHARS)), value_type, value);
                });
            }
            _ => {
                let text = value_text(ty, value, self.chars.max(1_000));
                self.push("<div style=\"white-space:pre-wrap;max-width:50em;word-wrap:break-word\">");
                self.cut_text(&text, self.chars.max(1_000));
                self.push("</div>");
            }
        }
    }

    fn each<T>(&mut self, items: &[T], show: impl Fn(&mut Self, &T)) {
        let room = self.bytes / 4 * 3;
        let shown = items.iter().take(ENTRIES).take_while(|item| {
            let has_room = self.out.len() < room;
            if has_room {
                show(self, item);
            }
            has_room
        });
        let shown = shown.count();
        if shown < items.len() {
            let _ = write!(self.out, "<div style=\"opacity:0.6\">… {} more</div>", count_text((items.len() - shown) as u64));
        }
    }

    fn entry(&mut self, name: Option<&str>, ty: &Type, value: &Value) {
        self.push("<div style=\"white-space:pre-wrap;max-width:50em;word-wrap:break-word\">");
        if let Some(name) = name {
            self.push("<span style=\"opacity:0.6\">");
            self.cut_text(name, NAME_CHARS);
            self.push("</span>  ");
        }
        self.value(ty, value);
        self.push("</div>");
    }
}

fn side(ty: &Type) -> &'static str {
    if is_right(ty) { "right" } else { "left" }
}

/// An attribute that keeps text which runs from right to left from moving its neighbours.
fn direction(text: &str) -> &'static str {
    if needs_direction(text) { " dir=\"auto\"" } else { "" }
}

fn holds_picture(ty: &Type) -> bool {
    match ty {
        Type::Image(_) => true,
        Type::List(item) | Type::FixedList(item, _) => holds_picture(item),
        Type::Struct(fields) => fields.iter().any(|field| holds_picture(&field.ty)),
        Type::Map(key, value) => holds_picture(key) || holds_picture(value),
        _ => false,
    }
}
