//! The tree as text, exactly as `terraform fmt` leaves it.
//!
//! Two spaces a level; `=` in one column for each run of lines. A run ends at
//! an empty line, a comment, a block or a value of several lines; a heredoc is
//! the exception, it counts as one line. This module prints bodies and runs,
//! [`expression`] what stands behind the `=`.

mod expression;
mod heredoc;
mod template;

use super::body::{Attribute, Block, Body, Item, Spacing};
use super::expression::{Expression, Layout};
use super::quote::{Escape, write_quoted};

/// Lists and calls that would be longer are broken over lines.
const WIDTH: usize = 80;

/// The text of a file.
pub(crate) fn print(body: &Body) -> String {
    print_behind(String::new(), body)
}

/// The same behind what is there already.
pub(crate) fn print_behind(out: String, body: &Body) -> String {
    let mut printer = Printer {
        out,
        ..Printer::default()
    };
    printer.body(body);
    printer.out
}

/// The text of an expression in one line.
pub(crate) fn print_in_line(expression: &Expression) -> String {
    let mut printer = Printer::default();
    printer.in_line(expression);
    printer.out
}

/// Text that grows, and where in it we are.
#[derive(Default)]
struct Printer {
    out: String,
    indent: usize,
    /// Above 0, nothing may break its line.
    flat: usize,
    /// Whether a key is being written, whose width must be known.
    in_key: bool,
    /// Whether a module is being called.
    is_module: bool,
    /// Whether keys are names of providers (`aws.csoc`), which stand as they are.
    names_providers: bool,
    /// Where a minus would get a space behind it, since `terraform fmt` takes it for a subtraction there.
    spaced_minus: Option<usize>,
}

/// The assignments on adjacent lines, whose `=` stand in one column.
#[derive(Default)]
struct Run {
    /// Where the space before each `=` is, and how wide what stands before it is.
    cells: Vec<(usize, usize)>,
}

impl Run {
    /// Puts all `=` into one column.
    fn close(&mut self, out: &mut String) {
        let widest = self
            .cells
            .iter()
            .map(|(_, columns)| *columns)
            .max()
            .unwrap_or(0);
        let narrower = |cell: &&(usize, usize)| cell.1 < widest;
        if let Some((first, _)) = self.cells.iter().find(narrower) {
            let tail = out.split_off(*first);
            let mut written = *first;
            for (at, columns) in self.cells.iter().filter(narrower) {
                out.push_str(&tail[written - first..at - first]);
                out.extend(std::iter::repeat_n(' ', widest - columns));
                written = *at;
            }
            out.push_str(&tail[written - first..]);
        }
        self.cells.clear();
    }
}

impl Printer {
    fn body(&mut self, body: &Body) {
        let mut run = Run::default();
        for (at, item) in body.items.iter().enumerate() {
            if body.spacing == Spacing::Automatic && is_set_apart(&body.items, at) {
                run.close(&mut self.out);
                self.out.push('\n');
            }
            match item {
                Item::Attribute(attribute) => self.attribute(&mut run, attribute),
                Item::Block(block) => {
                    run.close(&mut self.out);
                    self.block(block);
                }
                Item::Comment(text) => {
                    run.close(&mut self.out);
                    self.comment(text);
                }
                Item::Blank => {
                    run.close(&mut self.out);
                    self.out.push('\n');
                }
            }
        }
        run.close(&mut self.out);
    }

    fn attribute(&mut self, run: &mut Run, attribute: &Attribute) {
        self.start_line();
        let start = self.out.len();
        self.out.push_str(&attribute.name);
        self.names_providers = self.is_module && attribute.name == "providers";
        // `terraform fmt` takes `"${x}"` for `x` where it is a whole attribute.
        self.assign(run, start, attribute.value.unquoted());
        self.names_providers = false;
        self.out.push('\n');
    }

    /// Writes ` = value` behind what stands from `start` on, and adds it to the run or ends the run.
    fn assign(&mut self, run: &mut Run, start: usize, value: &Expression) {
        let equals = self.out.len();
        let columns = self.out[start..].chars().count();
        self.out.push_str(" = ");
        let value_start = self.out.len();
        let is_heredoc = value.layout == Layout::Heredoc && self.flat == 0 && self.heredoc(value);
        if !is_heredoc {
            self.expression(value);
        }
        if is_heredoc || !self.out[value_start..].contains('\n') {
            run.cells.push((equals, columns));
        } else {
            run.close(&mut self.out);
        }
    }

    fn block(&mut self, block: &Block) {
        self.start_line();
        self.out.push_str(&block.kind);
        for label in &block.labels {
            self.out.push(' ');
            write_quoted(&mut self.out, &label.text, Escape::Needed);
        }
        if block.body.items.is_empty() {
            self.out.push_str(" {}\n");
            return;
        }
        if block.body.spacing == Spacing::OneLine
            && let [Item::Attribute(attribute)] = &*block.body.items
        {
            self.out.push_str(" { ");
            self.out.push_str(&attribute.name);
            self.out.push_str(" = ");
            self.in_line(attribute.value.unquoted());
            self.out.push_str(" }\n");
            return;
        }
        self.out.push_str(" {\n");
        self.indent += 1;
        self.is_module = block.kind == "module";
        self.body(&block.body);
        self.is_module = false;
        self.indent -= 1;
        self.start_line();
        self.out.push_str("}\n");
    }

    fn comment(&mut self, text: &str) {
        for line in text.split(['\n', '\r']) {
            let line = line.trim_end();
            self.start_line();
            // A row of `#` is a frame and stays one.
            self.out
                .push_str(if line.is_empty() || line.starts_with('#') {
                    "#"
                } else {
                    "# "
                });
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn start_line(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }
}

/// Whether an empty line stands before an item: around blocks, but not between a comment and what it is about.
fn is_set_apart(items: &[Item], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &items[before]) else {
        return false;
    };
    match (before, &items[at]) {
        (Item::Blank | Item::Comment(_), _)
        | (_, Item::Blank)
        | (Item::Attribute(_), Item::Attribute(_)) => false,
        (Item::Block(_), _) | (_, Item::Block(_)) => true,
        (_, Item::Comment(_)) => items[at..]
            .iter()
            .find(|item| !matches!(item, Item::Comment(_)))
            .is_some_and(|item| matches!(item, Item::Block(_))),
    }
}
