//! Variables and outputs of gen3-terraform's root `commons`: account, cluster, environment, recorded outputs.
//!
//! Nothing of the infrastructure changes hands: Terraform stays `external`, and
//! what it printed is recorded. Secret material is refused: it is named, left
//! out, and its value stands in no message and in no file.

mod outputs;
mod read;
mod target;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeSet;

use super::draft::Draft;
use super::error::ImportError;
use super::foreign::{Foreign, ForeignCluster, ForeignEnvironment};
use super::group::{Place, places, text};
use super::ledger::{LedgerUnit, Outcome};
use super::mapping::Mapping;
use super::names::{free_name, object_name};
use super::note::{NoteKind, Notes};
use super::skeleton::skeleton;
use crate::catalog::flat::{Catalog, CatalogKind};
use crate::catalog::module::ModuleFacts;
use crate::catalog::{Catalogs, Versions};
use crate::context::Context;
use crate::model::cloud::{AccountId, Region};
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, OutputType, StackId, StackKind, StackScope};
use crate::model::terraform::{Engine, GEN3_TERRAFORM};
use crate::source::SourceSet;
use crate::span::Sources;
use crate::value::Node;
use read::Root;
use target::Target;

/// The root that the variables are of.
const ROOT: &str = "github.com/uc-cdis/gen3-terraform//tf_files/aws/commons";

/// A fleet of roots, and what became of each leaf.
pub(super) fn import(
    files: &SourceSet,
    sources: &mut Sources,
    name: &ObjectName,
    mapping: &Mapping,
    notes: &mut Notes,
    context: &Context,
) -> Result<Option<(Draft, Vec<LedgerUnit>)>, ImportError> {
    let Some(roots) = read::read(files, sources, notes) else {
        return Ok(None);
    };
    context.check()?;
    let clusters = clusters(&roots);
    let (foreign, with) = foreign(&roots, &clusters);
    let places = places(&foreign, mapping);
    let mut draft = skeleton(&foreign, &places, name, notes);
    draft.published_charts();
    let facts = ModuleFacts::find(context.facts(), ROOT, None);
    let mut units = Vec::new();
    for (number, (root, cluster)) in roots.iter().zip(&clusters).enumerate() {
        let place = with.iter().position(|of| *of == number);
        let place = place.and_then(|at| places.get(at));
        units.push(one(&mut draft, root, cluster, place, facts, sources, notes));
    }
    regions(&mut draft);
    Ok(Some((draft, units)))
}

/// The region of an account is that of its clusters, where they are in one.
fn regions(draft: &mut Draft) {
    for (name, account) in &mut draft.accounts {
        let regions: BTreeSet<String> = draft
            .clusters
            .values()
            .filter(|cluster| text(cluster, &["account"]) == Some(name.as_str()))
            .filter_map(|cluster| text(cluster, &["region"]).map(str::to_owned))
            .collect();
        let mut regions = regions.into_iter();
        if let (Some(region), None) = (regions.next(), regions.next()) {
            account.insert("region", Node::string(region.as_str()));
            for cluster in draft.clusters.values_mut() {
                let is_same = text(cluster, &["account"]) == Some(name.as_str())
                    && text(cluster, &["region"]) == Some(region.as_str());
                if is_same {
                    cluster.remove("region");
                }
            }
        }
    }
}

/// The cluster of each root: what its network is called.
fn clusters(roots: &[Root]) -> Vec<ObjectName> {
    let mut taken: BTreeSet<ObjectName> = BTreeSet::new();
    let mut clusters = Vec::new();
    for root in roots {
        let own = root.directory.file_name();
        let wanted = object_name(root.text("vpc_name").or(own).unwrap_or("commons"));
        let wanted = match wanted.as_str() {
            "hub" => object_name("hub-cluster"),
            _ => wanted,
        };
        let name = free_name(&wanted, |name| taken.contains(name));
        taken.insert(name.clone());
        clusters.push(name);
    }
    clusters
}

/// The account of a root: what the ARNs say that it was given and gave.
fn account(root: &Root) -> Option<String> {
    let outputs = [
        "cluster_oidc_provider_arn",
        "opensearch_cluster_arn",
        "waf_arn",
    ];
    let arns = outputs
        .iter()
        .filter_map(|name| root.output(name)?.text())
        .chain(root.text("revproxy_arn"));
    let mut ids = arns.filter_map(|arn| arn.split(':').nth(4));
    ids.find(|id| AccountId::check(id).is_ok())
        .map(str::to_owned)
}

/// The same in the words that all layouts share, and which root each environment is of.
fn foreign(roots: &[Root], clusters: &[ObjectName]) -> (Foreign, Vec<usize>) {
    let mut foreign = Foreign::default();
    let mut with = Vec::new();
    for (number, (root, cluster)) in roots.iter().zip(clusters).enumerate() {
        let mut values = Node::map();
        if let Some(account) = account(root) {
            values.insert("accountNumber", Node::string(account));
        }
        foreign.clusters.push(ForeignCluster {
            directory: cluster.to_string(),
            values: Some(values),
            beside: Vec::new(),
        });
        let Some(host) = root.text("hostname") else {
            continue;
        };
        let mut values = Node::map();
        for (variable, to) in [
            ("hostname", "hostname"),
            ("vpc_name", "environment"),
            ("dictionary_url", "dictionaryUrl"),
        ] {
            if let Some(text) = root.text(variable) {
                values.set(&["global", to], Node::string(text));
            }
        }
        foreign.environments.push(ForeignEnvironment {
            cluster: cluster.to_string(),
            directory: host.to_owned(),
            values: Some(values),
            files: Vec::new(),
            application: None,
            beside: Vec::new(),
        });
        with.push(number);
    }
    (foreign, with)
}

