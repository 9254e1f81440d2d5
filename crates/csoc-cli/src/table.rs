//! Columns of text, aligned, without frames: they survive copying and `awk`.

use crate::terminal::plain;

/// Rows under a head. Columns are as wide as their widest cell; the last one is not padded.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with that head.
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            rows: vec![head.map(str::to_uppercase).into()],
        }
    }

    /// Adds a row. What moves a terminal is left out of it: some of it is what others wrote.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.map(|cell| plain(&cell).into_owned());
        self.rows.push(cells.into());
    }

    /// The text, each line behind `indent`, with a line break at the end.
    pub(crate) fn text(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = indent.to_owned();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                let missing = width - cell.chars().count();
                line.extend(std::iter::repeat_n(' ', missing + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_moves_no_terminal_and_makes_no_row() {
        let mut table = Table::new(["name"]);
        table.row(["a\u{1b}[2J\nb".into()]);
        assert_eq!(table.text(""), "NAME\na[2J b\n");
    }

    #[test]
    fn columns_are_aligned_and_lines_not_padded() {
        let mut table = Table::new(["name", "files"]);
        table.row(["demo".into(), "3".into()]);
        table.row(["a-longer-name".into(), String::new()]);
        assert_eq!(
            table.text("  "),
            "  NAME           FILES\n  demo           3\n  a-longer-name\n"
        );
    }
}
