//! The baseline: findings that were there when it was written, and fail no more.

use std::collections::BTreeMap;

use super::codes::{BASELINE_INVALID, BASELINE_NEWER, BASELINE_OUTDATED};
use super::policy::Extent;
use crate::diagnostic::{Diagnostic, Diagnostics, Finding, Report, Root, Severity, Status};
use crate::span::{SourceFile, Sources, Span};
use crate::value::{Kind, Node, yaml_read, yaml_write};

/// The format of `baseline.yaml` that this version reads and writes.
const FORMAT: u32 = 1;

/// What a finding is known by: code, object and field, never a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    code: String,
    object: String,
    path: String,
}

impl Known {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_string(),
            object: diagnostic.object.clone().unwrap_or_default(),
            path: diagnostic.path.clone().unwrap_or_default(),
        }
    }
}

/// Known findings with how many there were of each.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    known: BTreeMap<Known, usize>,
    place: Option<Span>,
}

impl Baseline {
    /// Reads `baseline.yaml`; none where it cannot be used, which is then reported.
    pub(crate) fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let format = node.get("format");
        match format.and_then(number) {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => {
                found.push(
                    Finding::error(
                        BASELINE_NEWER,
                        format!("the baseline has the format {newer}, and this version reads {FORMAT}"),
                    )
                    .help("check with the version of csoc that wrote it, or write it anew with `csoc check --write-baseline`")
                    .label(format.and_then(Node::span), "a newer format")
                    .object("fleet")
                    .path("baseline.format"),
                );
                return None;
            }
            _ => {
                found.push(invalid(
                    format.unwrap_or(node),
                    "the baseline has no `format`",
                ));
                return None;
            }
        }
        let mut baseline = Self {
            known: BTreeMap::new(),
            place: format.and_then(Node::span),
        };
        for item in node.get("findings").map(Node::items).unwrap_or_default() {
            let text = |key: &str| item.get(key).and_then(Node::text).map(str::to_owned);
            let Some(code) = text("code") else {
                found.push(invalid(item, "a finding of the baseline has no `code`"));
                continue;
            };
            let known = Known {
                code,
                object: text("object").unwrap_or_default(),
                path: text("path").unwrap_or_default(),
            };
            let count = item.get("count").and_then(number).unwrap_or(1);
            *baseline.known.entry(known).or_default() += count as usize;
        }
        Some(baseline)
    }

    /// Marks what it knows, up to its count of each, and says how much of it is gone where that can be told.
    pub(crate) fn apply(
        mut self,
        extent: Extent,
        diagnostics: &mut [Diagnostic],
        found: &mut Diagnostics,
    ) {
        for diagnostic in diagnostics
            .iter_mut()
            .filter(|diagnostic| diagnostic.status == Status::New)
        {
            if let Some(left) = self.known.get_mut(&Known::of(diagnostic))
                && *left > 0
            {
                *left -= 1;
                diagnostic.status = Status::Baselined;
            }
        }
        let gone: usize = self.known.values().sum();
        if gone > 0 && extent == Extent::Whole {
            let (what, verb) = if gone == 1 {
                ("finding", "is")
            } else {
                ("findings", "are")
            };
            found.push(
                Finding::new(
                    BASELINE_OUTDATED,
                    Severity::Info,
                    format!("{gone} {what} of the baseline {verb} gone"),
                )
                .help("run `csoc check --write-baseline`, so that they cannot come back unseen")
                .label(self.place, "the baseline")
                .object("fleet")
                .path("baseline.findings"),
            );
        }
    }
}

