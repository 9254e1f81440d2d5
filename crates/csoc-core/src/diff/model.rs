//! Two fleets' models side by side, and their contracts where documents do not show them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Action;
use super::classify::{self, About};
use super::kind::ChangeKind;
use super::leaf;
use super::raw::Raw;
use super::redact;
use crate::contract::EnvironmentContract;
use crate::fleet::Fleet;
use crate::resolve::EnvironmentRef;
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Node};

/// Fields of a commons that its environments do not take over.
const OF_COMMONS: [&str; 2] = ["title", "owner"];

/// Everything that is different between two models; of objects that only one has, that it has them.
pub(super) fn compare(old: &Fleet, new: &Fleet, into: &mut Vec<Raw>) {
    let (before, after) = (old.resolved(), new.resolved());
    let own = |root: &Node| {
        let mut own = root.clone();
        for key in [
            "accounts", "clusters", "commons", "defaults", "tiers", "policy",
        ] {
            own.remove(key);
        }
        own
    };
    fields(
        "fleet",
        "",
        Some(&own(&before.root)),
        Some(&own(&after.root)),
        &classify::other,
        into,
    );
    for (key, kind, about) in [
        (
            "accounts",
            ChangeKind::Account,
            classify::other as fn(&[Key]) -> About,
        ),
        ("clusters", ChangeKind::Cluster, classify::cluster),
    ] {
        let nodes = |root: &'_ Node| -> BTreeMap<String, Node> {
            let entries = root.get(key).map(Node::entries).unwrap_or_default();
            entries
                .iter()
                .map(|entry| {
                    let mut node = entry.node.clone();
                    node.remove("environmentDefaults");
                    (entry.key.to_string(), node)
                })
                .collect()
        };
        let (before, after) = (nodes(&before.root), nodes(&after.root));
        for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let object = format!("{key}.{name}");
            match (before.get(name), after.get(name)) {
                (Some(one), Some(other)) => {
                    fields(&object, &object, Some(one), Some(other), &about, into)
                }
                (one, _) => {
                    let action = if one.is_some() {
                        Action::Removed
                    } else {
                        Action::Added
                    };
                    into.push(Raw::presence(&object, kind, "", &object, action).of_model());
                }
            }
        }
    }
    for name in before
        .commons
        .keys()
        .chain(after.commons.keys())
        .collect::<BTreeSet<_>>()
    {
        let own = |root: &Node| {
            let mut own = Node::map();
            for key in OF_COMMONS {
                if let Some(node) = root.path(&["commons", name.as_str(), key]) {
                    own.insert(key, node.clone());
                }
            }
            own
        };
        if before.commons.contains_key(name) && after.commons.contains_key(name) {
            let object = format!("commons.{name}");
            fields(
                &object,
                &object,
                Some(&own(&before.root)),
                Some(&own(&after.root)),
                &classify::other,
                into,
            );
        }
    }
    let all: BTreeSet<&EnvironmentRef> = before
        .environments
        .keys()
        .chain(after.environments.keys())
        .collect();
    for at in all {
        let object = at.to_string();
        match (before.environments.get(at), after.environments.get(at)) {
            (Some(one), Some(other)) => {
                if !std::sync::Arc::ptr_eq(&one.layers.merged, &other.layers.merged) {
                    fields(
                        &object,
                        &object,
                        Some(&one.layers.merged),
                        Some(&other.layers.merged),
                        &classify::environment,
                        into,
                    );
                }
                if let (Some(one), Some(other)) = (
                    old.contracts().environments.get(at),
                    new.contracts().environments.get(at),
                ) {
                    contracts(&object, one, other, into);
                }
            }
            (one, _) => {
                let action = if one.is_some() {
                    Action::Removed
                } else {
                    Action::Added
                };
                into.push(
                    Raw::presence(&object, ChangeKind::Environment, "", &object, action).of_model(),
                );
            }
        }
    }
}

/// Two environments of one fleet, or of two, field by field.
pub(super) fn environments(object: &str, old: &Node, new: &Node, into: &mut Vec<Raw>) {
    fields(
        object,
        object,
        Some(old),
        Some(new),
        &classify::environment,
        into,
    );
}

