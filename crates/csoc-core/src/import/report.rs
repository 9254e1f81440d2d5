//! What became of every leaf of the source, and what that comes to.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::Serialize;

use super::kind::ImportKind;
use super::ledger::LedgerUnit;
use super::note::ImportNote;

/// What became of a leaf of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// A field of the model gives it.
    Modelled,
    /// A naming rule gives it.
    Named,
    /// A recorded output gives it: only the cloud knows it.
    Recorded,
    /// It stands as raw value in a layer that several environments share.
    Layered,
    /// It stands as raw value, or as a name of its own, with its environment or cluster.
    Overlaid,
    /// It is application content, in a file of its own.
    Content,
    /// A later values file overrides it, so that nobody ever saw it.
    Overridden,
    /// Nothing reads it, and it was asked to go.
    Dropped,
    /// It is in no fleet.
    Unmapped,
}

impl Fate {
    /// All of them, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::Modelled,
        Self::Named,
        Self::Recorded,
        Self::Layered,
        Self::Overlaid,
        Self::Content,
        Self::Overridden,
        Self::Dropped,
        Self::Unmapped,
    ];

    /// Whether it is a leaf that is deployed and no application content.
    pub const fn is_plain(self) -> bool {
        self.is_given() || matches!(self, Self::Layered | Self::Overlaid)
    }

    /// Whether the model, a naming rule or a recorded output gives it.
    pub const fn is_given(self) -> bool {
        matches!(self, Self::Modelled | Self::Named | Self::Recorded)
    }

    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Modelled => "modelled",
            Self::Named => "named",
            Self::Recorded => "recorded",
            Self::Layered => "layered",
            Self::Overlaid => "overlaid",
            Self::Content => "content",
            Self::Overridden => "overridden",
            Self::Dropped => "dropped",
            Self::Unmapped => "unmapped",
        }
    }
}

/// One leaf of the source: a scalar, or an empty map or list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImportedLeaf {
    /// The object of the fleet that it belongs to now, as a model path.
    pub object: String,
    /// The file in the source.
    pub file: Utf8PathBuf,
    /// The line there.
    pub line: u32,
    /// The column there.
    pub column: u32,
    /// Its path in the document.
    pub path: String,
    /// What became of it.
    pub fate: Fate,
    /// What gives it now: a rule, a file of the fleet, a code.
    pub by: String,
    /// The code of the finding that nothing reads it, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead: Option<String>,
}

/// How many leaves had which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// See [`Fate::Modelled`].
    pub modelled: usize,
    /// See [`Fate::Named`].
    pub named: usize,
    /// See [`Fate::Recorded`].
    pub recorded: usize,
    /// See [`Fate::Layered`].
    pub layered: usize,
    /// See [`Fate::Overlaid`].
    pub overlaid: usize,
    /// See [`Fate::Content`].
    pub content: usize,
    /// See [`Fate::Overridden`].
    pub overridden: usize,
    /// See [`Fate::Dropped`].
    pub dropped: usize,
    /// See [`Fate::Unmapped`].
    pub unmapped: usize,
    /// Plain leaves that nothing of the chart reads.
    pub dead: usize,
    /// Those of them that the model gives all the same.
    pub dead_but_given: usize,
}

impl Tally {
    /// How many leaves had a fate.
    pub const fn of(&self, fate: Fate) -> usize {
        match fate {
            Fate::Modelled => self.modelled,
            Fate::Named => self.named,
            Fate::Recorded => self.recorded,
            Fate::Layered => self.layered,
            Fate::Overlaid => self.overlaid,
            Fate::Content => self.content,
            Fate::Overridden => self.overridden,
            Fate::Dropped => self.dropped,
            Fate::Unmapped => self.unmapped,
        }
    }

    pub(super) fn count(&mut self, fate: Fate, leaves: usize) {
        let count = match fate {
            Fate::Modelled => &mut self.modelled,
            Fate::Named => &mut self.named,
            Fate::Recorded => &mut self.recorded,
            Fate::Layered => &mut self.layered,
            Fate::Overlaid => &mut self.overlaid,
            Fate::Content => &mut self.content,
            Fate::Overridden => &mut self.overridden,
            Fate::Dropped => &mut self.dropped,
            Fate::Unmapped => &mut self.unmapped,
        };
        *count += leaves;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for fate in Fate::ALL {
            self.count(fate, other.of(fate));
        }
        self.dead += other.dead;
        self.dead_but_given += other.dead_but_given;
    }

    /// All leaves that are deployed and no application content: what a fleet could make by itself.
    pub const fn plain(&self) -> usize {
        self.modelled + self.named + self.recorded + self.layered + self.overlaid
    }

