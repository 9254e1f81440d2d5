//! Places in text: which file, and which bytes of it.

use std::sync::{Arc, OnceLock};

use camino::Utf8Path;

/// A file of a [`Sources`] set, by its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(u32);

/// A run of bytes in one file, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    /// The file.
    pub(crate) file: FileId,
    /// Offset of the first byte.
    pub(crate) start: u32,
    /// Offset behind the last byte.
    pub(crate) end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub(crate) fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            file,
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// The start of `file`, for findings about a file as a whole.
    pub(crate) fn file_start(file: FileId) -> Self {
        Self {
            file,
            start: 0,
            end: 0,
        }
    }

    /// From the start of `self` to the end of `other`; `self` where they are in different files.
    #[must_use]
    pub(crate) fn to(self, other: Self) -> Self {
        if self.file == other.file {
            Self {
                end: self.end.max(other.end),
                ..self
            }
        } else {
            self
        }
    }
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    /// The line, from 1.
    pub(crate) line: u32,
    /// The column in characters, from 1.
    pub(crate) column: u32,
}

/// One file's text with its path relative to the root it was read from.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    path: Arc<Utf8Path>,
    text: Arc<str>,
    /// Where lines start; counted when somebody asks.
    lines: OnceLock<Arc<[u32]>>,
}

impl SourceFile {
    /// A file of that relative path and text.
    pub(crate) fn new(path: impl AsRef<Utf8Path>, text: impl Into<Arc<str>>) -> Self {
        Self {
            path: Arc::from(path.as_ref()),
            text: text.into(),
            lines: OnceLock::new(),
        }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate();
            std::iter::once(0)
                .chain(
                    breaks
                        .filter(|(_, byte)| *byte == b'\n')
                        .map(|(at, _)| at + 1),
                )
                .map(|at| u32::try_from(at).unwrap_or(u32::MAX))
                .collect()
        })
    }

    /// The path below the root.
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Where a byte offset is, as a person counts.
    pub(crate) fn position(&self, offset: u32) -> Position {
        let lines = self.lines();
        let line = lines
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let start = lines[line] as usize;
        let end = floor_char_boundary(&self.text, offset as usize);
        let column = self
            .text
            .get(start..end)
            .map_or(0, |text| text.chars().count());
        Position {
            line: count(line),
            column: count(column),
        }
    }

    /// The text of a line counted from 1, without its line break; empty past the end.
    pub(crate) fn line(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let lines = self.lines();
        let Some(start) = lines.get(index) else {
            return "";
        };
        let end = lines
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize);
        self.text
            .get(*start as usize..end)
            .unwrap_or("")
            .trim_end_matches(['\n', '\r'])
    }
}

fn count(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The files that spans point into.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives the number that spans name it by.
    pub(crate) fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        id
    }

    /// The file of that number.
    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files with their numbers, in the order they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(at, file)| (FileId(u32::try_from(at).unwrap_or(u32::MAX)), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let file = SourceFile::new("a.yaml", "é: 1\r\nb: ü\n");
        let at = |offset| {
            let at = file.position(offset);
            (at.line, at.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (1, 2));
        assert_eq!(at(7), (2, 1));
        assert_eq!(at(12), (2, 5));
        assert_eq!(at(9999), (3, 1));
        assert_eq!(file.line(1), "é: 1");
        assert_eq!(file.line(9), "");
    }
}
