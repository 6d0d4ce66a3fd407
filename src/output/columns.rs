//! A table of columns under a header, fitted to a terminal by the visible width
//! of texts. Pure.
//!
//! `table` is for names and values below each other.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{style, wrap::prose};

/// What is between two columns.
const GAP: usize = 2;

/// A cell. Its text went through `visible`.
pub struct Cell {
    text: String,
    style: Style,
    right: bool,
}

impl Cell {
    /// A text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: Style::new(),
            right: false,
        }
    }

    /// The same in a style.
    #[must_use]
    pub fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// The same at the right end of its column.
    #[must_use]
    pub fn right(self) -> Self {
        Self {
            right: true,
            ..self
        }
    }
}

/// A column that is shortened if a row is too wide.
pub struct Gives {
    /// Which.
    pub column: usize,
    /// Its minimum width.
    pub to: usize,
}

/// The table's lines. If they are wider than `width`, the columns in `gives`
/// are shortened, one after the other. A first cell that is longer than `first`
/// gets its own line, so that it does not widen the other rows.
pub fn layout(
    header: &[&str],
    rows: &[Vec<Cell>],
    width: Option<usize>,
    first: usize,
    gives: &[Gives],
) -> String {
    let column = |n: usize| {
        let cells = rows.iter().filter_map(|row| Some(row.get(n)?.text.width()));
        let longest = cells.filter(|width| n > 0 || *width <= first).max();
        longest
            .unwrap_or(0)
            .max(header.get(n).map_or(0, |name| name.width()))
    };
    let mut widths: Vec<usize> = (0..header.len()).map(column).collect();
    if let Some(width) = width {
        for give in gives {
            let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            let column = &mut widths[give.column];
            let over = whole.saturating_sub(width);
            *column = column.saturating_sub(over).max(give.to.min(*column));
        }
    }
    let names: Vec<Cell> = header
        .iter()
        .map(|name| Cell::new(*name).style(style::DIM))
        .collect();
    let mut out = String::new();
    for row in std::iter::once(&names).chain(rows) {
        let mut line = String::new();
        for (n, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if n == 0 && cell.text.width() > *width {
                line.push_str(&style::paint(cell.style, &cell.text));
                line.push('\n');
                line.push_str(&" ".repeat(*width));
            } else {
                line.push_str(&fitted(cell, *width));
            }
            if n + 1 < row.len() {
                line.push_str(&" ".repeat(GAP));
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A row of a table that is printed row by row, so the caller gives the column
/// widths. Long text after the cells is wrapped below its own start.
pub fn row(
    cells: &[(Cell, usize)],
    prefix: Option<&Cell>,
    text: &str,
    width: Option<usize>,
) -> String {
    let mut line = String::new();
    let mut indent = 0;
    for (cell, width) in cells {
        line.push_str(&fitted(cell, *width));
        line.push_str(&" ".repeat(GAP));
        indent += width + GAP;
    }
    if let Some(prefix) = prefix {
        line.push_str(&style::paint(prefix.style, &prefix.text));
        line.push(' ');
        indent += prefix.text.width() + 1;
    }
    let text = " ".repeat(indent) + text;
    let text = prose(&text, width.unwrap_or(usize::MAX), indent);
    line + &text[indent..]
}

/// A cell, padded to the column's width.
fn fitted(cell: &Cell, width: usize) -> String {
    let text = cut(&cell.text, width);
    let pad = " ".repeat(width.saturating_sub(text.width()));
    let text = style::paint(cell.style, &text);
    if cell.right { pad + &text } else { text + &pad }
}

/// The text cut to that width, with `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        out.push(c);
        used += wide;
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::{Cell, Gives, cut, layout};

    fn rows(logins: &[&str]) -> Vec<Vec<Cell>> {
        let row = |login: &&str| {
            vec![
                Cell::new("mystore"),
                Cell::new(*login),
                Cell::new("1h").right(),
                Cell::new("file"),
            ]
        };
        logins.iter().map(row).collect()
    }

    fn shown(width: usize, logins: &[&str]) -> Vec<String> {
        let gives = [Gives { column: 1, to: 8 }, Gives { column: 3, to: 3 }];
        let table = layout(
            &["A", "LOGIN", "LEFT", "STORE"],
            &rows(logins),
            Some(width),
            24,
            &gives,
        );
        let plain = anstream::adapter::strip_str(&table).to_string();
        plain.lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_stand_below_each_other_whatever_is_in_them() {
        let lines = shown(200, &["a@example.com", "日本語@example.com", "é@b"]);
        let at: Vec<usize> = lines[1..]
            .iter()
            .map(|line| line[..line.find("1h").unwrap()].width())
            .collect();
        assert_eq!(at, [at[0]; 3], "{lines:#?}");
    }

    #[test]
    fn a_row_that_is_too_wide_gives_way_column_by_column() {
        let long = "somebody.with.a.long.name@example.com";
        for width in 32..60 {
            for line in shown(width, &[long, "a@b.c"]) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
        assert!(shown(40, &[long])[1].contains("file"));
        assert!(shown(40, &[long])[1].contains('…'));
    }

    #[test]
    fn a_long_first_cell_widens_no_other_row() {
        let mut all = rows(&["a@b.c"]);
        all.push(vec![
            Cell::new("x".repeat(63)),
            Cell::new("b"),
            Cell::new("2h"),
            Cell::new("file"),
        ]);
        let table = layout(&["A", "LOGIN", "LEFT", "STORE"], &all, Some(80), 24, &[]);
        let plain = anstream::adapter::strip_str(&table).to_string();
        let lines: Vec<&str> = plain.lines().collect();
        assert_eq!(lines.len(), 4, "{plain}");
        assert!(
            lines[1].width() < 40 && lines[3].starts_with("       "),
            "{plain}"
        );
    }

    #[test]
    fn what_is_cut_is_no_wider_than_its_column() {
        for width in 1..10 {
            assert!(cut("日本語日本語", width).width() <= width);
        }
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }
}
