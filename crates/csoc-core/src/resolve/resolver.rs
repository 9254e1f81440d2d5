//! From parsed files to the resolved fleet: shape, layers, presence, decoding, names.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::fleet::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};
use super::imports::Imports;
use super::layer::{LayerKind, Stack};
use super::on_clusters::OnClusters;
use super::outputs::Outputs;
use super::retired::Retired;
use super::schemas::Schemas;
use super::sharing;
use crate::catalog::Regions;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::model::name::ObjectName;
use crate::model::{Account, Cluster, Commons, FleetSpec, Lifecycle};
use crate::naming::{NameKind, Names, Pattern, Variable};
use crate::source::Loaded;
use crate::span::{SourceFile, Span};
use crate::value::walker::Presence;
use crate::value::walker_finding::INVALID_VALUE;
use crate::value::{Kind, Node, decode, yaml_read};

/// A naming rule that is none, or whose pattern does not read.
pub(crate) const NAMING_RULE_INVALID: Code = Code::new("naming-rule-invalid");
/// A name that cannot be derived.
pub(crate) const NAME_UNDERIVABLE: Code = Code::new("name-underivable");

/// The product defaults of the one edition there is.
const EDITION: &str = include_str!("editions/2026.11.yaml");

/// Merges, checks and decodes. No fleet where its files do not have the shape of one.
pub(crate) fn resolve(mut loaded: Loaded, sink: &mut Diagnostics) -> Option<ResolvedFleet> {
    let schemas = Schemas::get();
    let of_parts: Vec<Diagnostics> = loaded
        .parts
        .par_iter()
        .map(|part| {
            let mut found = Diagnostics::default();
            schemas.walk(part, &[], Presence::Ignore, &mut found);
            found
        })
        .collect();
    let mut found = Diagnostics::default();
    for of_part in of_parts {
        found.append(of_part);
    }
    let outputs = Outputs::read(
        std::mem::take(&mut loaded.outputs),
        &loaded.root,
        &mut found,
    );
    let imports = Imports::read(std::mem::take(&mut loaded.imports), &mut found);
    if found.has_errors() {
        sink.append(found);
        return None;
    }
    sink.append(found);
    let edition = edition(&mut loaded);
    let root = std::mem::replace(&mut loaded.root, Node::map());
    let mut resolver = Resolver {
        schemas,
        root: &root,
        edition: &edition,
        found: Diagnostics::default(),
    };
    let objects = resolver.objects();
    let failed = resolver.found.has_errors();
    sink.append(resolver.found);
    let objects = objects.filter(|_| !failed)?;
    Some(ResolvedFleet {
        spec: objects.spec,
        accounts: objects.accounts,
        clusters: objects.clusters,
        commons: objects.commons,
        on_clusters: OnClusters::new(
            objects
                .environments
                .iter()
                .map(|(at, environment)| (at, &environment.spec.cluster)),
        ),
        environments: objects.environments,
        retired: objects.retired,
        root: Arc::new(root),
        outputs,
        imports,
        loaded,
    })
}

fn edition(loaded: &mut Loaded) -> Node {
    let id = loaded
        .sources
        .add(SourceFile::new("edition 2026.11", EDITION));
    let (node, _) = yaml_read::read(EDITION, id, &yaml_read::Limits::default());
    node.expect("a test reads the same text")
}

struct Objects {
    spec: FleetSpec,
    accounts: BTreeMap<ObjectName, Account>,
    clusters: BTreeMap<ObjectName, ResolvedCluster>,
    commons: BTreeMap<ObjectName, Commons>,
    environments: BTreeMap<EnvironmentRef, ResolvedEnvironment>,
    retired: Retired,
}

struct Resolver<'a> {
    schemas: &'static Schemas,
    root: &'a Node,
    edition: &'a Node,
    found: Diagnostics,
}

