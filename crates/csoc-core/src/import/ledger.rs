//! What became of every leaf of a source: the account that an import gives.
//!
//! A claim says what became of everything below one place; what nobody claims
//! is unmapped and listed one by one, so nothing is dropped silently.

use std::collections::{BTreeMap, HashMap};

use camino::{Utf8Path, Utf8PathBuf};

use super::report::{Fate, ImportedLeaf};
use crate::span::{Position, Sources, Span};
use crate::value::{Kind, Node};

/// What became of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// A field of the model says the same.
    Mapped,
    /// A field of the model stands for it, and something about it is different.
    Changed,
    /// It is kept word for word as a raw value.
    Overlaid,
    /// It is kept in a file of its own.
    Content,
    /// Nothing reads it any more, so that leaving it out changes nothing.
    Dropped,
    /// It did something, and nothing of the model or the charts does it.
    Unmapped,
    /// It is secret material: it was not taken, and stands nowhere in what was written.
    Refused,
}

impl Outcome {
    /// All, in the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Mapped,
        Self::Changed,
        Self::Overlaid,
        Self::Content,
        Self::Dropped,
        Self::Unmapped,
        Self::Refused,
    ];

    /// The same in the words of all importers.
    pub const fn fate(self) -> Fate {
        match self {
            Self::Mapped | Self::Changed => Fate::Modelled,
            Self::Overlaid => Fate::Overlaid,
            Self::Content => Fate::Content,
            Self::Dropped => Fate::Dropped,
            Self::Unmapped | Self::Refused => Fate::Unmapped,
        }
    }

    /// What it is called where people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapped => "mapped",
            Self::Changed => "mapped with a change",
            Self::Overlaid => "kept as a raw value",
            Self::Content => "kept as a file",
            Self::Dropped => "dropped",
            Self::Unmapped => "not mapped",
            Self::Refused => "refused",
        }
    }
}

/// What became of the leaves below one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[non_exhaustive]
pub struct LedgerRow {
    /// The file in the source.
    pub file: Utf8PathBuf,
    /// The line; 0 where the whole file is meant.
    pub line: u32,
    /// The place in the file; empty where the whole file is meant.
    pub path: String,
    /// How many leaves there are below it.
    pub leaves: usize,
    /// What became of them.
    pub outcome: Outcome,
    /// Where they are now; empty where they are nowhere.
    pub target: String,
    /// What is different, or why they are nowhere.
    pub reason: String,
}

/// Everything that became of one object of the source: a commons, a spoke, a root.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct LedgerUnit {
    /// What the source calls it.
    pub source: String,
    /// What it is in the fleet.
    pub object: String,
    /// The rows, by file and place.
    pub rows: Vec<LedgerRow>,
    /// Secrets that it needs before it starts: name, what it holds, who fills it.
    pub secrets: Vec<NeededSecret>,
    /// What a person does to finish, in order.
    pub steps: Vec<String>,
    /// Every leaf by itself; the report lists them with those of all other objects.
    #[serde(skip)]
    pub(super) every: Vec<ImportedLeaf>,
}

/// A secret that must be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[non_exhaustive]
pub struct NeededSecret {
    /// Its name in the secret manager.
    pub name: String,
    /// What it holds.
    pub shape: String,
    /// Who fills it.
    pub seeder: String,
}

impl LedgerUnit {
    /// A unit of which nothing is known yet.
    pub(super) fn new(source: impl Into<String>, object: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            object: object.into(),
            rows: Vec::new(),
            secrets: Vec::new(),
            steps: Vec::new(),
            every: Vec::new(),
        }
    }

    /// How many leaves have each outcome.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            let count: &mut usize = counts.entry(row.outcome).or_default();
            *count = count.saturating_add(row.leaves);
        }
        counts
    }

    /// What became of a whole file.
    pub(super) fn file(
        &mut self,
        file: &Utf8Path,
        outcome: Outcome,
        target: impl Into<String>,
        reason: impl Into<String>,
    ) {
        let (target, reason) = (target.into(), reason.into());
        self.leaf(file, None, String::new(), (outcome, &target, &reason));
        self.rows.push(LedgerRow {
            file: file.to_owned(),
            line: 0,
            path: String::new(),
            leaves: 1,
            outcome,
            target,
            reason,
        });
    }

    fn leaf(
        &mut self,
        file: &Utf8Path,
        at: Option<Position>,
        path: String,
        (outcome, target, reason): (Outcome, &str, &str),
    ) {
        let by: Vec<&str> = [target, reason]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        self.every.push(ImportedLeaf {
            object: self.object.clone(),
            file: file.to_owned(),
            line: at.map_or(0, |at| at.line),
            column: at.map_or(0, |at| at.column),
            path,
            fate: outcome.fate(),
            by: by.join(": "),
            dead: None,
        });
    }
}

struct Claim {
    at: Vec<String>,
    outcome: Outcome,
    target: String,
    reason: String,
}

