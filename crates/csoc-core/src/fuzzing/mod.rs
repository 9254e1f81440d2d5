//! What must hold of any bytes at all: the doors through which `fuzz/` comes in.
//!
//! Only compiled with `--cfg fuzzing`, so that no release has it. Each function
//! takes what a person could put into a file, and panics where a promise is
//! broken: a text that reads differently after it was printed, a place outside
//! its file, a path that leaves its archive. That nothing else panics is the
//! promise that is checked on the way.

mod fleet;
mod terraform;

pub use fleet::fleet;
pub use terraform::terraform;

use crate::catalog::chart::fuzzing as chart;
use crate::diagnostic::{Diagnostics, Report, Root, TextStyle};
use crate::span::Sources;

/// What separates the files of an input: a line that starts so, then the path of the file.
const SEPARATOR: &str = "\n%%% ";

/// A Helm template, and the chart that it is of.
///
/// Behind a line `%%% values.yaml` stand the values of the chart.
pub fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let all = parts(text, "");
    let (template, values) = all.fold(("", ""), |(template, values), (path, text)| {
        if path == "values.yaml" {
            (template, text)
        } else {
            (text, values)
        }
    });
    show(chart::template(template, values));
}

/// A chart's archive: as it is, with what a damaged or malicious one has in it.
///
/// The first byte says what follows: `r` an archive, `t` a tar whose checksums
/// are mended, `e` entries that are packed here, `d` the same with two bytes
/// ahead of them that say what is then damaged. An entry is its type as tar
/// writes it and its name, a line break, and its bytes up to the next line that
/// starts with `%%% `; type `t` packs all that follows into an archive of its own.
pub fn archive(bytes: &[u8]) {
    show(chart::archive(bytes));
}

/// The files of an input by their paths, of which the first is given.
fn parts<'t>(text: &'t str, first: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.split(SEPARATOR).enumerate().map(move |(at, part)| {
        if at == 0 {
            (first, part)
        } else {
            part.split_once('\n').unwrap_or((part, ""))
        }
    })
}

/// Gives findings their places, and prints them.
fn show((found, sources): (Diagnostics, Sources)) {
    let root = Root::Fleet;
    let found = found.into_vec().into_iter();
    print(&Report::new(
        found
            .map(|finding| finding.resolve(&sources, root))
            .collect(),
    ));
}

/// Prints a report as people read it.
fn print(report: &Report) {
    let text = report.to_text(TextStyle::plain());
    assert_eq!(text.is_empty(), report.diagnostics().is_empty());
}
