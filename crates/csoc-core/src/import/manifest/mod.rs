//! The layout of cloud-automation: a directory a commons with its `manifest.json`, moved to Helm.
//!
//! A manifest names images and switches; the charts take values of other names
//! and other shapes. So this importer writes fields of the model, and what the
//! model derives (secrets, roles, databases) is derived. Nothing is rendered back
//! to compare with: the account of every leaf is the proof.

mod block;
mod file;
mod global;
mod image;
mod migration;
mod read;
mod scaling;
mod sower;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::compiled::Compiled;
use super::draft::Draft;
use super::error::ImportError;
use super::foreign::{Foreign, ForeignCluster, ForeignEnvironment};
use super::group::{Place, places, text};
use super::ledger::LedgerUnit;
use super::mapping::Mapping;
use super::names::object_name;
use super::note::{NoteKind, Notes};
use super::skeleton::{most, skeleton};
use crate::catalog::Versions;
use crate::context::Context;
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::stack::{OutputKind, StackId, StackScope};
use crate::resolve::EnvironmentRef;
use crate::source::SourceSet;
use crate::span::Sources;
use crate::value::Node;
use image::Images;
use migration::Migration;
use read::Commons;

/// Where images come from that no manifest says another place of.
const REGISTRY: &str = "quay.io/cdis";

/// A fleet of manifests, and what became of each leaf.
pub(super) fn import(
    files: &SourceSet,
    sources: &mut Sources,
    name: &ObjectName,
    mapping: &Mapping,
    notes: &mut Notes,
    context: &Context,
) -> Result<Option<(Draft, Vec<LedgerUnit>)>, ImportError> {
    let mut all = read::read(files, sources, notes);
    if all.is_empty() && !files.iter().any(|(path, _)| is_manifest(path)) {
        return Ok(None);
    }
    all.sort_by(|one, two| key(one).cmp(&key(two)));
    let foreign = foreign(&all);
    let places = places(&foreign, mapping);
    let mut draft = skeleton(&foreign, &places, name, notes);
    frame(&mut draft, &foreign, name, notes);
    let mut units = Vec::new();
    let images: Vec<Images> = all.iter().map(images_of).collect();
    let registry = most(images.iter().filter_map(|images| images.registry.clone()));
    let registry = registry.unwrap_or_else(|| REGISTRY.to_owned());
    if registry != REGISTRY {
        draft
            .fleet
            .insert("registry", Node::string(registry.as_str()));
    }
    let mut running = BTreeMap::new();
    for ((commons, place), images) in all.iter().zip(&places).zip(images) {
        context.check()?;
        let frame = draft
            .environments
            .remove(&place.at)
            .unwrap_or_else(Node::map);
        let mut migration = Migration::new(commons, &place.at, frame);
        one(&mut migration, &images, &registry, notes);
        let migrated = migration.finish(sources);
        draft.environments.insert(place.at.clone(), migrated.node);
        draft.content.extend(migrated.content);
        units.push(migrated.unit);
        running.insert(place.at.clone(), images);
    }
    identities(&mut draft, &foreign, &places, notes);
    certificates(&mut draft, &all, &places);
    let first = compile(&draft, context)?;
    switches(&mut draft, &running, &first);
    let second = compile(&draft, context)?;
    for (unit, place) in units.iter_mut().zip(&places) {
        steps::finish(unit, &place.at, &second);
    }
    Ok(Some((draft, units)))
}

fn is_manifest(path: &camino::Utf8Path) -> bool {
    path.file_name() == Some("manifest.json") && path.components().count() <= 2
}

fn compile(draft: &Draft, context: &Context) -> Result<Compiled, ImportError> {
    Compiled::of(draft.sources(), context).map_err(|error| ImportError::Draft(Box::new(error)))
}

/// The cluster of a commons: what its manifest calls its environment.
fn cluster(commons: &Commons) -> String {
    let said = text(&commons.manifest.node, &["global", "environment"]);
    let name = object_name(said.unwrap_or(&commons.host));
    // The fleet's own cluster has this name.
    match name.as_str() {
        "hub" => "hub-cluster".to_owned(),
        name => name.to_owned(),
    }
}

