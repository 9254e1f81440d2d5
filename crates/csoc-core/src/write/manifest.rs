//! The manifest: which files of an output root are ours, and what we wrote into them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::digest::Digest;
use super::error::WriteError;
use super::path::FilePath;

/// The format that is written, and the newest that is read.
const FORMAT: u64 = 1;

/// Whether a file is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Nothing is missing.
    Ready,
    /// It waits for an output of some stack: marked as such in its text, or withheld.
    Pending,
}

/// What the manifest says of one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Entry {
    /// The content that we wrote.
    #[serde(rename = "sha256")]
    pub(crate) digest: Digest,
    /// The object that it comes from, as a model path.
    #[serde(deserialize_with = "shared")]
    pub(crate) object: Arc<str>,
    /// The backend that rendered it.
    pub(crate) backend: Cow<'static, str>,
    /// Whether it is complete.
    pub(crate) state: State,
}

/// The files of one output root that are ours, with the versions that made them.
///
/// As text it has one version and one file a line, sorted, so that pull
/// requests about different environments merge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Version by name: `csoc` and each catalog.
    pub(crate) versions: BTreeMap<String, String>,
    /// Entry by path.
    pub(crate) files: BTreeMap<FilePath, Entry>,
}

/// A manifest on its way into place, with what is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The manifest as it will be.
    pub(crate) manifest: Manifest,
    /// The files that will be removed.
    pub(crate) removals: Vec<FilePath>,
}

/// The text of format 1. Unknown fields are ignored.
#[derive(Deserialize)]
struct Text {
    format: u64,
    #[serde(default)]
    versions: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "members")]
    files: BTreeMap<FilePath, Entry>,
    #[serde(default)]
    removals: Vec<FilePath>,
}

/// What every format has, so that a newer one can say who reads it.
#[derive(Deserialize)]
struct Header {
    format: u64,
    #[serde(default)]
    versions: BTreeMap<String, serde_json::Value>,
}

impl Manifest {
    /// The manifest of that text; `path` is for messages.
    pub(crate) fn parse(text: &[u8], path: &Utf8Path) -> Result<Self, WriteError> {
        Ok(Pending::parse(text, path)?.manifest)
    }

    /// The text.
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let mut printer = Printer::new(self.files.len());
        printer.manifest(self);
        printer.finish()
    }

    /// The entry of that file, if it is ours.
    pub(crate) fn entry(&self, path: &FilePath) -> Option<&Entry> {
        self.files.get(path)
    }
}

impl Pending {
    /// The record of that text; `path` is for messages.
    ///
    /// The text may come from anyone who can open a pull request, so a path that
    /// leads out of the root is an error like any other.
    pub(crate) fn parse(text: &[u8], path: &Utf8Path) -> Result<Self, WriteError> {
        let source = match serde_json::from_slice::<Text>(text) {
            Ok(Text {
                format: FORMAT,
                versions,
                files,
                removals,
            }) => {
                return Ok(Self {
                    manifest: Manifest { versions, files },
                    removals,
                });
            }
            Ok(text) => {
                serde_json::Error::custom(format_args!("format {} was never written", text.format))
            }
            Err(source) => source,
        };
        match serde_json::from_slice::<Header>(text) {
            Ok(header) if header.format > FORMAT => Err(WriteError::Format {
                path: path.to_owned(),
                found: header.format,
                known: FORMAT,
                version: header
                    .versions
                    .get("csoc")
                    .and_then(|text| text.as_str())
                    .unwrap_or("of a later version")
                    .to_owned(),
            }),
            _ => Err(WriteError::Syntax {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// The text, given that of the manifest.
    pub(crate) fn text(manifest: &[u8], removals: &[FilePath]) -> Vec<u8> {
        let mut printer = Printer(manifest.strip_suffix(END).unwrap_or(manifest).to_vec());
        printer.removals(removals);
        printer.finish()
    }
}

/// A string that entries share once they are read.
fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    Cow::<'de, str>::deserialize(deserializer).map(Arc::from)
}

/// The members of an object. They are sorted, so building the map at once is cheaper than one by one.
fn members<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<FilePath, Entry>, D::Error> {
    struct Members;
    impl<'de> serde::de::Visitor<'de> for Members {
        type Value = BTreeMap<FilePath, Entry>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of files")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members.into_iter().collect())
        }
    }
    deserializer.deserialize_map(Members)
}

/// An entry as it is written.
#[derive(Serialize)]
struct Line<'a> {
    sha256: Digest,
    object: &'a str,
    backend: &'a str,
    state: State,
}

/// How the text ends.
const END: &[u8] = b"\n}\n";

/// JSON with one member of each collection a line.
struct Printer(Vec<u8>);

impl Printer {
    fn new(files: usize) -> Self {
        Self(Vec::with_capacity(1024 + files * 256))
    }

