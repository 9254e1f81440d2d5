//! What an object needs, and what brings it.

use std::collections::BTreeMap;
use std::fmt;

use super::applied::{Applied, Piece};
use crate::contract::ARGO_CD;
use crate::value::Node;

/// The kinds that charts bring, by the group of their API.
const KINDS: [(&str, &[&str]); 4] = [
    ("external-secrets", &["external-secrets.io"]),
    ("cert-manager", &["cert-manager.io", "acme.cert-manager.io"]),
    ("karpenter", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("tigera-operator", &["operator.tigera.io"]),
];
/// The chart that brings the first three by Applications of its own.
const SHARED_CHART: &str = "cluster-level-resources";
/// Keys of a chart's values that name a Secret.
const SECRET_KEYS: [&str; 2] = ["existingSecret", "secretName"];
/// Keys of a chart's values that refer to a Secret by its `name`.
const SECRET_REFERENCES: [&str; 2] = ["secretKeyRef", "secretRef"];

/// How something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It cannot be applied without.
    Apply,
    /// It is not healthy without.
    Health,
}

/// Something that is needed, and that one object or Application brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing<'t> {
    Project(&'t str),
    Cluster(&'t str),
    Namespace(&'t str),
    Kinds(&'t str),
    ClusterStore(&'t str),
    Store(&'t str, &'t str),
    Account(&'t str, &'t str),
    Secret(&'t str, &'t str),
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(name) => write!(formatter, "the project `{name}`"),
            Self::Cluster(name) => write!(formatter, "the registration of the cluster `{name}`"),
            Self::Namespace(name) => write!(formatter, "the namespace `{name}`"),
            Self::Kinds(group) => write!(formatter, "the kinds of `{group}`"),
            Self::ClusterStore(name) => write!(formatter, "the store of secrets `{name}`"),
            Self::Store(space, name) => {
                write!(formatter, "the store of secrets `{name}` of `{space}`")
            }
            Self::Account(space, name) => {
                write!(formatter, "the service account `{name}` of `{space}`")
            }
            Self::Secret(space, name) => write!(formatter, "the secret `{name}` of `{space}`"),
        }
    }
}

/// A need of one object.
pub(super) struct Need<'t> {
    /// The cluster that it must be in.
    pub(super) cluster: &'t str,
    pub(super) thing: Thing<'t>,
    pub(super) urgency: Urgency,
}

/// What brings what, by cluster.
pub(super) struct World<'a, 'f> {
    applied: &'a Applied<'f>,
    givers: BTreeMap<(&'a str, Thing<'a>), Vec<&'a Piece<'f>>>,
}

impl<'a, 'f> World<'a, 'f> {
    pub(super) fn of(applied: &'a Applied<'f>) -> Self {
        let mut givers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for piece in applied.pieces() {
            for (cluster, thing) in gives(piece) {
                givers.entry((cluster, thing)).or_default().push(piece);
            }
        }
        Self { applied, givers }
    }

    /// All that brings what is needed.
    pub(super) fn givers(&self, need: &Need<'a>) -> &[&'a Piece<'f>] {
        let givers = self.givers.get(&(need.cluster, need.thing.clone()));
        givers.map_or(&[], Vec::as_slice)
    }

    /// What a piece needs.
    pub(super) fn needs(&self, piece: &'a Piece<'f>) -> Vec<Need<'a>> {
        let mut needs = Vec::new();
        let mut add = |cluster: &'a str, urgency, thing| {
            needs.push(Need {
                cluster,
                thing,
                urgency,
            });
        };
        let here = piece.cluster.as_str();
        let space = piece.namespace.as_deref();
        if let Some(space) = space {
            add(here, Urgency::Apply, Thing::Namespace(space));
        }
        add(here, Urgency::Apply, Thing::Kinds(piece.group()));
        match (piece.group(), piece.kind()) {
            ("argoproj.io", "Application") => {
                if let Some(project) = piece.text(&["spec", "project"]) {
                    add(here, Urgency::Health, Thing::Project(project));
                }
                let to = piece.deploys_to();
                add(here, Urgency::Health, Thing::Cluster(to));
                let into = piece.text(&["spec", "destination", "namespace"]);
                if let Some(into) = into {
                    for secret in self.secrets(piece) {
                        add(to, Urgency::Health, Thing::Secret(into, secret));
                    }
                }
            }
            ("external-secrets.io", "ExternalSecret") => {
                let store = ["spec", "secretStoreRef", "name"];
                if let (Some(name), Some(space)) = (piece.text(&store), space) {
                    let of_cluster = piece.text(&["spec", "secretStoreRef", "kind"])
                        == Some("ClusterSecretStore");
                    let thing = if of_cluster {
                        Thing::ClusterStore(name)
                    } else {
                        Thing::Store(space, name)
                    };
                    add(here, Urgency::Health, thing);
                }
            }
            ("external-secrets.io", "SecretStore" | "ClusterSecretStore") => {
                let account = piece.node.path(&[
                    "spec",
                    "provider",
                    "aws",
                    "auth",
                    "jwt",
                    "serviceAccountRef",
                ]);
                let text = |key| account.and_then(|it| it.get(key)).and_then(Node::text);
                if let (Some(name), Some(space)) = (text("name"), text("namespace").or(space)) {
                    add(here, Urgency::Health, Thing::Account(space, name));
                }
            }
            _ => {}
        }
        needs
    }

    /// The Secrets that the values of an Application name.
    fn secrets(&self, piece: &'a Piece<'f>) -> Vec<&'f str> {
        let mut secrets = Vec::new();
        for node in piece
            .values_files()
            .filter_map(|file| self.applied.document(file))
        {
            named(node, &mut secrets);
        }
        secrets.sort_unstable();
        secrets.dedup();
        secrets
    }
}

