//! Tables as plain text, aligned by the width that characters take on a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use weft_core::Value;
use weft_core::types::Type;

use super::preview::{Options, Preview, Rows, gap, is_right, pick};
use super::text::{is_nested, value_text};
use super::visible::{cut, plain};

/// Between two columns.
const SPACE: &str = "  ";
/// Widest a column gets where there are several and the width is limited: the first that lets all
/// columns fit.
const NARROW: [usize; 4] = [40, 32, 24, 18];

/// A column that is shown: its name, its type, its values, and how wide they are.
struct Column {
    cells: Vec<String>,
    width: usize,
    right: bool,
}

impl Column {
    fn new(cells: Vec<String>, right: bool) -> Self {
        let width = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        Column { cells, width, right }
    }
}

/// The table and its shape, without a newline at the end.
pub(super) fn render(preview: &Preview<'_>, shown: &Rows, options: &Options) -> String {
    let all = columns(preview, shown, options);
    let kept = fitting(&all, options.text_width);
    let positions: Vec<usize> = kept.iter().map(|&i| shown.columns[i]).collect();
    let mut columns: Vec<&Column> = kept.iter().map(|&i| &all[i]).collect();
    let dots = Column::new(vec!["…".to_owned(); shown.rows.len() + 2], false);
    if let Some(at) = gap(&positions, preview.schema.len()) {
        columns.insert(at, &dots);
    }
    let mut out = String::new();
    let lines = if columns.is_empty() { 0 } else { shown.rows.len() + 2 };
    for line in 0..lines {
        push_line(&mut out, &columns, line);
        if line == 1 {
            let rules: Vec<String> = columns.iter().map(|c| "─".repeat(c.width)).collect();
            out += &rules.join(SPACE);
            out.push('\n');
        }
    }
    out + &preview.shape(shown.rows.len(), positions.len())
}

/// The columns, their values cut shorter where that makes all columns fit.
fn columns(preview: &Preview<'_>, shown: &Rows, options: &Options) -> Vec<Column> {
    let share = (options.text_width / shown.columns.len().max(1)).max(NARROW[0]);
    let all = |widest: usize| -> Vec<Column> {
        let columns = shown.columns.iter().enumerate();
        columns.map(|(at, &index)| column(preview, shown, at, index, options.chars, widest)).collect()
    };
    let first = all(share);
    if width(&first) <= options.text_width {
        return first;
    }
    let mut narrower = NARROW[1..].iter().map(|&widest| all(widest));
    let fits = |columns: &Vec<Column>| width(columns) <= options.text_width;
    narrower.find(fits).unwrap_or_else(|| all(NARROW[2]))
}

fn column(preview: &Preview<'_>, shown: &Rows, at: usize, index: usize, chars: usize, widest: usize) -> Column {
    let field = &preview.schema.fields()[index];
    let heading = [short(&field.name, chars, widest), short(&field.ty.to_string(), chars, widest)];
    let values = shown.rows.iter().map(|row| cell(&field.ty, &row[at], chars, widest));
    Column::new(heading.into_iter().chain(values).collect(), is_right(&field.ty))
}

fn width(columns: &[Column]) -> usize {
    columns.iter().map(|c| c.width + SPACE.len()).sum::<usize>().saturating_sub(SPACE.len())
}

fn push_line(out: &mut String, columns: &[&Column], line: usize) {
    let start = out.len();
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            out.push_str(SPACE);
        }
        let text = &column.cells[line];
        let blanks = " ".repeat(column.width - text.width().min(column.width));
        if column.right {
            out.push_str(&blanks);
            out.push_str(text);
        } else {
            out.push_str(text);
            out.push_str(&blanks);
        }
    }
    let end = out.trim_end_matches(' ').len().max(start);
    out.truncate(end);
    out.push('\n');
}

fn cell(ty: &Type, value: &Value, chars: usize, widest: usize) -> String {
    match value {
        Value::String(text) => short(text, chars, widest),
        _ if is_nested(ty) => short(&value_text(ty, value, chars.min(widest.saturating_mul(4))), chars, widest),
        // Half a number would be another number.
        _ => plain(&value_text(ty, value, usize::MAX)),
    }
}

/// `text` in one line without control characters, of at most `chars` characters and `widest` columns.
fn short(text: &str, chars: usize, widest: usize) -> String {
    // Some characters take no width; four times as many are enough for all but a pile of accents.
    let (head, is_cut) = cut(text, chars.min(widest.saturating_mul(4)));
    let shown = plain(head);
    if shown.width() <= widest && !is_cut {
        return shown;
    }
    let mut width = 0;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width < widest
    };
    let mut out: String = shown.chars().take_while(fits).collect();
    out.push('…');
    out
}

/// The columns that fit into `width`: as many as possible, the gap in the middle, one at least.
fn fitting(columns: &[Column], width: usize) -> Vec<usize> {
    let takes = |kept: &[usize]| -> usize {
        let gap = if kept.len() < columns.len() { SPACE.len() + 1 } else { 0 };
        kept.iter().map(|&i| columns[i].width + SPACE.len()).sum::<usize>() + gap
    };
    let fits = |count: &usize| takes(&pick(columns.len(), *count)) <= width.saturating_add(SPACE.len());
    if columns.is_empty() {
        return Vec::new();
    }
    let count = (1..=columns.len()).rev().find(fits).unwrap_or(1);
    pick(columns.len(), count)
}

/// The lines of a value alone.
pub(super) fn value(ty: &Type, value: &Value, options: &Options) -> String {
    match value {
        // A text alone keeps its lines.
        Value::String(text) => {
            let (head, is_cut) = cut(text, 10_000);
            let lines: Vec<String> = head.split('\n').map(|line| plain(line.trim_end_matches('\r'))).collect();
            lines.join("\n") + if is_cut { "…" } else { "" }
        }
        _ => plain(&value_text(ty, value, options.chars.max(2_000))),
    }
}