/// The claims on one file, until all its leaves are accounted for.
pub(super) struct Claims {
    file: Utf8PathBuf,
    claims: Vec<Claim>,
}

impl Claims {
    pub(super) fn new(file: &Utf8Path) -> Self {
        Self {
            file: file.to_owned(),
            claims: Vec::new(),
        }
    }

    /// Says what became of everything below a place; of two claims the deeper one holds.
    pub(super) fn claim(
        &mut self,
        at: &[&str],
        outcome: Outcome,
        target: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.claims.push(Claim {
            at: at.iter().map(|&step| step.to_owned()).collect(),
            outcome,
            target: target.into(),
            reason: reason.into(),
        });
    }

    /// Gives every leaf of the file to the deepest claim on it; the rest is unmapped, leaf by leaf.
    pub(super) fn settle(self, root: &Node, sources: &Sources, rest: &str, unit: &mut LedgerUnit) {
        let mut counts: BTreeMap<usize, (usize, Option<Span>)> = BTreeMap::new();
        let mut unclaimed: Vec<(Vec<String>, Option<Span>)> = Vec::new();
        // Of two claims on one place the later one holds.
        let by_place: HashMap<&[String], usize> = self
            .claims
            .iter()
            .enumerate()
            .map(|(number, claim)| (claim.at.as_slice(), number))
            .collect();
        let position =
            |span: Option<Span>| span.map(|span| sources.file(span.file).position(span.start));
        each_leaf(root, &mut Vec::new(), &mut |path, span| {
            let deepest = (0..=path.len()).rev().find_map(|length| {
                let number = *by_place.get(path.get(..length)?)?;
                Some((number, self.claims.get(number)?))
            });
            let said = if let Some((number, claim)) = deepest {
                let (count, first) = counts.entry(number).or_insert((0, span));
                *count = count.saturating_add(1);
                *first = first.or(span);
                (claim.outcome, claim.target.as_str(), claim.reason.as_str())
            } else {
                unclaimed.push((path.to_vec(), span));
                (Outcome::Unmapped, "", rest)
            };
            unit.leaf(&self.file, position(span), display(path), said);
        });
        let line = |span: Option<Span>| position(span).map_or(0, |at| at.line);
        for (number, (leaves, span)) in counts {
            if let Some(claim) = self.claims.get(number) {
                unit.rows.push(LedgerRow {
                    file: self.file.clone(),
                    line: line(span),
                    path: display(&claim.at),
                    leaves,
                    outcome: claim.outcome,
                    target: claim.target.clone(),
                    reason: claim.reason.clone(),
                });
            }
        }
        for (path, span) in unclaimed {
            unit.rows.push(LedgerRow {
                file: self.file.clone(),
                line: line(span),
                path: display(&path),
                leaves: 1,
                outcome: Outcome::Unmapped,
                target: String::new(),
                reason: rest.to_owned(),
            });
        }
    }
}

/// Calls back for every scalar, empty map and empty list, with the steps to it.
pub(super) fn each_leaf(
    node: &Node,
    path: &mut Vec<String>,
    visit: &mut impl FnMut(&[String], Option<Span>),
) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                path.push(entry.key.to_string());
                each_leaf(&entry.node, path, visit);
                path.pop();
            }
        }
        Kind::List(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                path.push(format!("[{number}]"));
                each_leaf(item, path, visit);
                path.pop();
            }
        }
        _ => visit(path, node.span()),
    }
}

/// Steps as a person writes them: `sower[0].container.image`.
fn display(steps: &[String]) -> String {
    let mut text = String::new();
    for step in steps {
        if !text.is_empty() && !step.starts_with('[') {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceFile;
    use crate::value::yaml_read;

    #[test]
    fn every_leaf_has_one_fate_and_the_deepest_claim_holds() {
        let text = "a: {b: 1, c: [2, 3], d: {}}\ne: 5\n";
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("f.yaml", text));
        let (node, _) = yaml_read::read(text, file, &yaml_read::Limits::default());
        let node = node.unwrap();
        let mut claims = Claims::new("f.yaml".into());
        claims.claim(&["a"], Outcome::Mapped, "x", "");
        claims.claim(&["a", "c", "[1]"], Outcome::Dropped, "", "gone");
        let mut unit = LedgerUnit::new("f", "g");
        claims.settle(&node, &sources, "nobody reads it", &mut unit);
        let seen: Vec<(&str, usize, Outcome)> = unit
            .rows
            .iter()
            .map(|row| (row.path.as_str(), row.leaves, row.outcome))
            .collect();
        assert_eq!(
            seen,
            [
                ("a", 3, Outcome::Mapped),
                ("a.c[1]", 1, Outcome::Dropped),
                ("e", 1, Outcome::Unmapped),
            ]
        );
        assert_eq!(unit.rows[2].line, 2);
    }
}
