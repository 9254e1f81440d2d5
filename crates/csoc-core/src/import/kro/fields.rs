//! What of a spoke the model has fields for: its account, its network, versions, where charts come from.

use std::collections::BTreeMap;

use super::read::{Repository, Spoke, VARIABLES};
use crate::import::draft::Draft;
use crate::import::group::text;
use crate::import::note::{NoteKind, Notes};
use crate::import::skeleton::set_typed;
use crate::model::cloud::{AccountId, Region};
use crate::model::name::{KubernetesName, ObjectName};
use crate::model::network::{Cidr, Hostname, RepositoryUrl};
use crate::model::version::{Revision, Version};
use crate::value::Node;

/// The account where nothing says one.
const NO_ACCOUNT: &str = "000000000000";
/// The region where nothing says another one.
const REGION: &str = "us-east-1";

/// Fills in what is known of spokes, and of the fleet as their hub.
pub(super) fn add(draft: &mut Draft, repository: &Repository, notes: &mut Notes) {
    let variables = repository.variables.as_ref();
    if let Some(part) = variables {
        draft.fleet.insert("kro", Node::map());
        if part.path == VARIABLES[1] {
            let message =
                "the variables themselves are not here; what the example says stands for them";
            notes.file(NoteKind::Guessed, &part.path, message);
        }
    }
    let rows = variables.and_then(|part| part.node.get("spokes"));
    let rows = rows.map(Node::items).unwrap_or_default();
    draft.accounts.clear();
    let mut accounts: BTreeMap<String, ObjectName> = BTreeMap::new();
    for spoke in &repository.spokes {
        let Ok(name) = spoke.alias.parse::<ObjectName>() else {
            continue;
        };
        let row = rows
            .iter()
            .find(|row| text(row, &["alias"]) == Some(&spoke.alias));
        let node = cluster(draft, spoke, row, &name, &mut accounts, notes);
        draft.clusters.insert(name, node);
    }
    for row in rows {
        let alias = text(row, &["alias"]).unwrap_or_default();
        if !repository.spokes.iter().any(|spoke| spoke.alias == alias) {
            let message =
                format!("`{alias}` has no directory of its own; it stays a raw value of the hub");
            let path = variables.map(|part| part.path.as_path());
            notes.file(NoteKind::Odd, path.unwrap_or("".into()), message);
        }
    }
    origins(draft, repository, notes);
}