fn key(commons: &Commons) -> (String, &str) {
    (cluster(commons), &commons.host)
}

/// The same in the words that all layouts share.
fn foreign(all: &[Commons]) -> Foreign {
    let mut foreign = Foreign::default();
    for commons in all {
        let said = |key: &str| text(&commons.manifest.node, &["global", key]);
        let mut values = Node::map();
        if let Some(host) = hostname(commons) {
            values.set(&["global", "hostname"], Node::string(host));
        }
        for (key, to) in [
            ("environment", "environment"),
            ("dictionary_url", "dictionaryUrl"),
            ("revproxy_arn", "revproxyArn"),
        ] {
            if let Some(text) = said(key) {
                values.set(&["global", to], Node::string(text));
            }
        }
        let cluster = cluster(commons);
        if !foreign
            .clusters
            .iter()
            .any(|known| known.directory == cluster)
        {
            foreign.clusters.push(ForeignCluster {
                directory: cluster.clone(),
                values: None,
                beside: Vec::new(),
            });
        }
        foreign.environments.push(ForeignEnvironment {
            cluster,
            directory: commons.host.clone(),
            values: Some(values),
            files: Vec::new(),
            application: None,
            beside: Vec::new(),
        });
    }
    foreign
}

/// The host name of a commons: its directory's name, which the old tools find the manifest by.
fn hostname(commons: &Commons) -> Option<&str> {
    let is_host = commons.host.contains('.') && Hostname::check(&commons.host).is_ok();
    if is_host {
        return Some(&commons.host);
    }
    text(&commons.manifest.node, &["global", "hostname"])
}

/// What a fleet needs that no manifest says: charts, a repository, what clusters share.
fn frame(draft: &mut Draft, foreign: &Foreign, name: &ObjectName, notes: &mut Notes) {
    draft.published_charts();
    let repository = format!("https://github.com/{name}/{name}-gitops");
    let message = format!(
        "manifests name no repository of rendered files; `{repository}` stands for it in `gitops.repository`"
    );
    if !foreign.environments.is_empty() {
        notes.file(NoteKind::Guessed, "fleet.yaml", message);
    }
    draft
        .fleet
        .set(&["gitops", "repository"], repository.into());
    draft.fleet.set(&["gitops", "revision"], "main".into());
    for cluster in &foreign.clusters {
        let Ok(name) = cluster.directory.parse::<ObjectName>() else {
            continue;
        };
        if let Some(node) = draft.clusters.get_mut(&name) {
            for shared in [
                ["loadBalancers", "public"],
                ["databases", "main"],
                ["search", "main"],
            ] {
                node.set(&shared, Node::map());
            }
        }
    }
}

fn images_of(commons: &Commons) -> Images {
    let at = EnvironmentRef {
        commons: object_name(""),
        environment: object_name(""),
    };
    let mut reader = Migration::new(commons, &at, Node::map());
    image::read(reader.block("versions").as_ref())
}

fn one(migration: &mut Migration<'_>, images: &Images, fleet: &str, notes: &mut Notes) {
    migration.node.remove("application");
    let observed = ["management", "applications"];
    migration.node.set(&observed, "observed".into());
    let release = images.release.clone().unwrap_or_else(|| {
        let release = Versions::embedded().release.as_str();
        let message = format!("no image says a monthly release; `{release}` stands for it");
        notes.file(NoteKind::Guessed, &migration.commons.manifest.path, message);
        release.to_owned()
    });
    migration
        .node
        .insert("release", Node::string(release.as_str()));
    let registry = images.registry.as_deref().unwrap_or(fleet);
    if registry != fleet {
        migration.node.insert("registry", Node::string(registry));
    }
    let mut profiles = vec!["core"];
    for (service, profile) in [
        ("guppy", "data-explorer"),
        ("hatchery", "workspaces"),
        ("ssjdispatcher", "uploads"),
    ] {
        if images.services.contains(service) {
            profiles.push(profile);
        }
    }
    let profiles = profiles.into_iter().map(Node::from);
    migration.node.insert("profiles", Node::list(profiles));
    if images.services.contains("requestor") {
        migration.node.insert("accessRequests", "requestor".into());
    }
    let has = |service: &str| images.services.contains(service);
    if !has("portal") {
        let frontend = if has("frontend-framework") {
            "gen3ff"
        } else {
            "none"
        };
        migration.node.insert("frontend", frontend.into());
    }
    global::map(migration);
    image::map(migration, images, &release, registry);
    scaling::map(migration, images);
    block::map(migration, images);
    block::jobs(migration);
    sower::map(migration, has("sower"));
    file::map(migration);
}

