//! One rendered file: a document, the object it comes from, and where each part of it was made.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::hcl;
use crate::model::text::TextError;
use crate::value::{Key, Kind, Node, json_write, yaml_write};

/// Who rendered a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BackendName {
    /// Terraform roots.
    Terraform,
    /// Helm values.
    Helm,
    /// Argo CD applications.
    Argocd,
    /// Spokes of gen3-kro.
    Kro,
}

impl BackendName {
    /// All backends.
    pub const ALL: [Self; 4] = [Self::Terraform, Self::Helm, Self::Argocd, Self::Kro];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::Helm => "helm",
            Self::Argocd => "argocd",
            Self::Kro => "kro",
        }
    }
}

impl std::str::FromStr for BackendName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::ALL
            .into_iter()
            .find(|backend| backend.as_str() == text)
            .ok_or_else(|| TextError::new("one of terraform, helm, argocd, kro"))
    }
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Document {
    /// YAML, with a comment on top.
    Yaml(Node),
    /// JSON.
    Json(Node),
    /// Terraform's language: with a comment on top, or as JSON where its path ends in `.tf.json`.
    Hcl(hcl::Body),
    /// Bytes as they are.
    Bytes(Arc<[u8]>),
}

/// What made a part of a document; nodes name it by its number in the file's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// The rule: `secret name`, `registry and image name`.
    pub(crate) rule: &'static str,
    /// The model paths it was made from.
    pub(crate) inputs: Vec<String>,
}

/// A rendered file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct File {
    path: Utf8PathBuf,
    object: String,
    backend: BackendName,
    document: Document,
    made: Vec<Made>,
}

impl File {
    /// A file of that path below the output directory, from that object.
    pub(crate) fn new(
        path: impl Into<Utf8PathBuf>,
        object: impl Into<String>,
        backend: BackendName,
        document: Document,
    ) -> Self {
        Self {
            path: path.into(),
            object: object.into(),
            backend,
            document,
            made: Vec::new(),
        }
    }

    /// The same with the table that its nodes' origins name.
    #[must_use]
    pub(crate) fn made(mut self, made: Vec<Made>) -> Self {
        self.made = made;
        self
    }

    /// The path below the output directory.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The fleet object it comes from, as a model path.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// Who rendered it.
    pub fn backend(&self) -> BackendName {
        self.backend
    }

    /// Its document.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Its document, to complete it.
    pub(crate) fn document_mut(&mut self) -> &mut Document {
        &mut self.document
    }

    /// What made the part of that number.
    pub(crate) fn made_by(&self, number: u32) -> Option<&Made> {
        self.made.get(number as usize)
    }

    /// Whether a value in it waits for an output.
    pub fn is_pending(&self) -> bool {
        match &self.document {
            Document::Yaml(node) | Document::Json(node) => node.is_pending(),
            Document::Hcl(_) | Document::Bytes(_) => false,
        }
    }

    /// The outputs that it waits for, sorted, each as `STACK#OUTPUT`.
    pub fn pending_outputs(&self) -> Vec<String> {
        let mut outputs: Vec<Key> = Vec::new();
        if let Document::Yaml(node) | Document::Json(node) = &self.document {
            collect(node, &mut outputs);
        }
        outputs.sort();
        outputs.dedup();
        outputs.iter().map(Key::to_string).collect()
    }

    /// What it holds, as Helm or a JSON reader would read it; nothing for other languages.
    ///
    /// Values that wait for outputs are the markers that `allow_pending` would write.
    pub fn data(&self) -> Option<impl Serialize + '_> {
        match &self.document {
            Document::Yaml(node) | Document::Json(node) => Some(node),
            Document::Hcl(_) | Document::Bytes(_) => None,
        }
    }

    /// Its bytes as they are written.
    pub fn bytes(&self) -> Arc<[u8]> {
        match &self.document {
            Document::Bytes(bytes) => bytes.clone(),
            _ => self.text().into_owned().into(),
        }
    }

    /// Its bytes, made for whoever takes them.
    pub(crate) fn text(&self) -> Cow<'_, [u8]> {
        let text = match &self.document {
            Document::Yaml(node) => {
                let mut text = self.header();
                yaml_write::write(node, &mut text);
                text
            }
            Document::Hcl(body) if is_json(&self.path) => hcl::print_json(body),
            Document::Hcl(body) => {
                let mut text = self.header();
                if !body.is_empty() {
                    text.push('\n');
                    text = hcl::print_behind(text, body);
                }
                text
            }
            Document::Json(node) => {
                let mut text = String::new();
                json_write::write_json(node, &mut text);
                text.push('\n');
                text
            }
            Document::Bytes(bytes) => return Cow::Borrowed(bytes),
        };
        Cow::Owned(text.into_bytes())
    }

    fn header(&self) -> String {
        format!(
            "# Generated by gen3-csoc from {}. Edits are kept and reported; change the fleet instead.\n",
            self.object
        )
    }
}

/// Whether a file of Terraform is written as JSON.
pub(crate) fn is_json(path: &Utf8Path) -> bool {
    path.as_str().ends_with(".tf.json")
}

fn collect(node: &Node, outputs: &mut Vec<Key>) {
    match &node.kind {
        Kind::Pending(waits) => outputs.extend(waits.iter().cloned()),
        Kind::List(items) => items.iter().for_each(|item| collect(item, outputs)),
        Kind::Map(entries) => entries
            .iter()
            .for_each(|entry| collect(&entry.node, outputs)),
        Kind::Scalar(_) => {}
    }
}
