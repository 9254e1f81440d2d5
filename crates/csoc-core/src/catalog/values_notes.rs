//! What keys of charts do not say of themselves: where those went that are gone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// Notes by the name of the chart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValuesNotes {
    charts: BTreeMap<String, ChartNotes>,
}

/// Notes on one chart's keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChartNotes {
    /// Keys that mean nothing any more.
    #[serde(default)]
    pub(crate) removed: Vec<KeyNote>,
}

/// A key that something else stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyNote {
    key: String,
    /// The key to use, where there is one.
    #[serde(default, rename = "use")]
    pub(crate) instead: Option<String>,
    /// What became of it.
    pub(crate) because: String,
}

impl ValuesNotes {
    /// The notes on a chart that this version carries; none on charts it does not know.
    pub(crate) fn of(chart: &str) -> &'static ChartNotes {
        static NOTES: LazyLock<ValuesNotes> =
            LazyLock::new(|| embedded("values-notes.yaml", include_str!("data/values-notes.yaml")));
        static NONE: ChartNotes = ChartNotes {
            removed: Vec::new(),
        };
        NOTES.charts.get(chart).unwrap_or(&NONE)
    }
}

impl KeyNote {
    /// Whether the note is on the key at a path.
    pub(crate) fn is_on<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> bool {
        matches(&self.key, path)
    }

    /// The key to use in place of the one at a path, from the top of the values.
    pub(crate) fn replacement(&self, path: &[&str]) -> Option<String> {
        let instead = self.instead.as_deref()?;
        // What is said of any chart's key is meant for the same chart.
        Some(match (self.key.strip_prefix("*."), path.first()) {
            (Some(_), Some(chart)) => format!("{chart}.{instead}"),
            _ => instead.to_owned(),
        })
    }
}

/// Whether a path has the keys of a pattern, in which `*` is any one key.
fn matches<'p>(pattern: &str, path: impl IntoIterator<Item = &'p str>) -> bool {
    let mut parts = pattern.split('.');
    for key in path {
        match parts.next() {
            Some(part) if part == "*" || part == key => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_notes_read_and_match_by_key() {
        let notes = ValuesNotes::of("gen3");
        let path = ["fence", "autoscaling", "targetCPUUtilizationPercentage"];
        let note = notes.removed.iter().find(|note| note.is_on(path)).unwrap();
        assert_eq!(
            note.replacement(&path).as_deref(),
            Some("fence.autoscaling.averageCPUValue")
        );
        assert!(!notes.removed.iter().any(|note| note.is_on(["fence"])));
        assert!(ValuesNotes::of("nobody").removed.is_empty());
    }
}