    fn manifest(&mut self, manifest: &Manifest) {
        self.text("{\n  \"format\": ");
        self.value(&FORMAT);
        self.text(",\n  \"versions\": {");
        self.lines(&manifest.versions, |printer, (name, version)| {
            printer.value(name);
            printer.text(": ");
            printer.value(version);
        });
        self.text("},\n  \"files\": {");
        self.lines(&manifest.files, |printer, (path, entry)| {
            printer.value(path.as_str());
            printer.text(": ");
            printer.value(&Line {
                sha256: entry.digest,
                object: &entry.object,
                backend: &entry.backend,
                state: entry.state,
            });
        });
        self.text("}");
    }

    fn removals(&mut self, removals: &[FilePath]) {
        self.text(",\n  \"removals\": [");
        self.lines(removals, |printer, path| printer.value(path.as_str()));
        self.text("]");
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(END);
        self.0
    }

    fn lines<T>(&mut self, items: impl IntoIterator<Item = T>, line: impl Fn(&mut Self, T)) {
        let mut separator = "\n    ";
        for item in items {
            self.text(separator);
            line(self, item);
            separator = ",\n    ";
        }
        self.text("\n  ");
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        serde_json::to_writer(&mut self.0, value)
            .expect("strings and numbers always serialize, and memory takes them");
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let entry = |text: &str, state| Entry {
            digest: Digest::of(text.as_bytes()),
            object: Arc::from("commons.midrc.environments.prod"),
            backend: Cow::Borrowed("helm"),
            state,
        };
        let files = [
            ("a/values.yaml", State::Ready),
            ("README.md", State::Ready),
            ("ü \"quoted\".yaml", State::Pending),
        ];
        Manifest {
            versions: BTreeMap::from([
                ("csoc".to_owned(), "0.1.0".to_owned()),
                ("chart/gen3".to_owned(), "0.2.1".to_owned()),
            ]),
            files: files
                .map(|(path, state)| (FilePath::parse(path).unwrap(), entry(path, state)))
                .into(),
        }
    }

    #[test]
    fn one_version_and_one_file_a_line() {
        insta::assert_snapshot!(String::from_utf8(sample().to_text()).unwrap(), @r#"
        {
          "format": 1,
          "versions": {
            "chart/gen3": "0.2.1",
            "csoc": "0.1.0"
          },
          "files": {
            "README.md": {"sha256":"b335630551682c19a781afebcf4d07bf978fb1f8ac04c6bf87428ed5106870f5","object":"commons.midrc.environments.prod","backend":"helm","state":"ready"},
            "a/values.yaml": {"sha256":"7ea47ce44582c542a0fcedcbe6ff99e45e5c81e87fb65412f3d88a515e5dbe9a","object":"commons.midrc.environments.prod","backend":"helm","state":"ready"},
            "ü \"quoted\".yaml": {"sha256":"eba83ee15aa56fc386d53be6838c753447694aba3aa12af2a85c897b2b03b8c0","object":"commons.midrc.environments.prod","backend":"helm","state":"pending"}
          }
        }
        "#);
    }

    #[test]
    fn text_reads_back() {
        let path = Utf8Path::new("manifest.json");
        for manifest in [Manifest::default(), sample()] {
            assert_eq!(
                Manifest::parse(&manifest.to_text(), path).unwrap(),
                manifest
            );
            let pending = Pending {
                manifest,
                removals: vec![FilePath::parse("b").unwrap()],
            };
            let text = Pending::text(&pending.manifest.to_text(), &pending.removals);
            assert_eq!(Pending::parse(&text, path).unwrap(), pending);
        }
    }

    #[rstest::rstest]
    #[case::newer(
        r#"{"format":2,"files":[7],"versions":{"csoc":"0.9.0"}}"#,
        "format 2, which csoc 0.9.0 reads"
    )]
    #[case::zero(r#"{"format":0}"#, "format 0 was never written")]
    #[case::none("{}", "missing field `format`")]
    #[case::conflict("{\n<<<<<<< HEAD\n", "line 2 column 1")]
    #[case::escape(
        r#"{"format":1,"removals":["../../x"]}"#,
        "`../../x` cannot be a rendered file"
    )]
    fn refused(#[case] text: &str, #[case] message: &str) {
        let error = Manifest::parse(text.as_bytes(), Utf8Path::new("manifest.json")).unwrap_err();
        let source = std::error::Error::source(&error)
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(
            format!("{error}: {source}").contains(message),
            "{error}: {source}"
        );
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let text = br#"{"format":1,"later":{},"files":{"a":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","object":"o","backend":"helm","state":"ready","later":1}}}"#;
        assert_eq!(
            Manifest::parse(text, Utf8Path::new("m"))
                .unwrap()
                .files
                .len(),
            1
        );
    }
}
