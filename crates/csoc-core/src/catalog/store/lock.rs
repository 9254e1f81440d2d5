//! `csoc.lock`: which catalogs a fleet uses, so that new facts reach it only when somebody says so.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::CatalogError;
use crate::catalog::flat::{CatalogKind, Header};
use crate::diagnostic::Finding;
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::value::{Node, decode, json_read};

/// The name of the file in a fleet directory.
pub(crate) const NAME: &str = "csoc.lock";
/// The format that this version writes and reads.
pub(crate) const FORMAT: u64 = 1;

/// The content of the file. Fields that it does not know are left out when it is written again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lock {
    /// The edition of the fleet when the lock was written.
    pub(crate) edition: Option<String>,
    /// The catalogs, by kind, name and version.
    pub(crate) pins: Vec<Pin>,
}

/// A catalog that the fleet uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// Who it is.
    pub(crate) header: Header,
    /// The version of csoc that carried it; nothing where somebody added it.
    pub(crate) carried: Option<String>,
    /// Where it stands in the lock that was read.
    pub(crate) place: Option<Span>,
}

/// A pin as it is written: all the header's fields, in its order.
#[derive(Serialize, Deserialize)]
struct Line {
    kind: String,
    name: String,
    version: String,
    source: String,
    digest: String,
    reader: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    csoc: Option<String>,
}

/// What is wrong with a lock or with what it pins, and where the lock says it.
#[derive(Debug)]
pub(crate) struct Problem {
    /// What it is.
    pub(crate) error: CatalogError,
    /// The place in `csoc.lock`.
    pub(crate) place: Option<Span>,
}

