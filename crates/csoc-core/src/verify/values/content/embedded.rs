//! Text of a values file that is a document of its own.

use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::span::{FileId, SourceFile, Sources};
use crate::value::{Kind, Node, Reading};

/// A text that must be JSON or YAML, and is not.
const EMBEDDED_TEXT_INVALID: Code = Code::new("embedded-text-invalid");

/// The most findings that are reported of one text.
const SHOWN: usize = 10;

/// A text in a values file.
pub(super) struct Embedded<'n> {
    /// The value that holds it.
    node: &'n Node,
    /// The text.
    pub(super) text: &'n str,
    /// Its path in the file.
    path: Vec<&'n str>,
    sources: Sources,
    /// The number that places in it have.
    pub(super) file: FileId,
}

impl<'n> Embedded<'n> {
    /// The text at a path; none where there is no text, and none where Helm makes it of a template.
    pub(super) fn at(node: &'n Node, path: &[&'n str]) -> Option<Self> {
        let node = node.path(path)?;
        let Kind::Scalar(scalar) = &node.kind else {
            return None;
        };
        let Reading::Text(text) = scalar.reading() else {
            return None;
        };
        if text.trim().is_empty() || text.contains("{{") {
            return None;
        }
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("text", text));
        Some(Self {
            node,
            text,
            path: path.to_vec(),
            sources,
            file,
        })
    }

    /// Reports what reading the text found: it is not what it must be.
    pub(super) fn unreadable(&self, what: &str, found: Diagnostics, sink: &mut Diagnostics) {
        for finding in found.into_vec().into_iter().take(1) {
            let message = format!(
                "`{}` is not {what}{}: {}",
                self.path.join("."),
                self.place(&finding),
                finding.message
            );
            sink.push(
                Finding::error(EMBEDDED_TEXT_INVALID, message)
                    .help(finding.help.unwrap_or_else(|| format!("mend the {what}")))
                    .label(self.node.span(), "this text")
                    .path(self.path.join(".")),
            );
        }
    }

    /// Reports what is wrong in the document that the text is, at the place of the whole text.
    pub(super) fn report(&self, found: impl IntoIterator<Item = Finding>, sink: &mut Diagnostics) {
        for finding in found.into_iter().take(SHOWN) {
            let place = self.place(&finding);
            let message = format!("{}{place}", finding.message);
            let mut outer = Finding::new(finding.code, finding.severity, message)
                .label(self.node.span(), "in this text")
                .path(finding.path.unwrap_or_else(|| self.path.join(".")));
            outer.help = finding.help;
            sink.push(outer);
        }
    }

    /// The line of the text that a finding is at, to be said in a message.
    fn place(&self, finding: &Finding) -> String {
        finding
            .labels
            .first()
            .map_or_else(String::new, |(span, _)| {
                let line = self.sources.file(self.file).position(span.start).line;
                format!(" in line {line} of its text")
            })
    }
}