/// Names that two environments of a cluster would share: all but the first get one of their own.
fn identities(draft: &mut Draft, foreign: &Foreign, places: &[Place], notes: &mut Notes) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<usize> = (0..places.len()).collect();
    // Production keeps the name that everything of it is called by.
    order.sort_by_key(|at| places.get(*at).map(|place| std::cmp::Reverse(place.tier)));
    for at in order {
        let (Some(place), Some(environment)) = (places.get(at), foreign.environments.get(at))
        else {
            continue;
        };
        let said = environment.text(&["global", "environment"]);
        let said = said.unwrap_or(&environment.directory);
        let count = taken.entry(said.to_owned()).or_default();
        *count = count.saturating_add(1);
        if *count == 1 {
            continue;
        }
        let own = object_name(&format!("{}-{}", place.at.commons, place.at.environment));
        if let Some(node) = draft.environments.get_mut(&place.at) {
            node.set(&["identity", "environmentId"], own.as_str().into());
        }
        let message = format!(
            "another commons is called `{said}` too, and names of secrets and roles are made of it; `{own}` stands for it here"
        );
        notes.file(NoteKind::Guessed, environment.title(), message);
    }
}

/// Records the certificates that manifests name as what the stacks `dns` give.
fn certificates(draft: &mut Draft, all: &[Commons], places: &[Place]) {
    for (commons, place) in all.iter().zip(places) {
        let Some(arn) = text(&commons.manifest.node, &["global", "revproxy_arn"]) else {
            continue;
        };
        let Some(stack) = dns_stack(draft, place).filter(|_| arn.starts_with("arn:")) else {
            continue;
        };
        let mut output = Node::map();
        output.insert("sensitive", false.into());
        output.insert("type", "string".into());
        output.insert("value", arn.into());
        let mut node = Node::map();
        node.insert(OutputKind::CertificateArn.as_str(), output);
        draft.outputs.insert(stack.to_string(), node);
    }
}

fn dns_stack(draft: &Draft, place: &Place) -> Option<StackId> {
    let environment = draft.environments.get(&place.at)?;
    let name: ObjectName = text(environment, &["cluster"])?.parse().ok()?;
    let cluster = draft.clusters.get(&name)?;
    let account: ObjectName = text(cluster, &["account"])?.parse().ok()?;
    let account = draft.accounts.get(&account)?;
    let region = text(cluster, &["region"]).or_else(|| text(account, &["region"]))?;
    Some(StackId {
        account: text(account, &["id"])?.parse().ok()?,
        region: Some(region.parse().ok()?),
        kind: OutputKind::CertificateArn.stack_kind(),
        scope: StackScope::Environment(place.at.commons.clone(), place.at.environment.clone()),
    })
}

/// Services that run or do not, where the profiles would have it otherwise.
fn switches(draft: &mut Draft, running: &BTreeMap<EnvironmentRef, Images>, compiled: &Compiled) {
    for (at, contract) in &compiled.fleet.contracts().environments {
        let (Some(images), Some(node)) = (running.get(at), draft.environments.get_mut(at)) else {
            continue;
        };
        for service in &contract.services {
            let name = service.name;
            let wanted = images.services.contains(name);
            if service.enabled != wanted {
                node.set(&["services", name, "enabled"], wanted.into());
            }
        }
    }
}
