//! Which Application applies which file of a tree, in which wave, and where to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use crate::gitops::applications_of;
use crate::pattern::Wildcard;
use crate::span::Span;
use crate::tree::{Document, File};
use crate::value::Node;

/// The directory of a tree that Argo CD reads.
const GITOPS: &str = "gitops/";
/// The annotation that says when something's turn is.
const WAVE: &str = "argocd.argoproj.io/sync-wave";
/// How values files of a tree are named in an Application.
const VALUES: &str = "$values/";
/// The chart that applies a directory beside its values.
const SHARED_CHART: &str = "/cluster-values/cluster-values.yaml";
/// Applications inside each other that are followed.
const DEPTH: usize = 8;

/// An object that Argo CD applies.
pub(super) struct Piece<'f> {
    /// Its place among all.
    pub(super) number: usize,
    pub(super) file: &'f File,
    pub(super) node: Cow<'f, Node>,
    /// The Application or set that applies or makes it.
    parent: Option<usize>,
    pub(super) wave: i64,
    /// The cluster that it is in.
    pub(super) cluster: String,
    /// The namespace that it is in, where one is said.
    pub(super) namespace: Option<String>,
}

impl Piece<'_> {
    /// A text in it.
    pub(super) fn text(&self, path: &[&str]) -> Option<&str> {
        self.node.path(path).and_then(Node::text)
    }

    pub(super) fn kind(&self) -> &str {
        self.text(&["kind"]).unwrap_or_default()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.text(&["metadata", "name"])
    }

    pub(super) fn is_application(&self) -> bool {
        matches!(self.kind(), "Application" | "ApplicationSet") && self.group() == "argoproj.io"
    }

    /// The group of its API.
    pub(super) fn group(&self) -> &str {
        let version = self.text(&["apiVersion"]).unwrap_or_default();
        version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether it is an Application that Argo CD does not sync by itself.
    pub(super) fn is_by_hand(&self) -> bool {
        self.kind() == "Application"
            && self.is_application()
            && self
                .node
                .path(&["spec", "syncPolicy", "automated"])
                .is_none()
    }

    /// The cluster that an Application deploys to.
    pub(super) fn deploys_to(&self) -> &str {
        self.text(&["spec", "destination", "name"])
            .unwrap_or(&self.cluster)
    }

    /// The sources of an Application.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Node> {
        let spec = self.node.get("spec");
        let several = spec.and_then(|spec| spec.get("sources")).map(Node::items);
        let one = spec.and_then(|spec| spec.get("source"));
        several.unwrap_or_default().iter().chain(one)
    }

    /// The values files of an Application that are in its tree, by their paths in the repository.
    pub(super) fn values_files(&self) -> impl Iterator<Item = &str> {
        self.sources()
            .filter_map(|source| source.path(&["helm", "valueFiles"]))
            .flat_map(Node::items)
            .filter_map(Node::text)
            .filter_map(|file| file.strip_prefix(VALUES))
    }

    /// Where it stands.
    pub(super) fn file_origin(&self) -> Option<Span> {
        self.node.origin.span()
    }
}

/// All objects of a tree that Argo CD applies, and what applies them.
pub(super) struct Applied<'f> {
    pieces: Vec<Piece<'f>>,
    /// All documents, by their paths below the directory of the tree.
    documents: BTreeMap<&'f str, (&'f File, &'f Node)>,
}

impl<'f> Applied<'f> {
    pub(super) fn of(files: impl IntoIterator<Item = &'f File>) -> Self {
        let mut documents = BTreeMap::new();
        for file in files {
            let path = file.path().as_str();
            let Document::Yaml(node) = file.document() else {
                continue;
            };
            // A GitOps repository alone, or in a tree beside Terraform.
            documents.insert(path.strip_prefix(GITOPS).unwrap_or(path), (file, node));
        }
        let mut applied = Self {
            pieces: Vec::new(),
            documents,
        };
        applied.add_objects();
        applied.add_made();
        applied.find_parents();
        for number in 0..applied.pieces.len() {
            applied.place(number);
        }
        applied
    }

    pub(super) fn pieces(&self) -> &[Piece<'f>] {
        &self.pieces
    }