impl Problem {
    /// The finding that says it about a fleet.
    pub(crate) fn finding(&self) -> Finding {
        let mut message = self.error.to_string();
        if let CatalogError::Read { source, .. } = &self.error {
            message = match source.kind() {
                std::io::ErrorKind::NotFound => format!("{message}: it is not there"),
                _ => format!("{message}: {source}"),
            };
        }
        let finding = Finding::error(self.error.code(), message)
            .label(self.place, "pinned here")
            .object("fleet")
            .path(NAME);
        match self.error.help() {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}

/// A lock that was read, with what could not be.
#[derive(Debug, Default)]
pub(crate) struct ReadLock {
    /// What could be read of it.
    pub(crate) lock: Lock,
    /// What could not.
    pub(crate) problems: Vec<Problem>,
}

impl Lock {
    /// The lock of a fleet directory, whole; nothing where there is none.
    pub(super) fn read(fleet: &Utf8Path) -> Result<Option<Self>, CatalogError> {
        let Some(text) = text(fleet)? else {
            return Ok(None);
        };
        let path = fleet.join(NAME);
        let id = Sources::default().add(SourceFile::new(&path, ""));
        let ReadLock { lock, problems } = Self::parse(&text, id, &path)?;
        match problems.into_iter().next() {
            Some(problem) => Err(problem.error),
            None => Ok(Some(lock)),
        }
    }

    /// The lock of that text. What is wrong with a part of it leaves the rest; a newer format leaves nothing.
    pub(crate) fn parse(text: &str, id: FileId, path: &Utf8Path) -> Result<ReadLock, CatalogError> {
        #[derive(Deserialize)]
        struct Format {
            format: u64,
            csoc: Option<String>,
        }
        let wrong = |reason: String| CatalogError::Lock {
            path: path.to_owned(),
            reason,
        };
        let mut read = ReadLock::default();
        let (node, found) = json_read::read_json(text, id);
        if let Some(finding) = found.iter().next() {
            let place = finding.labels.first().map(|(span, _)| *span);
            read.problems.push(Problem {
                error: wrong(finding.message.clone()),
                place: place.or(Some(Span::file_start(id))),
            });
            return Ok(read);
        }
        let node = node.unwrap_or_else(Node::map);
        // The format alone first: what else a newer one says need not read.
        match decode::decode::<Format>(&node) {
            Ok(Format { format, csoc }) if format > FORMAT => {
                return Err(CatalogError::LockNewer {
                    path: path.to_owned(),
                    found: format,
                    version: csoc.unwrap_or_else(|| "of a later version".to_owned()),
                });
            }
            Ok(Format { format: 1.., .. }) => {}
            Ok(_) | Err(_) => {
                read.problems.push(Problem {
                    error: wrong("it has no `format`".to_owned()),
                    place: Some(Span::file_start(id)),
                });
                return Ok(read);
            }
        }
        let edition = node.get("edition").and_then(Node::text);
        read.lock.edition = edition.map(str::to_owned);
        for item in node.get("catalogs").map_or(&[][..], Node::items) {
            match Pin::of(item, path) {
                Ok(pin) => read.lock.pins.push(pin),
                Err(error) => read.problems.push(Problem {
                    error,
                    place: place_in(item, "kind"),
                }),
            }
        }
        Ok(read)
    }

    /// Pins a catalog, in place of the one of the same kind, name and version.
    pub(super) fn pin(&mut self, header: Header, carried: Option<String>) {
        self.pins.retain(|pin| {
            (pin.header.kind, &pin.header.name, &pin.header.version)
                != (header.kind, &header.name, &header.version)
        });
        self.pins.push(Pin {
            header,
            carried,
            place: None,
        });
        self.pins.sort_by(|one, two| one.header.cmp(&two.header));
    }

    /// The text of the file: one catalog a line, so that changes of separate catalogs merge.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let lines: Result<Vec<String>, _> = self
            .pins
            .iter()
            .map(|pin| Ok(format!("    {}", serde_json::to_string(&Line::of(pin))?)))
            .collect();
        let lines = lines?.join(",\n");
        let (open, close) = if lines.is_empty() {
            ("", "")
        } else {
            ("\n", "\n  ")
        };
        let edition = match &self.edition {
            Some(edition) => format!("  \"edition\": {},\n", serde_json::to_string(edition)?),
            None => String::new(),
        };
        Ok(format!(
            "{{\n  \"format\": {FORMAT},\n  \"csoc\": \"{}\",\n{edition}  \"catalogs\": [{open}{lines}{close}]\n}}\n",
            env!("CARGO_PKG_VERSION")
        ))
    }
}

impl Pin {
    fn of(node: &Node, path: &Utf8Path) -> Result<Self, CatalogError> {
        let line: Line = decode::decode(node).map_err(|error| CatalogError::Lock {
            path: path.to_owned(),
            reason: format!("an entry of `catalogs` is none: {error}"),
        })?;
        let kind: CatalogKind = line.kind.parse().map_err(|()| CatalogError::PinKind {
            kind: line.kind.clone(),
            name: line.name.clone(),
        })?;
        let header = Header {
            kind,
            name: line.name,
            version: line.version,
            source: line.source,
            digest: line.digest,
            reader: line.reader,
        };
        place(&header)?;
        Ok(Self {
            header,
            carried: line.csoc,
            place: place_in(node, "name"),
        })
    }
}

/// Where a field of an entry stands, or the entry.
fn place_in(node: &Node, key: &str) -> Option<Span> {
    let field = node.get(key).and_then(Node::span);
    field.or_else(|| node.span())
}

impl Line {
    fn of(pin: &Pin) -> Self {
        let header = pin.header.clone();
        Self {
            kind: header.kind.to_string(),
            name: header.name,
            version: header.version,
            source: header.source,
            digest: header.digest,
            reader: header.reader,
            csoc: pin.carried.clone(),
        }
    }
}

/// The text of the lock in a fleet directory; nothing where there is none.
pub(super) fn text(fleet: &Utf8Path) -> Result<Option<String>, CatalogError> {
    let path = fleet.join(NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CatalogError::Read { path, source }),
    };
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| CatalogError::Lock {
            path,
            reason: "it is not UTF-8".to_owned(),
        })
}

/// The path of a catalog below the fleet directory.
pub(super) fn place(header: &Header) -> Result<Utf8PathBuf, CatalogError> {
    let is_part = |part: &str| {
        let known = |char: char| char.is_ascii_alphanumeric() || "-_.+".contains(char);
        !part.is_empty() && !part.starts_with('.') && part.len() <= 128 && part.chars().all(known)
    };
    let refuse = |text: &str| CatalogError::Name {
        text: text.to_owned(),
    };
    if !header.name.split('/').all(is_part) {
        return Err(refuse(&header.name));
    }
    if !is_part(&header.version) {
        return Err(refuse(&header.version));
    }
    Ok(Utf8PathBuf::from(format!(
        "catalogs/{}/{}/{}.catalog",
        header.kind, header.name, header.version
    )))
}