fn cluster(
    draft: &mut Draft,
    spoke: &Spoke,
    row: Option<&Node>,
    name: &ObjectName,
    accounts: &mut BTreeMap<String, ObjectName>,
    notes: &mut Notes,
) -> Node {
    let values = &spoke.infrastructure.node;
    let provider = |key: &str| row.and_then(|row| text(row, &["provider", key]));
    let id = provider("account_id").filter(|id| AccountId::check(id).is_ok());
    let id = id.unwrap_or_else(|| {
        let message = format!("nothing says which account it is in; `{NO_ACCOUNT}` stands for it");
        notes.file(NoteKind::Guessed, &spoke.infrastructure.path, message);
        NO_ACCOUNT
    });
    let region = [
        text(values, &["global", "aws", "region"]),
        provider("region"),
    ];
    let mut region = region.into_iter().flatten();
    let region = region.find(|region| Region::check(region).is_ok());
    let region = region.unwrap_or(REGION);
    let account = accounts.entry(id.to_owned()).or_insert_with(|| {
        let mut node = Node::map();
        node.insert("provider", "aws".into());
        node.insert("id", Node::string(id));
        node.insert("region", region.into());
        if let Some(zone) = text(values, &["data", "domainSecurity", "hostedZoneName"]) {
            set_typed::<Hostname>(&mut node, &["domain"], zone);
        }
        node.set(&["management", "terraform"], "external".into());
        draft.accounts.insert(name.clone(), node);
        name.clone()
    });
    let mut node = Node::map();
    node.insert("account", account.as_str().into());
    let of_account = draft.accounts.get(account);
    if of_account.and_then(|node| text(node, &["region"])) != Some(region) {
        node.insert("region", region.into());
    }
    if let Some(version) = text(values, &["data", "compute", "kubernetesVersion"]) {
        set_typed::<Version>(&mut node, &["version"], version);
    }
    if let Some(project) = text(values, &["data", "platformHelm", "project"]) {
        set_typed::<ObjectName>(&mut node, &["project"], project);
    }
    if let Some(cidr) = text(values, &["data", "network", "vpcCidr"]) {
        set_typed::<Cidr>(&mut node, &["network", "cidr"], cidr);
    }
    if let Some(version) = text(values, &["data", "database", "auroraEngineVersion"]) {
        set_typed::<Version>(&mut node, &["databases", "main", "version"], version);
    }
    let search = ["data", "compute", "openSearchDomain", "engineVersion"];
    if let Some(version) = text(values, &search)
        && let Some(version) = version.strip_prefix("OpenSearch_")
    {
        set_typed::<Version>(&mut node, &["search", "main", "version"], version);
    }
    let own = text(values, &["global", "name"]).unwrap_or("gen3");
    if !set_typed::<KubernetesName>(&mut node, &["kro", "name"], own) {
        node.set(&["kro", "name"], "gen3".into());
    }
    if let Some(profile) = provider("aws_profile") {
        node.set(&["kro", "profile"], Node::string(profile));
    }
    if row.and_then(|row| text(row, &["enabled"])) == Some("false") {
        node.set(&["kro", "enabled"], false.into());
    }
    node.set(&["management", "terraform"], "external".into());
    node.set(&["management", "values"], "observed".into());
    node.set(&["management", "applications"], "external".into());
    node
}

/// Where charts and values come from: what spokes say, else the hub's chart, else ours.
fn origins(draft: &mut Draft, repository: &Repository, notes: &mut Notes) {
    let said = |instance: &str, key: &str| {
        let path = ["instances", instance, "spec", key];
        let spokes = repository
            .spokes
            .iter()
            .map(|spoke| &spoke.infrastructure.node);
        let defaults = repository.defaults.iter().map(|part| &part.node);
        spokes
            .chain(defaults)
            .find_map(|node| text(node, &path))
            .map(str::to_owned)
    };
    for (chart, instance) in [
        ("gen3", "appHelm"),
        ("clusterLevelResources", "platformHelm"),
    ] {
        let repository = said(instance, "helmChartRepoURL").unwrap_or_default();
        let is_said = set_typed::<RepositoryUrl>(
            &mut draft.fleet,
            &["charts", chart, "repository"],
            &repository,
        );
        if is_said {
            if let Some(path) = said(instance, "helmChartPath") {
                draft
                    .fleet
                    .set(&["charts", chart, "path"], Node::string(path));
            }
            let revision = said(instance, "helmChartTargetRevision").unwrap_or_default();
            if !set_typed::<Revision>(&mut draft.fleet, &["charts", chart, "revision"], &revision) {
                draft
                    .fleet
                    .set(&["charts", chart, "revision"], "main".into());
            }
        } else {
            let message = format!(
                "nothing says where the chart of `{instance}` comes from; the published one stands for it"
            );
            notes.file(NoteKind::Guessed, "fleet.yaml", message);
            draft.published_chart(chart);
        }
    }
    let repository = said("appHelm", "valuesRepoURL").unwrap_or_default();
    if !set_typed::<RepositoryUrl>(&mut draft.fleet, &["gitops", "repository"], &repository) {
        let usual = "https://github.com/indiana-university/gen3-kro";
        let message = format!("nothing says where values come from; `{usual}` stands for it");
        notes.file(NoteKind::Guessed, "fleet.yaml", message);
        draft.fleet.set(&["gitops", "repository"], usual.into());
    }
    let revision = said("appHelm", "valuesRevision").unwrap_or_default();
    if !set_typed::<Revision>(&mut draft.fleet, &["gitops", "revision"], &revision) {
        draft.fleet.set(&["gitops", "revision"], "main".into());
    }
}
