//! Files that wait for outputs: how they are said, and kept in the index.

use super::rendering::PendingFile;
use crate::diagnostic::Finding;
use crate::tree::File;
use crate::verify;

pub(super) fn pending_finding(file: &File) -> Finding {
    Finding::warning(
        verify::VALUE_PENDING,
        format!(
            "`{}` is written with markers in place of values",
            file.path()
        ),
    )
    .help(format!(
        "apply the stacks that give them and record their outputs: {}",
        file.pending_outputs().join(", ")
    ))
    .object(file.object())
    .path(file.path())
}

/// Pending files as the index keeps them: a line a file, fields between tabs.
pub(super) fn encode(pending: &[PendingFile]) -> Vec<u8> {
    let lines: Vec<String> = pending
        .iter()
        .map(|file| format!("{}\t{}", file.path, file.outputs.join("\t")))
        .collect();
    lines.join("\n").into_bytes()
}

pub(super) fn decode(bytes: &[u8], object: &str) -> Vec<PendingFile> {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            PendingFile {
                path: fields.next().unwrap_or_default().into(),
                object: object.to_owned(),
                outputs: fields
                    .filter(|field| !field.is_empty())
                    .map(str::to_owned)
                    .collect(),
            }
        })
        .collect()
}
