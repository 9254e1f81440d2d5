//! Keys of a values file that the chart does not know, or does not read.

use super::names::{Path, unknown};
use super::types;
use super::{VALUES_KEY_UNREAD, View};
use crate::catalog::chart::ChartKey;
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::value::{Entry, Kind, Node};

/// Checks every key of a file.
pub(super) fn check(view: &View<'_>, node: &Node, sink: &mut Diagnostics) {
    let mut walk = Walk {
        view,
        path: Path::default(),
        sink,
    };
    walk.node(node, view.chart.values(), false);
}

struct Walk<'w, 'c> {
    view: &'w View<'c>,
    path: Path,
    sink: &'w mut Diagnostics,
}

impl<'c> Walk<'_, 'c> {
    /// Checks what is below a key; `is_whole` is whether all below it is used in any case.
    fn node(&mut self, node: &Node, key: ChartKey<'c>, is_whole: bool) {
        match &node.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    self.path.push_key(&entry.key);
                    self.entry(entry, key, is_whole);
                    self.path.pop();
                }
            }
            Kind::List(items) => {
                // Items of which no part is known are the user's own.
                let element = key.element().filter(|element| element.has_children());
                let Some(element) = element.filter(|_| !key.is_whole()) else {
                    return;
                };
                for item in items {
                    self.path.push_item();
                    self.node(item, element, is_whole);
                    self.path.pop();
                }
            }
            Kind::Scalar(_) | Kind::Pending(_) => {}
        }
    }

    fn entry(&mut self, entry: &Entry, parent: ChartKey<'c>, is_whole: bool) {
        let known = parent.child(entry.key.as_str()).or_else(|| {
            // Any key may stand there, and what is below each is known.
            parent
                .element()
                .filter(|element| element.has_children() && !parent.is_whole())
        });
        let Some(key) = known else {
            if !parent.is_open() {
                let finding = unknown(self.view, entry, parent, &self.path);
                self.sink.push(finding);
            }
            return;
        };
        types::check(entry, key, &self.path, self.sink);
        let is_single = !matches!(entry.node.kind, Kind::Map(_));
        if !is_whole
            && !parent.is_whole()
            && is_single
            && key.is_declared()
            && key.is_unused()
            && !key.has_children()
        {
            self.unread(entry, key);
        }
        let is_whole = is_whole || parent.is_whole();
        if !key.is_whole() && (!key.is_open() || key.has_children() || key.element().is_some()) {
            self.node(&entry.node, key, is_whole);
        }
    }

    fn unread(&mut self, entry: &Entry, key: ChartKey<'_>) {
        let declared = self.view.chart.declared_at(key).unwrap_or_default();
        let note = self.path.note(&self.view.notes.removed);
        let help = note.map_or_else(
            || format!("remove it: `{declared}` declares it, and no template reads it"),
            |note| self.path.instead(note),
        );
        self.sink.push(
            Finding::new(
                VALUES_KEY_UNREAD,
                Severity::Info,
                format!(
                    "`{}` has no effect: no template of the chart reads it",
                    self.path
                ),
            )
            .help(help)
            .label(entry.key_origin.span(), "never read")
            .path(&self.path),
        );
    }
}
