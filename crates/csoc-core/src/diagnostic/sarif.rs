//! Findings as SARIF 2.1.0 (OASIS), which code-scanning services read.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{CodeFacts, Control, Diagnostic, Label, Report, Root, Severity, Status};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Message,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    since: &'a str,
    tags: &'a [Control],
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    baseline_state: &'static str,
    suppressions: Vec<Suppression>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation<'a>,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation<'a> {
    uri: String,
    uri_base_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// The report as SARIF with those codes as its rules.
pub(crate) fn sarif(report: &Report, codes: &[CodeFacts]) -> String {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results = report
        .diagnostics()
        .iter()
        .map(|diagnostic| outcome(diagnostic, codes, &mut seen))
        .collect();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "csoc",
                    version: env!("CARGO_PKG_VERSION"),
                    information_uri: HOME,
                    rules: codes.iter().map(descriptor).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    let mut text = serde_json::to_string_pretty(&log).expect("no map with keys other than strings");
    text.push('\n');
    text
}

fn descriptor(facts: &CodeFacts) -> Descriptor<'_> {
    Descriptor {
        id: facts.code.as_str(),
        short_description: Message {
            text: facts.summary.to_owned(),
        },
        help_uri: format!("{HOME}/blob/main/{}", facts.docs()),
        default_configuration: Configuration {
            level: level(facts.severity),
        },
        properties: Properties {
            since: facts.since,
            tags: facts.controls,
        },
    }
}

fn outcome<'a>(
    diagnostic: &'a Diagnostic,
    codes: &[CodeFacts],
    seen: &mut BTreeMap<String, usize>,
) -> Outcome<'a> {
    let text = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut places = diagnostic.labels.iter();
    Outcome {
        rule_id: diagnostic.code.as_str(),
        rule_index: codes.iter().position(|facts| facts.code == diagnostic.code),
        level: level(diagnostic.severity),
        message: Message { text },
        locations: places.next().map(location).into_iter().collect(),
        related_locations: places.map(location).collect(),
        partial_fingerprints: [("csoc/v1", fingerprint(diagnostic, seen))].into(),
        baseline_state: match diagnostic.status {
            Status::Baselined => "unchanged",
            Status::New | Status::Waived => "new",
        },
        suppressions: match diagnostic.status {
            Status::New => Vec::new(),
            Status::Baselined => vec![accepted("known: it is in the baseline")],
            Status::Waived => vec![accepted("a waiver of the fleet's policy covers it")],
        },
    }
}

fn accepted(justification: &'static str) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification,
    }
}

/// What a finding is known by across versions of a file: code, object and field, never a line.
fn fingerprint(diagnostic: &Diagnostic, seen: &mut BTreeMap<String, usize>) -> String {
    let key = [
        diagnostic.code.as_str(),
        diagnostic.object.as_deref().unwrap_or_default(),
        diagnostic.path.as_deref().unwrap_or_default(),
    ]
    .join("\0");
    let digest = Sha256::digest(key.as_bytes());
    let digest = digest[..16].iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let count = seen.entry(key).or_default();
    *count += 1;
    format!("{digest}:{count}")
}

fn location(label: &Label) -> Location<'_> {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: percent(&label.file),
                uri_base_id: match label.root {
                    Root::Fleet => "FLEET",
                    Root::Tree => "TREE",
                },
            },
            region: Region {
                start_line: label.line,
                start_column: label.column,
                end_line: label.end_line,
                end_column: label.end_column,
            },
        },
        message: (!label.message.is_empty()).then(|| Message {
            text: label.message.clone(),
        }),
    }
}

/// A path as a relative URI.
fn percent(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
