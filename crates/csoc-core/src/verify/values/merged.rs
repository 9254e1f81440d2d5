//! What a release's values say once all files and the chart's defaults are merged.

use super::ValuesFile;
use crate::catalog::chart::{ChartCatalog, ChartFlag};
use crate::span::Span;
use crate::value::{Kind, Node, Reading, Scalar};

/// The files of a release over the chart's defaults.
pub(super) struct Merged<'v> {
    chart: ChartCatalog<'v>,
    files: Vec<&'v Node>,
}

/// Whether templates take a value for true, and where that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth {
    /// Whether it is true.
    pub(super) is_true: bool,
    /// Where a values file says so; nowhere where it is a default.
    pub(super) place: Option<Span>,
}

impl<'v> Merged<'v> {
    /// The files, later ones over earlier ones.
    pub(super) fn new(chart: ChartCatalog<'v>, files: &[ValuesFile<'v>]) -> Self {
        Self {
            chart,
            files: files.iter().filter_map(|file| file.node).collect(),
        }
    }

    /// Whether a value is true for templates. Where nothing is said and there is no default, it is not.
    pub(super) fn truth(&self, path: &[&str]) -> Truth {
        for node in self.files.iter().rev() {
            match find(node, path) {
                Found::Value(value) => {
                    return Truth {
                        is_true: is_true(value),
                        place: value.span(),
                    };
                }
                // Something else stands where a map would have to.
                Found::Hidden(by) => {
                    return Truth {
                        is_true: false,
                        place: by.span(),
                    };
                }
                Found::Nothing => {}
            }
        }
        let default = self.chart.at(path.iter().copied());
        Truth {
            is_true: default.is_some_and(|key| {
                key.default().map_or_else(
                    || key.default_count().is_some_and(|count| count > 0),
                    |default| is_true(&default),
                )
            }),
            place: None,
        }
    }

    /// Whether what a template looks at first is so, and if not, the place that says otherwise.
    pub(super) fn holds(&self, flag: &ChartFlag<'_>) -> Result<(), Option<Span>> {
        let truths: Vec<Truth> = flag.keys.iter().map(|path| self.truth(path)).collect();
        let is_true = truths.iter().any(|truth| truth.is_true);
        if is_true == flag.holds {
            return Ok(());
        }
        let mut says = truths.iter().filter(|truth| truth.is_true == is_true);
        Err(says.find_map(|truth| truth.place))
    }
}

enum Found<'n> {
    Value(&'n Node),
    Hidden(&'n Node),
    Nothing,
}

fn find<'n>(node: &'n Node, path: &[&str]) -> Found<'n> {
    let mut at = node;
    for key in path {
        if !at.is_map() {
            return Found::Hidden(at);
        }
        match at.get(key) {
            Some(next) => at = next,
            None => return Found::Nothing,
        }
    }
    Found::Value(at)
}

/// Whether a Go template takes a value for true.
fn is_true(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => !entries.is_empty(),
        Kind::List(items) => !items.is_empty(),
        Kind::Scalar(scalar) => is_true_scalar(scalar),
        // Whatever the cloud gives is something.
        Kind::Pending(_) => true,
    }
}

fn is_true_scalar(scalar: &Scalar) -> bool {
    match scalar.reading() {
        Reading::Null => false,
        Reading::Bool(value) => value,
        Reading::Integer(value) => value != 0,
        Reading::Float(value) => value != 0.0,
        Reading::Text(text) => !text.is_empty(),
    }
}