    /// The share of plain leaves that the model, naming rules and recorded outputs give, in percent.
    pub fn share(&self) -> f64 {
        percent(self.given(), self.plain())
    }

    /// The same of those plain leaves that something reads.
    pub fn live_share(&self) -> f64 {
        percent(
            self.given().saturating_sub(self.dead_but_given),
            self.plain().saturating_sub(self.dead),
        )
    }

    const fn given(&self) -> usize {
        self.modelled + self.named + self.recorded
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of leaves")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        // Two digits say enough, and are read back as they were written.
        (part as f64 * 10_000.0 / whole as f64).round() / 100.0
    }
}

/// What one object of the fleet came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImportedObject {
    /// The object, as a model path.
    pub object: String,
    /// Where it came from, below the source.
    pub source: String,
    /// Which document of it: `values`, `application`, `cluster`.
    pub document: &'static str,
    /// Whether the fleet compiles to what it came from.
    pub equal: bool,
    /// What became of its leaves.
    pub leaves: Tally,
    /// Share of plain leaves in model, naming rules and recorded outputs, in percent.
    pub share: f64,
}

/// Lines that a person owns: not blank, and not only a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct OwnedLines {
    /// Values, Applications and values of clusters in the source.
    pub before: usize,
    /// Model files of the fleet.
    pub after: usize,
    /// Content that stood in values before, and has files of its own now.
    pub content: usize,
}

/// How many comments of the source are in the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Comments {
    /// Those on keys that stand in the fleet.
    pub kept: usize,
    /// Those on keys that the model gives now, and those that stand nowhere near a key.
    pub lost: usize,
}

/// How many documents the fleet compiles back to, equal as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Equal {
    /// Equal ones.
    pub equal: usize,
    /// All.
    pub total: usize,
}

/// A change that was asked for with `--fix`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImportFix {
    /// The code whose finding is mended.
    pub code: String,
    /// The object, as a model path.
    pub object: String,
    /// The change to its values, as a text diff.
    pub diff: String,
}

/// Everything that there is to say of an import.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImportReport {
    /// The layout that was read.
    pub kind: ImportKind,
    /// The fleet's name.
    pub fleet: String,
    /// Values of environments that come back equal.
    pub values: Equal,
    /// Applications that come back equal.
    pub applications: Equal,
    /// Clusters that come back equal, with all their files.
    pub clusters: Equal,
    /// Naming rules in the fleet, each used by two environments or more.
    pub naming_rules: usize,
    /// What became of the leaves of all values of environments.
    pub leaves: Tally,
    /// Share of plain leaves of values in model, naming rules and recorded outputs, in percent.
    pub share: f64,
    /// The same of those leaves that something of the chart reads.
    pub live_share: f64,
    /// Lines that a person owns.
    pub lines: OwnedLines,
    /// Comments.
    pub comments: Comments,
    /// Findings of the check that the baseline knows now, by code.
    pub findings: BTreeMap<String, usize>,
    /// Objects, one after the other.
    pub objects: Vec<ImportedObject>,
    /// What a person should know.
    pub notes: Vec<ImportNote>,
    /// Changes that were asked for.
    pub fixes: Vec<ImportFix>,
    /// Objects of layouts that are moved and not kept: what became of them, and what is left to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<LedgerUnit>,
    /// Every leaf with what became of it.
    #[serde(rename = "every_leaf")]
    pub every: Vec<ImportedLeaf>,
}

impl ImportReport {
    /// The report as JSON: `import-report.json`. Leaves stand one a line, so that differences can be read.
    pub fn to_json(&self) -> String {
        let head = Self {
            every: Vec::new(),
            ..self.clone()
        };
        let mut text = serde_json::to_string_pretty(&head).unwrap_or_default();
        let none = "\"every_leaf\": []";
        if let Some(start) = text.rfind(none) {
            let leaves: Vec<String> = self
                .every
                .iter()
                .filter_map(|leaf| serde_json::to_string(leaf).ok())
                .map(|leaf| format!("\n    {leaf}"))
                .collect();
            let list = format!("\"every_leaf\": [{}\n  ]", leaves.join(","));
            text.replace_range(start..start + none.len(), &list);
        }
        text.push('\n');
        text
    }

    /// The tally of each commons, by its name.
    pub fn by_commons(&self) -> BTreeMap<String, Tally> {
        let mut by: BTreeMap<String, Tally> = BTreeMap::new();
        for object in self
            .objects
            .iter()
            .filter(|object| object.document == "values")
        {
            let commons = object.object.split('.').nth(1).unwrap_or_default();
            by.entry(commons.to_owned())
                .or_default()
                .add(&object.leaves);
        }
        by
    }
}
