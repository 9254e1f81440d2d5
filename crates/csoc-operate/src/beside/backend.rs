//! Where the state of a root is, as Terraform noted it when it initialised the root.
//!
//! What stands in the root may be completed by options of `init`; what Terraform will use is what it noted.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::LedgerError;

/// What Terraform notes in its directory within a root.
const NOTED: &str = ".terraform/terraform.tfstate";

/// Where the state of a root is.
pub(crate) enum Backend {
    /// In a file.
    File(PathBuf),
    /// In a bucket.
    #[cfg(feature = "aws")]
    S3(Settings),
    /// In what keeps no marks of ours: `gcs`, `azurerm`, `http`.
    Other(Box<str>),
}

/// What a backend is told. Keys may be among it: it is never shown.
pub(crate) struct Settings(Map<String, Value>);

impl Backend {
    /// What was noted in a root that is initialised.
    pub(crate) fn read(root: &Path) -> Result<Self, LedgerError> {
        #[derive(Deserialize)]
        struct Noted {
            backend: Option<Named>,
        }
        #[derive(Deserialize)]
        struct Named {
            #[serde(rename = "type")]
            of: Box<str>,
            #[serde(default)]
            config: Map<String, Value>,
        }
        let path = root.join(NOTED);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(LedgerError::Nowhere);
            }
            Err(source) => return Err(LedgerError::Io { path, source }),
        };
        let noted: Noted = serde_json::from_slice(&bytes).map_err(|_| LedgerError::Unreadable {
            place: path.display().to_string(),
        })?;
        let Some(Named { of, config }) = noted.backend else {
            return Err(LedgerError::Nowhere);
        };
        let settings = Settings(config);
        match &*of {
            "local" => {
                let state = root.join(settings.text("path").unwrap_or("terraform.tfstate"));
                // What is in the working copy is taken out of it with the next one.
                if state.starts_with(root) {
                    return Err(LedgerError::Nowhere);
                }
                Ok(Self::File(state))
            }
            #[cfg(feature = "aws")]
            "s3" => Ok(Self::S3(settings)),
            _ => Ok(Self::Other(of)),
        }
    }
}

impl Settings {
    /// A text that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    #[cfg(feature = "aws")]
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// Settings within a setting, of which Terraform may note a list with one of them.
    #[cfg(feature = "aws")]
    pub(super) fn within(&self, name: &str) -> Option<Self> {
        let found = match self.0.get(name)? {
            Value::Array(list) => list.first()?,
            found => found,
        };
        Some(Self(found.as_object()?.clone()))
    }

    /// The first of these names that says anything.
    #[cfg(feature = "aws")]
    pub(super) fn any<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let says = |name: &&&str| match self.0.get(**name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::Object(map)) => map.values().any(|value| !value.is_null()),
            Some(Value::String(text)) => !text.is_empty(),
            Some(_) => true,
        };
        names.iter().find(says).copied()
    }

    #[cfg(all(test, feature = "aws"))]
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            _ => Self(Map::new()),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Backend, LedgerError, NOTED};

    fn read(text: &str) -> Result<String, LedgerError> {
        let root = tempfile::tempdir().expect("there is room");
        fs_err::create_dir(root.path().join(".terraform")).expect("it is made");
        fs_err::write(root.path().join(NOTED), text).expect("it is written");
        Backend::read(root.path()).map(|backend| match backend {
            Backend::File(path) => format!("file {}", path.display()),
            #[cfg(feature = "aws")]
            Backend::S3(settings) => format!(
                "s3 {:?} {:?} {settings:?}",
                settings.text("bucket"),
                settings.text("region")
            ),
            Backend::Other(of) => of.into(),
        })
    }

    fn noted(backend: &str) -> String {
        format!(r#"{{"version": 3, "terraform_version": "1.11.4", "backend": {backend}}}"#)
    }

    #[test]
    fn what_terraform_noted_is_where_the_state_is() {
        let said = |backend: &str| read(&noted(backend)).expect("it says where");
        assert_eq!(
            said(r#"{"type": "local", "config": {"path": "/there/x.tfstate"}, "hash": 1}"#),
            "file /there/x.tfstate"
        );
        let s3 = said(
            r#"{"type": "s3", "config": {"bucket": "b", "region": null, "secret_key": "planted"}}"#,
        );
        let expected = match cfg!(feature = "aws") {
            true => "s3 Some(\"b\") None Settings(…)",
            false => "s3",
        };
        assert_eq!(s3, expected);
        assert_eq!(said(r#"{"type": "gcs", "config": {}}"#), "gcs");
    }

    #[test]
    fn a_state_in_the_working_copy_would_be_lost() {
        for backend in [
            "null",
            r#"{"type": "local"}"#,
            r#"{"type": "local", "config": {"path": "x.tfstate"}}"#,
        ] {
            let error = read(&noted(backend)).expect_err("it would be lost");
            assert!(matches!(error, LedgerError::Nowhere), "{error:?}");
        }
        let missing = Backend::read(Path::new("/nowhere"));
        assert!(matches!(missing, Err(LedgerError::Nowhere)));
        assert!(matches!(
            read("planted, and no JSON"),
            Err(LedgerError::Unreadable { place }) if !place.contains("planted")
        ));
    }
}