fn one(
    draft: &mut Draft,
    root: &Root,
    name: &ObjectName,
    place: Option<&Place>,
    facts: Option<ModuleFacts<'_>>,
    sources: &Sources,
    notes: &mut Notes,
) -> LedgerUnit {
    let mut cluster = draft.clusters.remove(name).unwrap_or_else(Node::map);
    cluster.set(&["management", "values"], "external".into());
    engine(&mut cluster, root, notes);
    if let Some(vpc) = root.text("vpc_name")
        && vpc != name.as_str()
    {
        super::skeleton::set_typed::<ObjectName>(&mut cluster, &["vpc"], vpc);
    }
    let region = root
        .text("aws_region")
        .filter(|it| Region::check(it).is_ok());
    if let Some(region) = region {
        cluster.insert("region", Node::string(region));
    }
    let environment = place.map(|place| environment(draft, place, root, notes));
    let object = match place {
        Some(place) => place.at.to_string(),
        None => format!("clusters.{name}"),
    };
    let mut target = Target::new(root, object, cluster, environment);
    variables::map(&mut target, facts);
    outputs::map(&mut target);
    for path in &root.states {
        let reason = "a state holds secrets as they are; give what `terraform output -json` prints";
        target.unit.file(path, Outcome::Refused, "", reason);
    }
    let done = target.finish(sources);
    for (kind, value) in done.outputs {
        let stack = stack(draft, &done.cluster, name, place, kind);
        let Some(stack) = stack else { continue };
        let mut output = Node::map();
        output.insert("sensitive", false.into());
        let shape = match kind.output_type() {
            OutputType::Text => "string".into(),
            OutputType::TextList => Node::list(["list".into(), "string".into()]),
            OutputType::TextMap => Node::list(["map".into(), "string".into()]),
        };
        output.insert("type", shape);
        output.insert("value", value);
        let node = draft
            .outputs
            .entry(stack.to_string())
            .or_insert_with(Node::map);
        node.insert(kind.as_str(), output);
    }
    draft.clusters.insert(name.clone(), done.cluster);
    if let Some((place, environment)) = place.zip(done.environment) {
        draft.environments.insert(place.at.clone(), environment);
    }
    done.unit
}

/// What made the cluster makes it again, should its Terraform become the fleet's.
fn engine(cluster: &mut Node, root: &Root, notes: &mut Notes) {
    let catalogs = Catalogs::embedded().of_kind(CatalogKind::Module);
    let mut catalogs = catalogs.into_iter().map(Catalog::header);
    let known = catalogs.rfind(|header| header.name == GEN3_TERRAFORM);
    let engine = Engine::Gen3Terraform.as_str();
    cluster.set(&["terraform", "engine"], engine.into());
    if let Some(known) = known {
        let commit = known.version.as_str();
        cluster.set(&["terraform", "commit"], Node::string(commit));
        let message = format!(
            "nothing says which commit of gen3-terraform made it; `{commit}` stands for it"
        );
        notes.file(NoteKind::Guessed, root.title(), message);
    }
}

fn environment(draft: &mut Draft, place: &Place, root: &Root, notes: &mut Notes) -> Node {
    let mut node = draft
        .environments
        .remove(&place.at)
        .unwrap_or_else(Node::map);
    node.remove("application");
    node.set(&["management", "values"], "observed".into());
    node.set(&["management", "applications"], "observed".into());
    let release = Versions::embedded().release.as_str();
    node.insert("release", Node::string(release));
    let message = format!("no variable says which release runs; `{release}` stands for it");
    notes.file(NoteKind::Guessed, root.title(), message);
    node
}

/// The stack of ours that gives an output.
fn stack(
    draft: &Draft,
    cluster: &Node,
    name: &ObjectName,
    place: Option<&Place>,
    kind: OutputKind,
) -> Option<StackId> {
    let account: ObjectName = text(cluster, &["account"])?.parse().ok()?;
    let account = draft.accounts.get(&account)?;
    let region = text(cluster, &["region"]).or_else(|| text(account, &["region"]))?;
    let scope = if kind == OutputKind::CertificateArn {
        let at = &place?.at;
        StackScope::Environment(at.commons.clone(), at.environment.clone())
    } else {
        StackScope::Cluster(name.clone())
    };
    Some(StackId {
        account: text(account, &["id"])?.parse().ok()?,
        region: Some(region.parse().ok()?),
        // The one root gives what our three give.
        kind: match kind.stack_kind() {
            StackKind::Network | StackKind::Data => StackKind::Cluster,
            of => of,
        },
        scope,
    })
}
