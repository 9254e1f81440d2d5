//! Findings as workflow commands: GitHub shows them beside the lines of a pull request.

use std::fmt::Write;

use super::{Diagnostic, Report, Severity, Status};

impl Report {
    /// One workflow command a line for every finding that neither baseline nor waiver covers.
    ///
    /// Files are relative to the checked root; run the step there, or prefix them.
    pub fn to_github(&self) -> String {
        let mut text = String::new();
        for diagnostic in self.diagnostics() {
            if diagnostic.status == Status::New {
                command(diagnostic, &mut text);
            }
        }
        text
    }
}

fn command(diagnostic: &Diagnostic, text: &mut String) {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        properties.push(format!("file={}", property(&label.file)));
        properties.push(format!("line={}", label.line));
        properties.push(format!("endLine={}", label.end_line));
        // GitHub takes columns only within one line, the last one included.
        if label.line == label.end_line {
            let last = label.end_column.saturating_sub(1).max(label.column);
            properties.push(format!("col={},endColumn={last}", label.column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.code.as_str())));
    let help = diagnostic
        .help
        .as_ref()
        .map(|help| format!("\nhelp: {help}"))
        .unwrap_or_default();
    let message = escape(&format!("{}{help}", diagnostic.message));
    // Writing to a text cannot fail.
    let _ = writeln!(text, "::{level} {}::{message}", properties.join(","));
}

fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
