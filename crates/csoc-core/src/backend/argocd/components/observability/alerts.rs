//! The rules that Mimir evaluates: a group for each environment, and for each cluster.

use super::keeper::Keeper;
use super::{PLATFORM, map};
use crate::catalog::{AlertCatalog, AlertFacts, AlertSeverity};
use crate::contract::{ClusterContract, EnvironmentContract, matters};
use crate::model::Tier;
use crate::value::{Key, Node};

/// The rules of a keeper: the tenant, the name of the object that holds them, and they.
pub(super) fn rules(keeper: &Keeper<'_>) -> Vec<(String, String, Node)> {
    let commons = keeper.tenants.iter().map(|(commons, environments)| {
        let groups = environments.iter().map(|it| of_environment(it));
        (
            (*commons).to_owned(),
            format!("rules-{commons}"),
            file(groups),
        )
    });
    let platform = (
        PLATFORM.to_owned(),
        "platform-rules".to_owned(),
        file(keeper.clusters.iter().map(|cluster| of_cluster(cluster))),
    );
    commons.chain([platform]).collect()
}

fn file(groups: impl Iterator<Item = Node>) -> Node {
    map([("groups", Node::list(groups))])
}

fn of_environment(environment: &EnvironmentContract) -> Node {
    let at = &environment.at;
    let tier = environment.spec.tier;
    let labels = [
        ("account", environment.account.as_str()),
        ("cluster", environment.cluster.as_str()),
        ("commons", at.commons.as_str()),
        ("environment", at.environment.as_str()),
        ("tier", tier.as_str()),
    ];
    let names = [
        ("cluster", environment.cluster.as_str()),
        ("namespace", environment.namespace.as_str()),
        ("hostname", environment.spec.hostname.as_str()),
    ];
    let facts = &AlertCatalog::embedded().environment;
    group(
        format!("{}-{}", at.commons, at.environment),
        facts,
        tier,
        &labels,
        &names,
    )
}

fn of_cluster(cluster: &ClusterContract) -> Node {
    let name = cluster.name.as_str();
    let tier = cluster.eks.as_ref().and_then(|eks| eks.tier);
    let labels = [("account", cluster.account.as_str()), ("cluster", name)];
    group(
        name.to_owned(),
        &AlertCatalog::embedded().cluster,
        tier.unwrap_or(Tier::Dev),
        &labels,
        &[("cluster", name)],
    )
}

fn group(
    name: String,
    facts: &[AlertFacts],
    tier: Tier,
    labels: &[(&'static str, &str)],
    names: &[(&str, &str)],
) -> Node {
    let rules = facts.iter().map(|facts| rule(facts, tier, labels, names));
    map([("name", name.into()), ("rules", Node::list(rules))])
}

fn rule(
    facts: &AlertFacts,
    tier: Tier,
    labels: &[(&'static str, &str)],
    names: &[(&str, &str)],
) -> Node {
    let of_tier = |choice: &crate::catalog::ByTier| {
        if tier == Tier::Prod {
            choice.prod.clone()
        } else {
            choice.other.clone()
        }
    };
    let limit = facts.limit.as_ref().map(of_tier);
    let fill = |text: &str| {
        let mut text = text.to_owned();
        for (name, value) in names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        match &limit {
            Some(limit) => text.replace("{limit}", limit),
            None => text,
        }
    };
    let mut all = Node::map();
    for (name, value) in labels {
        all.insert(Key::fixed(name), (*value).into());
    }
    all.insert("severity", severity(facts.severity, tier).into());
    map([
        ("alert", facts.alert.as_str().into()),
        ("expr", fill(&facts.expression).into()),
        ("for", of_tier(&facts.lasts).into()),
        ("labels", all),
        (
            "annotations",
            map([
                ("summary", fill(&facts.summary).into()),
                ("runbook", fill(&facts.runbook).into()),
            ]),
        ),
    ])
}

/// How much an alert matters in a tier: nobody is woken for staging, and nobody is told of what is below it.
fn severity(severity: AlertSeverity, tier: Tier) -> &'static str {
    match (tier, severity) {
        (Tier::Prod, AlertSeverity::Critical) => "critical",
        _ if matters(Some(tier)) => "warning",
        _ => "info",
    }
}
