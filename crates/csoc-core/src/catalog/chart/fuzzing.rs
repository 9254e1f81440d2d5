//! What must hold of any chart: it keeps to its limits and its place, and its facts fit into a catalog.

use std::io::Write as _;

use camino::{Utf8Component, Utf8Path};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use super::archive::unpack;
use super::files::{ChartFiles, ChartLimits};
use super::make::{ReadChart, facts};
use super::view::{ChartCatalog, ChartKey};
use super::{reader, template};
use crate::catalog::flat::{Catalog, CatalogKind, Header as CatalogHeader, encode};
use crate::diagnostic::Diagnostics;
use crate::span::Sources;

/// Bytes of a block of a tar.
const BLOCK: usize = 512;
/// The limits that archives are held to here, so that small ones reach them.
const LIMITS: ChartLimits = ChartLimits {
    archive_bytes: 64 << 10,
    total_bytes: 16 << 10,
    file_bytes: 4 << 10,
    entries: 20,
    depth: 3,
};

/// Checks a text as the one template of a chart of those values; gives back what is found.
pub(crate) fn template(text: &str, values: &str) -> (Diagnostics, Sources) {
    let lines = text.matches('\n').count().saturating_add(1);
    for fault in template::parse(text).faults {
        let line = fault.line as usize;
        assert!(
            (1..=lines).contains(&line),
            "line {line} of {lines}: {text:?}"
        );
    }
    let mut files = ChartFiles::new("demo");
    for (path, text) in [
        ("demo/Chart.yaml", "name: demo\nversion: 1.0.0\n"),
        ("demo/values.yaml", values),
        ("demo/templates/one.yaml", text),
    ] {
        files.files.insert(path.into(), text.as_bytes().into());
    }
    let (_, found, sources) = reader::read(&files);
    catalog(facts(&files, String::new(), Diagnostics::default()));
    (found, sources)
}

/// Checks an input of the target `archive`, which says how it is made; gives back what is found.
pub(crate) fn archive(input: &[u8]) -> (Diagnostics, Sources) {
    let (kind, input) = input.split_first().unwrap_or((&b'r', &[]));
    let bytes = match kind {
        b't' => gzip(&mended(input)),
        b'e' => packed(input),
        b'd' => damaged(input),
        _ => input.to_vec(),
    };
    let mut sink = Diagnostics::default();
    let files = unpack(&bytes, LIMITS, &mut sink);
    assert!(files.files.len() <= LIMITS.entries);
    let mut total = 0_u64;
    for (path, bytes) in &files.files {
        stays(path);
        assert!(bytes.len() as u64 <= LIMITS.file_bytes, "{path}");
        total = total.saturating_add(bytes.len() as u64);
    }
    assert!(total <= LIMITS.total_bytes, "{total}");
    if is_entries(*kind, input) && holds_link(input) {
        assert!(sink.has_errors(), "a link was taken in");
    }
    let is_refused = sink.has_errors();
    let chart = facts(&files, String::new(), sink);
    assert!(!(is_refused && chart.facts.is_some()));
    let sources = if is_refused {
        Sources::default()
    } else {
        reader::read(&files).2
    };
    (catalog(chart), sources)
}

/// A path of an archive leads to a file below where it is unpacked.
fn stays(path: &Utf8Path) {
    let is_plain = |part| matches!(part, Utf8Component::Normal(_));
    assert!(
        !path.as_str().is_empty() && path.components().all(is_plain),
        "{path:?}"
    );
    assert!(!path.as_str().contains(['\\', ':', '\0']), "{path:?}");
}

/// What a chart says fits into a catalog that opens; nothing is said of one with errors.
fn catalog(chart: ReadChart) -> Diagnostics {
    let ReadChart { facts, found } = chart;
    assert!(!(found.has_errors() && facts.is_some()));
    let Some(facts) = facts else {
        assert!(found.has_errors(), "neither a chart nor a reason");
        return found;
    };
    let header = CatalogHeader {
        kind: CatalogKind::Chart,
        name: facts.name,
        version: facts.version.unwrap_or_default(),
        source: String::new(),
        digest: facts.digest,
        reader: super::READER,
    };
    // Values that nest too deep are refused here.
    if let Ok(bytes) = encode(&header, &facts.tree) {
        let catalog = Catalog::open(&bytes).expect("what was encoded opens");
        let chart = ChartCatalog::new(&catalog).expect("it is of a chart");
        assert_eq!(chart.name(), header.name);
        walk(chart, chart.values());
    }
    found
}

