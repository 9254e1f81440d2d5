//! `csoc.lock`: which catalogs a fleet uses, so that new facts reach it only when somebody says so.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde::{Deserialize, Serialize};

use super::CatalogError;
use crate::catalog::flat::Header;

/// The name of the file in a fleet directory.
pub(super) const NAME: &str = "csoc.lock";
/// The format that this version writes and reads.
pub(super) const FORMAT: u64 = 1;

/// The content of the file. Fields that it does not know are left out when it is written again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    format: u64,
    /// The catalogs, by kind, name and version.
    #[serde(default)]
    pub(super) catalogs: Vec<Header>,
}

impl Lock {
    /// The lock of a fleet directory; one that pins nothing where there is none.
    pub(super) fn read(fleet: &Utf8Path) -> Result<Self, CatalogError> {
        let path = fleet.join(NAME);
        match fs::read(&path) {
            Ok(bytes) => Self::parse(&bytes, &path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self {
                format: FORMAT,
                catalogs: Vec::new(),
            }),
            Err(source) => Err(CatalogError::Read { path, source }),
        }
    }

    fn parse(bytes: &[u8], path: &Utf8Path) -> Result<Self, CatalogError> {
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let wrong = |error: serde_json::Error| CatalogError::Lock {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        // The format alone first: what else a newer one says need not read.
        let Format { format } = serde_json::from_slice(bytes).map_err(wrong)?;
        if format > FORMAT {
            return Err(CatalogError::LockNewer {
                path: path.to_owned(),
                found: format,
            });
        }
        serde_json::from_slice(bytes).map_err(wrong)
    }

    /// Pins a catalog, in place of the one of the same kind, name and version.
    pub(super) fn pin(&mut self, header: Header) {
        self.catalogs.retain(|pinned| {
            (pinned.kind, &pinned.name, &pinned.version)
                != (header.kind, &header.name, &header.version)
        });
        self.catalogs.push(header);
        self.catalogs.sort();
    }

    /// The text of the file: one catalog a line, so that changes of separate catalogs merge.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let lines: Result<Vec<String>, _> = self
            .catalogs
            .iter()
            .map(|header| Ok(format!("    {}", serde_json::to_string(header)?)))
            .collect();
        let lines = lines?.join(",\n");
        let (open, close) = if lines.is_empty() {
            ("", "")
        } else {
            ("\n", "\n  ")
        };
        Ok(format!(
            "{{\n  \"format\": {FORMAT},\n  \"catalogs\": [{open}{lines}{close}]\n}}\n"
        ))
    }
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
