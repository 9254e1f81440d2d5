//! Keys that have no effect because a flag beside them says so.

use std::collections::BTreeSet;

use super::names::Path;
use super::{VALUES_KEY_GATED, View};
use crate::catalog::chart::{ChartFlag, ChartKey};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::span::Span;
use crate::value::{Entry, Node};

/// Checks every key of a file that the chart reads only under conditions.
pub(super) fn check(view: &View<'_>, node: &Node, sink: &mut Diagnostics) {
    below(view, node, view.chart.values(), &mut Path::default(), sink);
}

fn below(view: &View<'_>, node: &Node, key: ChartKey<'_>, path: &mut Path, sink: &mut Diagnostics) {
    for entry in node.entries() {
        let Some(child) = key.child(entry.key.as_str()) else {
            continue;
        };
        path.push_key(&entry.key);
        match switched_off(view, child) {
            Some(off) if !entry.node.is_null() => {
                let reader = view.chart.read_at(child);
                sink.push(finding(&off, entry, reader.as_deref(), path));
            }
            _ => below(view, &entry.node, child, path, sink),
        }
        path.pop();
    }
}

/// Why a key is not read.
struct Off {
    /// The flags, as text.
    flags: BTreeSet<String>,
    /// Where a file says so.
    place: Option<Span>,
}

/// The flags that keep a key from being read; none where one way to it is open.
fn switched_off(view: &View<'_>, key: ChartKey<'_>) -> Option<Off> {
    let mut off = Off {
        flags: BTreeSet::new(),
        place: None,
    };
    for set in key.gates() {
        let (flag, place) = set
            .iter()
            .find_map(|flag| Some((flag, view.merged.holds(flag).err()?)))?;
        off.flags.insert(describe(flag));
        off.place = off.place.or(place);
    }
    (!off.flags.is_empty()).then_some(off)
}

fn describe(flag: &ChartFlag<'_>) -> String {
    let keys: Vec<String> = flag.keys.iter().map(|path| path.join(".")).collect();
    let keys = format!("`{}`", keys.join("` or `"));
    if flag.holds {
        format!("{keys} to be true")
    } else {
        format!("{keys} to be false")
    }
}

fn finding(off: &Off, entry: &Entry, reader: Option<&str>, path: &Path) -> Finding {
    let flags: Vec<&str> = off.flags.iter().map(String::as_str).collect();
    Finding::new(
        VALUES_KEY_GATED,
        Severity::Info,
        format!(
            "`{path}` has no effect: the chart needs {}",
            flags.join(", or ")
        ),
    )
    .help(format!(
        "set the flag, or remove what it switches off; it is read at `{}`",
        reader.unwrap_or_default()
    ))
    .label(entry.key_origin.span(), "not read")
    .label(off.place, "says so")
    .path(path)
}