fn fields(
    object: &str,
    prefix: &str,
    old: Option<&Node>,
    new: Option<&Node>,
    about: &dyn Fn(&[Key]) -> About,
    into: &mut Vec<Raw>,
) {
    leaf::compare(old, new, &mut |path, old, new| {
        let mut at: ModelPath = prefix.parse().unwrap_or_default();
        for key in path {
            match key
                .as_str()
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                Some(identity) => at.push(Step::Item(Some(Key::from(identity)))),
                None => at.push(Step::Key(key.clone())),
            }
        }
        let key = path.last().map_or("", |key| key.as_str());
        let (old, new) = leaf::show_both(old, new);
        let shown = |text: Option<String>| text.map(|text| redact::shown(key, text));
        let (kind, subject) = about(path);
        let (old, new) = match kind {
            // That nothing is said of a service does not tell whether it runs: the contract does.
            ChangeKind::Service => {
                let word = |text: Option<String>| {
                    text.map(|text| if text == "true" { "on" } else { "off" }.to_owned())
                };
                (word(shown(old)), word(shown(new)))
            }
            _ => (shown(old), shown(new)),
        };
        into.push(Raw::new(object, kind, subject, at.to_string(), old, new).of_model());
    });
}

/// Names that the linker derives: they may change although no field of the environment does.
pub(super) fn contracts(
    object: &str,
    old: &EnvironmentContract,
    new: &EnvironmentContract,
    into: &mut Vec<Raw>,
) {
    use ChangeKind as K;
    let mut name = |kind, subject: &str, field: &str, old: Option<&str>, new: Option<&str>| {
        if old != new {
            let at = format!("{object}.names.{field}");
            let text = |value: Option<&str>| value.map(str::to_owned);
            let mut raw = Raw::new(object, kind, subject, at, text(old), text(new));
            raw.stands_alone = kind == K::DataBucket;
            into.push(raw);
        }
    };
    name(
        K::Name,
        "environmentId",
        "environment-id",
        Some(&old.environment_id),
        Some(&new.environment_id),
    );
    name(
        K::Name,
        "namespace",
        "namespace",
        Some(&old.namespace),
        Some(&new.namespace),
    );
    name(
        K::Name,
        "releaseName",
        "release-name",
        Some(&old.release_name),
        Some(&new.release_name),
    );
    name(
        K::Name,
        "application",
        "argocd-application",
        Some(&old.application.name),
        Some(&new.application.name),
    );
    name(
        K::Name,
        "directory",
        "directory",
        Some(&old.application.directory),
        Some(&new.application.directory),
    );
    let database = |of: &EnvironmentContract| {
        of.database
            .as_ref()
            .map(|database| database.identifier.clone())
    };
    name(
        K::Database,
        "cluster",
        "database-cluster",
        database(old).as_deref(),
        database(new).as_deref(),
    );
    let search = |of: &EnvironmentContract| of.search.as_ref().map(|search| search.domain.clone());
    name(
        K::Search,
        "domain",
        "search-domain",
        search(old).as_deref(),
        search(new).as_deref(),
    );
    let scheme = |of: &EnvironmentContract| format!("{:?}", of.endpoint.scheme);
    name(
        K::Scheme,
        "",
        "scheme",
        Some(&scheme(old)),
        Some(&scheme(new)),
    );
    for one in &old.services {
        let enabled = new
            .services
            .iter()
            .find(|other| other.name == one.name)
            .map(|other| other.enabled);
        let word = |on: bool| if on { "on" } else { "off" };
        name(
            K::Service,
            one.name,
            &format!("service.{}", one.name),
            Some(word(one.enabled)),
            enabled.map(word),
        );
    }
    for one in &old.buckets {
        if let Some(other) = new.bucket(one.purpose) {
            let purpose = one.purpose.as_str();
            name(
                K::DataBucket,
                purpose,
                &format!("bucket.{purpose}"),
                Some(&one.name),
                Some(&other.name),
            );
        }
    }
    for one in &old.secrets {
        if let Some(other) = new.secret(&one.purpose) {
            name(
                K::Secret,
                &one.purpose,
                &format!("secret.{}", one.purpose),
                Some(&one.name),
                Some(&other.name),
            );
        }
    }
    for one in &old.identities {
        if let Some(other) = new
            .identities
            .iter()
            .find(|other| other.purpose == one.purpose)
        {
            name(
                K::Role,
                &one.purpose,
                &format!("role.{}", one.purpose),
                Some(&one.role_arn),
                Some(&other.role_arn),
            );
            name(
                K::Trust,
                &one.purpose,
                &format!("serviceAccount.{}", one.purpose),
                Some(&one.service_account),
                Some(&other.service_account),
            );
        }
    }
}