impl Resolver<'_> {
    fn objects(&mut self) -> Option<Objects> {
        let own = without(self.root, &["accounts", "clusters", "commons"]);
        let spec: Option<FleetSpec> = self.object(&without_nulls_of_fleet(own), &[]);
        let mut names = Names::default();
        self.naming(&mut names, self.edition.get("naming"), "naming");
        self.naming(&mut names, self.root.get("naming"), "naming");
        if let Some(organization) = spec.as_ref().and_then(|spec| spec.organization.as_ref()) {
            names
                .variables
                .set(Variable::Organization, organization.name.as_str());
        } else if let Some(spec) = &spec {
            names
                .variables
                .set(Variable::Organization, spec.name.as_str());
        }
        let mut accounts = self.accounts();
        let mut clusters = self.clusters(&accounts, &names);
        let (commons, mut environments) = self.commons(&clusters, &names);
        let retired = Retired::of(&mut accounts, &mut clusters, &mut environments);
        Some(Objects {
            spec: spec?,
            accounts,
            clusters,
            commons,
            environments,
            retired,
        })
    }

    /// Checks that nothing required is missing and decodes.
    fn object<T: serde::de::DeserializeOwned>(&mut self, node: &Node, path: &[&str]) -> Option<T> {
        let mut found = Diagnostics::default();
        self.schemas.walk(node, path, Presence::Only, &mut found);
        let failed = found.has_errors();
        self.found.append(found);
        if failed {
            return None;
        }
        match decode::decode(node) {
            Ok(value) => Some(value),
            Err(error) => {
                // The walker has said everything that a reader can act on; this guards against its gaps.
                self.found.push(
                    Finding::error(INVALID_VALUE, error.to_string())
                        .label(node.span(), "in this object")
                        .object(path.join(".")),
                );
                None
            }
        }
    }

    fn accounts(&mut self) -> BTreeMap<ObjectName, Account> {
        let mut accounts = BTreeMap::new();
        for (name, node) in named(self.root.get("accounts")) {
            let own = without(&without_nulls(node), &["environmentDefaults"]);
            if let Some(account) = self.object(&own, &["accounts", name.as_str()]) {
                accounts.insert(name, account);
            }
        }
        accounts
    }

    fn clusters(
        &mut self,
        accounts: &BTreeMap<ObjectName, Account>,
        names: &Names,
    ) -> BTreeMap<ObjectName, ResolvedCluster> {
        let mut clusters = BTreeMap::new();
        for (name, node) in named(self.root.get("clusters")) {
            let own = without(&without_nulls(node), &["environmentDefaults"]);
            let path = ["clusters", name.as_str()];
            let Some(spec) = self.object::<Cluster>(&own, &path) else {
                continue;
            };
            let account = accounts.get(&spec.account);
            let region = spec
                .region
                .clone()
                .or_else(|| account.map(|account| account.region.clone()));
            let mut names = names.clone();
            if let Some(account) = account {
                let rules = self
                    .root
                    .path(&["accounts", spec.account.as_str(), "naming"]);
                self.naming(
                    &mut names,
                    rules,
                    &format!("accounts.{}.naming", spec.account),
                );
                names
                    .variables
                    .set(Variable::Account, spec.account.as_str());
                names
                    .variables
                    .set(Variable::AccountId, account.id.as_str());
            }
            self.naming(
                &mut names,
                node.get("naming"),
                &format!("clusters.{name}.naming"),
            );
            names.variables.set(Variable::Cluster, name.as_str());
            names
                .variables
                .set(Variable::Vpc, spec.vpc.as_ref().unwrap_or(&name).as_str());
            if let Some(region) = &region {
                names.variables.set(Variable::Region, region.as_str());
                names
                    .variables
                    .set(Variable::Partition, Regions::partition(region.as_str()));
            }
            clusters.insert(
                name,
                ResolvedCluster {
                    spec,
                    region,
                    names,
                },
            );
        }
        clusters
    }

    fn commons(
        &mut self,
        clusters: &BTreeMap<ObjectName, ResolvedCluster>,
        names: &Names,
    ) -> (
        BTreeMap<ObjectName, Commons>,
        BTreeMap<EnvironmentRef, ResolvedEnvironment>,
    ) {
        let mut all = BTreeMap::new();
        let mut layered = Vec::new();
        let mut prefixes: BTreeMap<(String, String), Stack> = BTreeMap::new();
        for (commons, node) in named(self.root.get("commons")) {
            let own = only(&without_nulls(node), &Commons::OWN);
            let Some(spec) = self.object::<Commons>(&own, &["commons", commons.as_str()]) else {
                continue;
            };
            all.insert(commons.clone(), spec);
            let shared = Arc::new(without(
                node,
                &[&Commons::OWN[..], &["tiers", "environments"]].concat(),
            ));
            for (name, node) in named(node.get("environments")) {
                let at = EnvironmentRef {
                    commons: commons.clone(),
                    environment: name,
                };
                let tier = node
                    .get("tier")
                    .and_then(Node::text)
                    .unwrap_or_default()
                    .to_owned();
                let cluster = node
                    .get("cluster")
                    .and_then(Node::text)
                    .unwrap_or_default()
                    .to_owned();
                let prefix = prefixes
                    .entry((tier.clone(), cluster.clone()))
                    .or_insert_with(|| self.prefix(&tier, &cluster));
                let commons_tier = self
                    .root
                    .path(&["commons", commons.as_str(), "tiers", &tier])
                    .cloned()
                    .map(Arc::new);
                let layers = prefix
                    .with(LayerKind::Commons, Some(&shared))
                    .with(LayerKind::CommonsTier, commons_tier.as_ref())
                    .with(LayerKind::Environment, Some(&Arc::new(node.clone())));
                layered.push((at, layers));
            }
        }
        let (schemas, root, edition) = (self.schemas, self.root, self.edition);
        let resolved: Vec<_> = layered
            .into_par_iter()
            .map(|(at, layers)| {
                let mut own = Resolver {
                    schemas,
                    root,
                    edition,
                    found: Diagnostics::default(),
                };
                let environment = own.environment(&at, layers, clusters, names);
                (at, environment, own.found)
            })
            .collect();
        let mut environments = BTreeMap::new();
        for (at, environment, found) in resolved {
            self.found.append(found);
            environments.extend(environment.map(|environment| (at, environment)));
        }
        sharing::name_directories(&mut environments);
        (all, environments)
    }

    /// The layers that all environments of a tier on a cluster share.
    fn prefix(&self, tier: &str, cluster: &str) -> Stack {
        let find = |path: &[&str]| self.root.path(path).cloned().map(Arc::new);
        let account = self
            .root
            .path(&["clusters", cluster, "account"])
            .and_then(Node::text)
            .unwrap_or_default();
        let edition = |path: &[&str]| self.edition.path(path).cloned().map(Arc::new);
        Stack::empty()
            .with(LayerKind::Edition, edition(&["defaults"]).as_ref())
            .with(LayerKind::FleetDefaults, find(&["defaults"]).as_ref())
            .with(LayerKind::EditionTier, edition(&["tiers", tier]).as_ref())
            .with(LayerKind::FleetTier, find(&["tiers", tier]).as_ref())
            .with(
                LayerKind::Account,
                find(&["accounts", account, "environmentDefaults"]).as_ref(),
            )
            .with(
                LayerKind::Cluster,
                find(&["clusters", cluster, "environmentDefaults"]).as_ref(),
            )
    }

    fn environment(
        &mut self,
        at: &EnvironmentRef,
        layers: Stack,
        clusters: &BTreeMap<ObjectName, ResolvedCluster>,
        names: &Names,
    ) -> Option<ResolvedEnvironment> {
        let path = [
            "commons",
            at.commons.as_str(),
            "environments",
            at.environment.as_str(),
        ];
        let spec: crate::model::Environment = self.object(&layers.merged, &path)?;
        let mut names = clusters
            .get(&spec.cluster)
            .map_or_else(|| names.clone(), |cluster| cluster.names.clone());
        self.naming(
            &mut names,
            layers.merged.get("naming"),
            &format!("{at}.naming"),
        );
        names.variables.set(Variable::Commons, at.commons.as_str());
        names
            .variables
            .set(Variable::Environment, at.environment.as_str());
        names.variables.set(Variable::Tier, spec.tier.as_str());
        names
            .variables
            .set(Variable::Hostname, spec.hostname.as_str());
        let identity = &spec.identity;
        for (variable, kind, kept) in [
            (
                Variable::EnvironmentId,
                NameKind::EnvironmentId,
                identity.environment_id.as_ref().map(AsRef::<str>::as_ref),
            ),
            (
                Variable::Namespace,
                NameKind::Namespace,
                identity.namespace.as_ref().map(AsRef::as_ref),
            ),
            (
                Variable::ReleaseName,
                NameKind::ReleaseName,
                identity.release_name.as_ref().map(AsRef::as_ref),
            ),
        ] {
            match kept.map_or_else(
                || names.name(kind).map(|name| name.text),
                |kept| Ok(kept.to_owned()),
            ) {
                Ok(text) => names.variables.set(variable, text),
                // What its names were made of may be gone from the fleet before it.
                Err(_) if spec.lifecycle == Lifecycle::Retired => {}
                Err(error) => {
                    self.found.push(
                        Finding::error(NAME_UNDERIVABLE, error.to_string())
                            .help("use other variables in the rule, or name the cluster's account and region")
                            .label(layers.merged.span().or_else(|| self.root.path(&path).and_then(Node::span)), "for this environment")
                            .object(at)
                            .path(format!("{at}.identity")),
                    );
                    return None;
                }
            }
        }
        Some(ResolvedEnvironment {
            spec,
            layers,
            names,
        })
    }

    /// Sets the naming rules of a `naming` map.
    fn naming(&mut self, names: &mut Names, rules: Option<&Node>, path: &str) {
        for entry in rules.map(Node::entries).unwrap_or_default() {
            let span: Option<Span> = entry.node.span();
            let text = entry.node.text().unwrap_or_default();
            let finding = match Pattern::parse(text) {
                Ok(pattern) if names.set_rule(entry.key.as_str(), &pattern) => continue,
                Ok(_) => {
                    let known: Vec<&str> = NameKind::ALL.iter().map(|kind| kind.as_str()).collect();
                    Finding::error(
                        NAMING_RULE_INVALID,
                        format!("there is no naming rule `{}`", entry.key),
                    )
                    .help(format!(
                        "use one of {}; behind a dot may stand what for: `secret.fence-jwt`",
                        known.join(", ")
                    ))
                    .label(entry.key_origin.span(), "no such rule")
                }
                Err(error) => {
                    let finding =
                        Finding::error(NAMING_RULE_INVALID, format!("`{text}` is not {error}"))
                            .label(span, "this pattern");
                    match error.fix() {
                        Some(fix) => finding.help(fix),
                        None => finding,
                    }
                }
            };
            self.found
                .push(finding.path(format!("{path}.{}", entry.key)));
        }
    }
}

