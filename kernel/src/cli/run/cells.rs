//! A file of cells: the percent format that editors know.

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
        if line.starts_with("# %%") {
            cells.push("\n".repeat(number + 1));
        } else if let Some(cell) = cells.last_mut() {
            cell.push_str(line);
        }
    }
    cells.retain(|cell| !cell.trim().is_empty());
    cells.into_iter().enumerate().map(|(at, text)| Cell { number: at + 1, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