    /// A document by its path in the repository, which may hold the tree in a directory.
    pub(super) fn document(&self, path: &str) -> Option<&'f Node> {
        suffixes(path).find_map(|path| self.documents.get(path).map(|(_, node)| *node))
    }

    /// What applies a piece, from the first Application on, and the piece itself.
    pub(super) fn chain<'a>(&'a self, piece: &'a Piece<'f>) -> Vec<&'a Piece<'f>> {
        let mut chain = vec![piece];
        let mut parent = piece.parent;
        while let Some(above) = parent.and_then(|number| self.pieces.get(number)) {
            if chain.len() > DEPTH {
                break;
            }
            chain.push(above);
            parent = above.parent;
        }
        chain.reverse();
        chain
    }

    /// Whether what applies a piece tries without an end.
    pub(super) fn retries(&self, piece: &Piece<'f>) -> bool {
        let parent = piece.parent.and_then(|number| self.pieces.get(number));
        let limit = parent
            .and_then(|parent| parent.text(&["spec", "syncPolicy", "retry", "limit"]))
            .and_then(|limit| limit.parse::<i64>().ok());
        limit.is_some_and(|limit| limit < 0)
    }

    fn add_objects(&mut self) {
        for (file, node) in self.documents.values() {
            if node.get("kind").is_some() && node.get("apiVersion").is_some() {
                let number = self.pieces.len();
                self.pieces
                    .push(Piece::new(number, file, Cow::Borrowed(*node)));
            }
        }
    }

    /// Adds the Applications that sets make.
    fn add_made(&mut self) {
        let sets: Vec<(usize, &'f File)> = self
            .pieces
            .iter()
            .filter(|piece| piece.kind() == "ApplicationSet" && piece.is_application())
            .map(|piece| (piece.number, piece.file))
            .collect();
        for (set, file) in sets {
            for node in applications_of(&self.pieces[set].node) {
                let number = self.pieces.len();
                let mut piece = Piece::new(number, file, Cow::Owned(node));
                piece.parent = Some(set);
                self.pieces.push(piece);
            }
        }
    }

    /// Each piece is of the first Application whose directory it lies in.
    fn find_parents(&mut self) {
        let mut parents: BTreeMap<&'f str, usize> = BTreeMap::new();
        for piece in &self.pieces {
            for (directory, reads) in self.directories(piece) {
                let from = (Bound::Included(directory.as_str()), Bound::Unbounded);
                let below = self.documents.range::<str, _>(from);
                let below =
                    below.map_while(|(path, _)| Some((*path, path.strip_prefix(&*directory)?)));
                for (path, rest) in below {
                    if reads.takes(rest) {
                        parents.entry(path).or_insert(piece.number);
                    }
                }
            }
        }
        for piece in &mut self.pieces {
            let path = piece.file.path().as_str();
            let parent = parents.get(path.strip_prefix(GITOPS).unwrap_or(path));
            if piece.parent.is_none() {
                // A root lies in what it reads.
                piece.parent = parent.copied().filter(|parent| *parent != piece.number);
            }
        }
    }

    /// The directories that an Application applies the files of.
    fn directories(&self, piece: &Piece<'f>) -> Vec<(String, Reads)> {
        if !piece.is_application() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for source in piece.sources() {
            let Some(path) = source.get("path").and_then(Node::text) else {
                continue;
            };
            // Of another repository there is nothing in the tree; ours is read as it is, or for values, too.
            let is_ours = source.get("ref").is_some() || source.get("helm").is_none();
            if let Some(path) = self.directory(path).filter(|_| is_ours) {
                all.push((path, Reads::of(source)));
            }
        }
        for file in piece.values_files() {
            if let Some(cluster) = file.strip_suffix(SHARED_CHART) {
                let path = format!("{cluster}/cluster-values/custom-objects");
                all.extend(self.directory(&path).map(|path| (path, Reads::default())));
            }
        }
        all
    }

    /// A directory of the tree by its path in the repository, with a slash behind it.
    fn directory(&self, path: &str) -> Option<String> {
        suffixes(path.trim_matches('/'))
            .map(|path| format!("{path}/"))
            .find(|path| {
                let mut from = self.documents.range(path.as_str()..);
                from.next()
                    .is_some_and(|(first, _)| first.starts_with(path.as_str()))
            })
    }

    /// Says where a piece is: in the cluster and the namespace that what applies it deploys to.
    fn place(&mut self, number: usize) {
        let piece = &self.pieces[number];
        let chain = self.chain(piece);
        let path = chain.first().map_or("", |first| first.file.path().as_str());
        let path = path.strip_prefix(GITOPS).unwrap_or(path);
        let mut cluster = path.split('/').next().unwrap_or_default();
        for above in &chain[..chain.len() - 1] {
            cluster = above
                .text(&["spec", "destination", "name"])
                .unwrap_or(cluster);
        }
        let parent = piece.parent.and_then(|parent| self.pieces.get(parent));
        let namespace = piece
            .text(&["metadata", "namespace"])
            .or_else(|| parent?.text(&["spec", "destination", "namespace"]));
        let (cluster, namespace) = (cluster.to_owned(), namespace.map(str::to_owned));
        self.pieces[number].cluster = cluster;
        self.pieces[number].namespace = namespace;
    }
}

impl<'f> Piece<'f> {
    fn new(number: usize, file: &'f File, node: Cow<'f, Node>) -> Self {
        let wave = node
            .path(&["metadata", "annotations", WAVE])
            .and_then(Node::text)
            .and_then(|wave| wave.parse().ok());
        Self {
            number,
            file,
            node,
            parent: None,
            wave: wave.unwrap_or_default(),
            cluster: String::new(),
            namespace: None,
        }
    }
}

/// Which files of a directory an Application takes.
#[derive(Default)]
struct Reads {
    recurses: bool,
    /// Patterns, of which one must fit; all fit where there is none.
    include: Vec<Wildcard>,
}

impl Reads {
    fn of(source: &Node) -> Self {
        let text = |key: &str| source.path(&["directory", key]).and_then(Node::text);
        let include = text("include").map(|include| {
            let inner = include
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            let all = inner.unwrap_or(include).split(',');
            all.map(Wildcard::new).collect()
        });
        Self {
            recurses: text("recurse") == Some("true"),
            include: include.unwrap_or_default(),
        }
    }

    fn takes(&self, path: &str) -> bool {
        let fits = self.include.is_empty() || self.include.iter().any(|one| one.matches(path));
        fits && (self.recurses || !path.contains('/'))
    }
}

/// A path, and what is left of it without its first parts.
fn suffixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.split_once('/').map(|(_, rest)| rest)
    })
}