/// The entries of a map whose keys are names; the walker has refused others.
fn named(node: Option<&Node>) -> impl Iterator<Item = (ObjectName, &Node)> {
    node.map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| Some((entry.key.as_str().parse().ok()?, &entry.node)))
}

/// The map without some keys.
fn without(node: &Node, keys: &[&str]) -> Node {
    let entries = node
        .entries()
        .iter()
        .filter(|entry| !keys.contains(&entry.key.as_str()))
        .cloned()
        .collect();
    Node {
        kind: Kind::Map(entries),
        origin: node.origin,
    }
}

/// The map with only some keys.
fn only(node: &Node, keys: &[&str]) -> Node {
    let entries = node
        .entries()
        .iter()
        .filter(|entry| keys.contains(&entry.key.as_str()))
        .cloned()
        .collect();
    Node {
        kind: Kind::Map(entries),
        origin: node.origin,
    }
}

/// The same of what is the fleet's own; in its layers of environments `null` resets what lower ones say.
fn without_nulls_of_fleet(mut fleet: Node) -> Node {
    if let Kind::Map(entries) = &mut fleet.kind {
        entries.retain(|entry| !entry.node.is_null());
        for entry in entries {
            if entry.key != *"defaults" && entry.key != *"tiers" {
                entry.node = without_nulls(&entry.node);
            }
        }
    }
    fleet
}

/// The tree without `null`s in model fields, where they mean "as if not written".
fn without_nulls(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Map(entries) => Kind::Map(
            entries
                .iter()
                .filter(|entry| !entry.node.is_null())
                .map(|entry| {
                    let mut entry = entry.clone();
                    if entry.key != *"values" {
                        entry.node = without_nulls(&entry.node);
                    }
                    entry
                })
                .collect(),
        ),
        kind => kind.clone(),
    };
    Node {
        kind,
        origin: node.origin,
    }
}