/// Asks a chart everything that is asked of one.
fn walk(chart: ChartCatalog<'_>, key: ChartKey<'_>) {
    let _ = (key.types(), key.default(), key.default_count());
    for place in [chart.declared_at(key), chart.read_at(key)] {
        assert!(place.is_none_or(|place| place.contains(':')));
    }
    for flag in key.gates().flatten() {
        assert!(!flag.keys.is_empty());
    }
    for (_, child) in key.children() {
        walk(chart, child);
    }
    if let Some(element) = key.element() {
        walk(chart, element);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    let written = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

/// A tar whose headers have the checksums that belong to them.
fn mended(tar: &[u8]) -> Vec<u8> {
    let mut tar = tar.to_vec();
    let mut at = 0_usize;
    while let Some(block) = tar.get_mut(at..at.saturating_add(BLOCK)) {
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        at = at.saturating_add(BLOCK);
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            continue;
        }
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = usize::try_from(header.entry_size().unwrap_or(0)).unwrap_or(usize::MAX);
        let blocks = size.div_ceil(BLOCK);
        at = at.saturating_add(blocks.saturating_mul(BLOCK));
    }
    tar
}

fn is_entries(kind: u8, input: &[u8]) -> bool {
    kind == b'e' && std::str::from_utf8(input).is_ok()
}

/// Whether a link is among entries that say nothing of each other.
fn holds_link(input: &[u8]) -> bool {
    let kinds: Vec<u8> = entries(input)
        .iter()
        .filter_map(|entry| entry.first().copied())
        .collect();
    kinds.iter().all(|kind| b"0125".contains(kind))
        && kinds.iter().any(|kind| matches!(kind, b'1' | b'2'))
}

/// The entries of an input.
fn entries(input: &[u8]) -> Vec<&[u8]> {
    const SEPARATOR: &[u8] = b"\n%%% ";
    let mut entries = Vec::new();
    let mut rest = input;
    let next = |rest: &[u8]| {
        let mut windows = rest.windows(SEPARATOR.len());
        windows.position(|bytes| bytes == SEPARATOR)
    };
    while let Some((entry, behind)) = next(rest).and_then(|at| rest.split_at_checked(at)) {
        entries.push(entry);
        rest = behind.strip_prefix(SEPARATOR).unwrap_or_default();
    }
    entries.push(rest);
    entries
}

/// An archive of entries.
fn packed(input: &[u8]) -> Vec<u8> {
    pack(&entries(input))
}

fn pack(entries: &[&[u8]]) -> Vec<u8> {
    let mut tar = Vec::new();
    let mut left = entries;
    while let Some((entry, behind)) = left.split_first() {
        left = behind;
        let (kind, rest) = entry.split_first().unwrap_or((&b'0', &[]));
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (name, bytes) = rest.split_at(end.unwrap_or(rest.len()));
        let bytes = bytes.get(1..).unwrap_or_default();
        if *kind == b't' {
            append(&mut tar, b'0', name, &pack(left));
            break;
        }
        append(&mut tar, *kind, name, bytes);
    }
    tar.resize(tar.len().saturating_add(2 * BLOCK), 0);
    gzip(&tar)
}

fn append(tar: &mut Vec<u8>, kind: u8, name: &[u8], bytes: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::new(kind));
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    // Around the builder, which refuses what must be refused.
    let field = &mut header.as_old_mut().name;
    for (byte, char) in field.iter_mut().zip(name) {
        *byte = *char;
    }
    header.set_cksum();
    tar.extend(header.as_bytes());
    tar.extend(bytes);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}

/// The archive of entries behind two bytes, cut or changed where these say.
fn damaged(input: &[u8]) -> Vec<u8> {
    let Some(([high, low], input)) = input.split_first_chunk() else {
        return Vec::new();
    };
    let mut bytes = packed(input);
    let at = usize::from(u16::from_be_bytes([*high, *low]) >> 1);
    if low & 1 == 0 {
        bytes.truncate(at);
    } else if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 0x55;
    }
    bytes
}