impl Report {
    /// The report with what a baseline knows: counted, and failing no more.
    ///
    /// `path` is what findings about the baseline itself name it by.
    #[must_use]
    pub fn with_baseline(self, path: &str, text: &str) -> Self {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new(path, text));
        let (node, mut found) = yaml_read::read(text, file, &yaml_read::Limits::default());
        let baseline = node.and_then(|node| Baseline::read(&node, &mut found));
        let undecided = self.undecided().clone();
        let mut diagnostics: Vec<Diagnostic> = self.into_iter().collect();
        if let Some(baseline) = baseline {
            baseline.apply(Extent::Whole, &mut diagnostics, &mut found);
        }
        diagnostics.extend(
            found
                .into_vec()
                .into_iter()
                .map(|finding| finding.resolve(&sources, Root::Tree)),
        );
        Self::new(diagnostics).with_undecided(undecided)
    }

    /// The text of `baseline.yaml` that makes every error and warning of this report a known one.
    ///
    /// Waived findings are not in it, nor are those of an older baseline that
    /// are gone, nor remarks, which never fail.
    pub fn baseline(&self) -> String {
        let mut known: BTreeMap<Known, usize> = BTreeMap::new();
        for diagnostic in self.diagnostics() {
            if diagnostic.status != Status::Waived && diagnostic.severity != Severity::Info {
                *known.entry(Known::of(diagnostic)).or_default() += 1;
            }
        }
        let findings = known.into_iter().map(|(known, count)| {
            let mut item = Node::map();
            item.insert("code", known.code.into());
            for (key, text) in [("object", known.object), ("path", known.path)] {
                if !text.is_empty() {
                    item.insert(key, text.into());
                }
            }
            item.insert(
                "count",
                Node::integer(i128::try_from(count).unwrap_or(i128::MAX)),
            );
            item
        });
        let mut node = Node::map();
        node.insert("format", FORMAT.into());
        node.insert("findings", Node::list(findings));
        let mut text = "# Findings that were there when this file was written: counted, not failing. `csoc check --format json` shows them.\n# `csoc check --write-baseline` writes it; those that were mended leave it.\n".to_owned();
        yaml_write::write(&node, &mut text);
        text
    }
}

fn number(node: &Node) -> Option<u32> {
    match &node.kind {
        Kind::Scalar(scalar) => scalar.text.parse().ok(),
        _ => None,
    }
}

fn invalid(node: &Node, message: &str) -> Finding {
    Finding::error(BASELINE_INVALID, message)
        .help("write it anew with `csoc check --write-baseline`")
        .label(node.span(), "here")
        .object("fleet")
        .path("baseline")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Root};
    use crate::span::{SourceFile, Sources};
    use crate::value::yaml_read;

    fn diagnostic(path: &str, message: &str) -> Diagnostic {
        Finding::error(Code::new("cidr-overlap"), message)
            .object("clusters.b")
            .path(path)
            .resolve(&Sources::default(), Root::Fleet)
    }

    fn read(text: &str) -> (Option<Baseline>, Diagnostics) {
        let id = Sources::default().add(SourceFile::new("baseline.yaml", text));
        let (node, _) = yaml_read::read(text, id, &yaml_read::Limits::default());
        let mut found = Diagnostics::default();
        let baseline = Baseline::read(&node.unwrap(), &mut found);
        (baseline, found)
    }

    #[test]
    fn what_is_written_covers_the_same_findings_and_no_further_one() {
        let all = || {
            vec![
                diagnostic("a", "one"),
                diagnostic("a", "two"),
                diagnostic("b", "three"),
            ]
        };
        let text = Report::new(all()).baseline();
        let (baseline, found) = read(&text);
        assert!(found.is_empty());
        let mut later = all();
        later.push(diagnostic("a", "a third of the same"));
        let mut found = Diagnostics::default();
        baseline
            .unwrap()
            .apply(Extent::Whole, &mut later, &mut found);
        let new: Vec<_> = later
            .iter()
            .filter(|one| one.status == Status::New)
            .collect();
        assert_eq!(new.len(), 1);
        assert!(found.is_empty());
    }

    #[test]
    fn what_was_not_looked_at_is_not_gone() {
        let text = Report::new(vec![diagnostic("a", "one")]).baseline();
        for (extent, said) in [(Extent::Whole, 1), (Extent::Part, 0)] {
            let mut found = Diagnostics::default();
            let (baseline, _) = read(&text);
            baseline.unwrap().apply(extent, &mut [], &mut found);
            assert_eq!(found.iter().count(), said, "{extent:?}");
        }
    }

    #[test]
    fn a_newer_format_is_refused() {
        let (baseline, found) = read("format: 2\nfindings: []\n");
        assert!(baseline.is_none());
        assert_eq!(found.iter().next().unwrap().code, BASELINE_NEWER);
    }
}
