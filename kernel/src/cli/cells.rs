//! A file of cells: the percent format that editors know.

/// How a line starts that begins a cell.
const MARK: &str = "# %%";

/// A cell of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its number in the file, from 1.
    pub(super) number: usize,
    /// Its text behind as many empty lines as stand before it, so that lines have the numbers of the file.
    pub(super) text: String,
}

/// The cells between lines that start with `# %%`; empty ones are left out.
pub(super) fn split(text: &str) -> Vec<Cell> {
    let mut cells = vec![String::new()];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.starts_with(MARK) {
            cells.push("\n".repeat(number + 1));
        } else if let Some(cell) = cells.last_mut() {
            cell.push_str(line);
        }
    }
    cells.retain(|cell| !cell.trim().is_empty());
    cells.into_iter().enumerate().map(|(at, text)| Cell { number: at + 1, text }).collect()
}

/// A file as lines that begin cells, each with the text up to the next one; the first has no such line.
pub(super) fn marked(text: &str) -> Vec<(&str, &str)> {
    let starts = text.match_indices(MARK).map(|(at, _)| at).filter(|&at| at == 0 || text[..at].ends_with('\n'));
    let edges: Vec<usize> = std::iter::once(0).chain(starts).chain([text.len()]).collect();
    let part = |pair: &[usize]| {
        let part = &text[pair[0]..pair[1]];
        let mark = if part.starts_with(MARK) { part.find('\n').map_or(part.len(), |at| at + 1) } else { 0 };
        (part[..mark].trim_end(), &part[mark..])
    };
    edges.windows(2).map(part).filter(|(mark, cell)| !mark.is_empty() || !cell.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_beside_their_cells() {
        assert_eq!(marked("# %% a\nx\n# %%\n# %% c"), [("# %% a", "x\n"), ("# %%", ""), ("# %% c", "")]);
        assert_eq!(marked("x # %%\n# %%\ny"), [("", "x # %%\n"), ("# %%", "y")]);
        assert_eq!(marked(""), []);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let cells = split("# %% a\nlet x = 1\n\n# %%\n# %% c\n$x\n");
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["\nlet x = 1\n\n", "\n\n\n\n\n$x\n"]);
        assert_eq!(cells[1].number, 2);
    }

    #[test]
    fn a_file_without_marks_is_one_cell() {
        assert_eq!(split("1 + 1"), [Cell { number: 1, text: "1 + 1".into() }]);
        assert_eq!(split(" \n"), []);
    }
}
