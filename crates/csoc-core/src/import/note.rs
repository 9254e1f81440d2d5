//! What an importer has to say beside what it imports: each with its place.

use camino::{Utf8Path, Utf8PathBuf};

use crate::span::{Sources, Span};

/// Something that a person should know of an import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[non_exhaustive]
pub struct ImportNote {
    /// How much it matters.
    pub kind: NoteKind,
    /// The file in the source.
    pub file: Utf8PathBuf,
    /// The line; 0 where the whole file is meant.
    pub line: u32,
    /// The column; 0 where the whole file is meant.
    pub column: u32,
    /// What there is to know.
    pub message: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Something that could not be read; what it belongs to is not in the fleet.
    Unreadable,
    /// Something that has no place in the model and is not in the fleet.
    LeftOut,
    /// Something that the importer had to guess.
    Guessed,
    /// Something that is odd and was kept.
    Odd,
    /// Something that is different in the running clusters.
    Live,
}

impl NoteKind {
    /// What it is called where people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "not readable",
            Self::LeftOut => "left out",
            Self::Guessed => "guessed",
            Self::Odd => "kept as it is",
            Self::Live => "differs in the cluster",
        }
    }
}

/// Notes as they come.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<ImportNote>);

impl Notes {
    /// A note about a whole file.
    pub(super) fn file(
        &mut self,
        kind: NoteKind,
        file: impl AsRef<Utf8Path>,
        message: impl Into<String>,
    ) {
        self.0.push(ImportNote {
            kind,
            file: file.as_ref().to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
        });
    }

    /// A note about a place in a text.
    pub(super) fn place(
        &mut self,
        kind: NoteKind,
        span: Option<Span>,
        sources: &Sources,
        message: impl Into<String>,
    ) {
        let Some(span) = span else {
            return self.file(kind, "", message);
        };
        let file = sources.file(span.file);
        let position = file.position(span.start);
        self.0.push(ImportNote {
            kind,
            file: file.path().to_owned(),
            line: position.line,
            column: position.column,
            message: message.into(),
        });
    }

    /// All notes, sorted, each once.
    pub(super) fn finish(mut self) -> Vec<ImportNote> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