/// What a piece brings, and the cluster that it brings it to.
fn gives<'a>(piece: &'a Piece<'_>) -> Vec<(&'a str, Thing<'a>)> {
    let here = piece.cluster.as_str();
    let Some(name) = piece.name() else {
        return Vec::new();
    };
    let space = piece.namespace.as_deref().unwrap_or_default();
    let one = |thing| vec![(here, thing)];
    match (piece.group(), piece.kind()) {
        ("argoproj.io", "AppProject") => one(Thing::Project(name)),
        ("argoproj.io", "Application") => of_application(piece),
        ("", "Namespace") => one(Thing::Namespace(name)),
        ("", "ServiceAccount") => one(Thing::Account(space, name)),
        ("", "Secret") => {
            let mut given = one(Thing::Secret(space, name));
            if let Some(cluster) = piece.text(&["stringData", "name"])
                && space == ARGO_CD
            {
                given.push((here, Thing::Cluster(cluster)));
            }
            given
        }
        ("external-secrets.io", "ClusterSecretStore") => one(Thing::ClusterStore(name)),
        ("external-secrets.io", "SecretStore") => one(Thing::Store(space, name)),
        ("external-secrets.io", "ExternalSecret") => {
            let target = piece.text(&["spec", "target", "name"]).unwrap_or(name);
            let mut given = one(Thing::Secret(space, target));
            let cluster = piece.text(&["spec", "target", "template", "data", "name"]);
            if let Some(cluster) = cluster.filter(|_| space == ARGO_CD) {
                given.push((here, Thing::Cluster(cluster)));
            }
            given
        }
        _ => Vec::new(),
    }
}

/// The namespace that an Application makes, and the kinds that its chart brings.
fn of_application<'a>(piece: &'a Piece<'_>) -> Vec<(&'a str, Thing<'a>)> {
    let to = piece.deploys_to();
    let mut given = Vec::new();
    let options = piece.node.path(&["spec", "syncPolicy", "syncOptions"]);
    let makes = options.is_some_and(|options| {
        let mut options = options.items().iter().filter_map(Node::text);
        options.any(|option| option == "CreateNamespace=true")
    });
    let namespace = piece.text(&["spec", "destination", "namespace"]);
    if let Some(namespace) = namespace.filter(|_| makes) {
        given.push((to, Thing::Namespace(namespace)));
    }
    let charts = piece
        .sources()
        .filter_map(|source| source.get("chart").and_then(Node::text));
    for chart in charts {
        let brought = KINDS
            .into_iter()
            .filter(|(of, _)| *of == chart || (chart == SHARED_CHART && *of != "tigera-operator"));
        let groups = brought.flat_map(|(_, groups)| groups);
        given.extend(groups.map(|group| (to, Thing::Kinds(group))));
    }
    given
}

/// Names of Secrets anywhere in values.
fn named<'f>(node: &'f Node, secrets: &mut Vec<&'f str>) {
    for entry in node.entries() {
        let key = entry.key.as_str();
        if SECRET_KEYS.contains(&key) {
            secrets.extend(entry.node.text());
        }
        if SECRET_REFERENCES.contains(&key) {
            secrets.extend(entry.node.get("name").and_then(Node::text));
        }
        named(&entry.node, secrets);
    }
    for item in node.items() {
        named(item, secrets);
    }
}
