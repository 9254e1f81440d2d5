//! Findings as the stages make them: with spans, before they leave the façade.

use super::{Code, Diagnostic, Label, Root, Severity, Status};
use crate::span::{Sources, Span};

/// A diagnostic whose places are still spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) labels: Vec<(Span, String)>,
    pub(crate) object: Option<String>,
    pub(crate) path: Option<String>,
}

impl Finding {
    /// An error of that code.
    pub(crate) fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning of that code.
    pub(crate) fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A finding of that severity.
    pub(crate) fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            help: None,
            labels: Vec::new(),
            object: None,
            path: None,
        }
    }

    /// The same, with a place. The first is the one to go to; none is added where there is no span.
    #[must_use]
    pub(crate) fn label(
        mut self,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        if let Some(span) = span.into() {
            self.labels.push((span, message.into()));
        }
        self
    }

    /// The same, with the way to mend it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, about that object.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "texts and paths alike")]
    pub(crate) fn object(mut self, object: impl ToString) -> Self {
        self.object = Some(object.to_string());
        self
    }

    /// The same, about that field.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "texts and paths alike")]
    pub(crate) fn path(mut self, path: impl ToString) -> Self {
        self.path = Some(path.to_string());
        self
    }

    /// The diagnostic that may leave: spans become lines and columns, excerpts are copied.
    pub(crate) fn resolve(self, sources: &Sources, root: Root) -> Diagnostic {
        let labels = self
            .labels
            .into_iter()
            .map(|(span, message)| {
                let file = sources.file(span.file);
                let start = file.position(span.start);
                let end = file.position(span.end.max(span.start));
                Label {
                    file: file.path().to_string(),
                    line: start.line,
                    column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                    root,
                    message,
                    excerpt: file.line(start.line).to_owned(),
                }
            })
            .collect();
        Diagnostic {
            code: self.code,
            severity: self.severity,
            message: self.message,
            help: self.help,
            labels,
            object: self.object,
            path: self.path,
            status: Status::New,
        }
    }
}

/// A growing list of findings.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    findings: Vec<Finding>,
}

impl Diagnostics {
    /// Adds one.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds all of another list.
    pub(crate) fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether any is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    /// The findings.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.findings.iter()
    }

    /// The findings, owned.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.findings
    }
}

impl Extend<Finding> for Diagnostics {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.findings.extend(findings);
    }
}
