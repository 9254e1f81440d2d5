//! Findings as scripts read them. The shape is a promise.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Code, Diagnostic, Label, Report, Severity, Status, Summary};

/// A whole report.
#[derive(Serialize)]
struct Records<'a> {
    diagnostics: Vec<Record<'a>>,
    summary: Summary,
    /// Only where there is anything: most calls ask nothing that text does not decide.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    undecided: &'a BTreeMap<Box<str>, usize>,
}

/// One finding.
#[derive(Serialize)]
struct Record<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    labels: Vec<Place<'a>>,
    object: Option<&'a str>,
    docs: String,
    status: Status,
}

/// One place.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    root: super::Root,
    message: &'a str,
}

impl<'a> From<&'a Diagnostic> for Record<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            labels: diagnostic.labels.iter().map(Place::from).collect(),
            object: diagnostic.object.as_deref(),
            docs: diagnostic.docs(),
            status: diagnostic.status,
        }
    }
}

impl<'a> From<&'a Label> for Place<'a> {
    fn from(label: &'a Label) -> Self {
        Self {
            file: &label.file,
            line: label.line,
            column: label.column,
            end_line: label.end_line,
            end_column: label.end_column,
            root: label.root,
            message: &label.message,
        }
    }
}

impl Report {
    /// The report for scripts: `{"diagnostics": […], "summary": {…}}`, with a final line break.
    ///
    /// Where something was not decided, `"undecided"` says how often, by reason.
    pub fn to_json(&self) -> String {
        let records = Records {
            diagnostics: self.diagnostics().iter().map(Record::from).collect(),
            summary: self.summary(),
            undecided: self.undecided(),
        };
        let mut text =
            serde_json::to_string_pretty(&records).expect("no map with keys other than strings");
        text.push('\n');
        text
    }
}
