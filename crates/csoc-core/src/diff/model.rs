//! Two fleets' models side by side, and their contracts where documents do not show them.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Action;
use super::classify::{self, About};
use super::kind::ChangeKind;
use super::leaf;
use super::raw::Raw;
use super::redact;
use crate::contract::{EnvironmentContract, ServiceContract};
use crate::fleet::Fleet;
use crate::model::cluster::Scheme;
use crate::resolve::EnvironmentRef;
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Node};

/// Fields of a commons that its environments do not take over.
const OF_COMMONS: [&str; 2] = ["title", "owner"];

/// Everything that is different between two models; of objects that only one has, that it has them.
pub(super) fn compare(old: &Fleet, new: &Fleet, into: &mut Vec<Raw>) {
    let (before, after) = (&old.resolved().root, &new.resolved().root);
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
        &own(before),
        &own(after),
        &classify::other,
        into,
    );
    objects(
        "accounts",
        ChangeKind::Account,
        (before, after),
        &classify::other,
        into,
    );
    objects(
        "clusters",
        ChangeKind::Cluster,
        (before, after),
        &classify::cluster,
        into,
    );
    commons(before, after, into);
    for at in union(
        old.resolved().environments.keys(),
        new.resolved().environments.keys(),
    ) {
        environment(at, old, new, into);
    }
}

fn union<'a, T: Ord>(
    one: impl Iterator<Item = &'a T>,
    other: impl Iterator<Item = &'a T>,
) -> BTreeSet<&'a T> {
    one.chain(other).collect()
}

/// Accounts or clusters, without the layer that they are for environments.
fn objects(
    key: &str,
    kind: ChangeKind,
    (before, after): (&Node, &Node),
    about: &dyn Fn(&[Key]) -> About,
    into: &mut Vec<Raw>,
) {
    let nodes = |root: &Node| -> BTreeMap<String, Node> {
        let entries = root.get(key).map(Node::entries).unwrap_or_default();
        let own = |node: &Node| {
            let mut own = node.clone();
            own.remove("environmentDefaults");
            own
        };
        entries
            .iter()
            .map(|entry| (entry.key.to_string(), own(&entry.node)))
            .collect()
    };
    let (before, after) = (nodes(before), nodes(after));
    for name in union(before.keys(), after.keys()) {
        let object = format!("{key}.{name}");
        match (before.get(name), after.get(name)) {
            (Some(one), Some(other)) => fields(&object, &object, one, other, about, into),
            (one, _) => into.push(presence(&object, kind, one.is_some())),
        }
    }
}

/// What is said of a commons as such.
fn commons(before: &Node, after: &Node, into: &mut Vec<Raw>) {
    let names = |root: &Node| -> BTreeSet<String> {
        let entries = root.get("commons").map(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.key.to_string()).collect()
    };
    for name in names(before).intersection(&names(after)) {
        let own = |root: &Node| {
            let mut own = Node::map();
            for key in OF_COMMONS {
                if let Some(node) = root.path(&["commons", name, key]) {
                    own.insert(key, node.clone());
                }
            }
            own
        };
        let object = format!("commons.{name}");
        fields(
            &object,
            &object,
            &own(before),
            &own(after),
            &classify::other,
            into,
        );
    }
}

fn environment(at: &EnvironmentRef, old: &Fleet, new: &Fleet, into: &mut Vec<Raw>) {
    let object = at.to_string();
    let find = |fleet: &Fleet| {
        fleet
            .resolved()
            .environments
            .get(at)
            .map(|environment| environment.layers.merged.clone())
    };
    match (find(old), find(new)) {
        (Some(one), Some(other)) => {
            environments(&object, &one, &other, into);
            if let (Some(one), Some(other)) = (
                old.contracts().environments.get(at),
                new.contracts().environments.get(at),
            ) {
                contracts(&object, one, other, into);
            }
        }
        (one, _) => into.push(presence(&object, ChangeKind::Environment, one.is_some())),
    }
}

fn presence(object: &str, kind: ChangeKind, was_there: bool) -> Raw {
    let action = if was_there {
        Action::Removed
    } else {
        Action::Added
    };
    Raw::presence(object, kind, "", object, action).of_model()
}

/// Two environments of one fleet, or of two, field by field.
pub(super) fn environments(object: &str, old: &Node, new: &Node, into: &mut Vec<Raw>) {
    fields(object, object, old, new, &classify::environment, into);
}

fn fields(
    object: &str,
    prefix: &str,
    old: &Node,
    new: &Node,
    about: &dyn Fn(&[Key]) -> About,
    into: &mut Vec<Raw>,
) {
    leaf::compare(Some(old), Some(new), &mut |path, old, new| {
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
#[expect(
    clippy::too_many_lines,
    reason = "one name of the contract after the other"
)]
pub(super) fn contracts(
    object: &str,
    old: &EnvironmentContract,
    new: &EnvironmentContract,
    into: &mut Vec<Raw>,
) {
    use ChangeKind as K;
    let mut names = Names { object, into };
    let database = |of: &EnvironmentContract| {
        of.database
            .as_ref()
            .map(|database| database.identifier.clone())
    };
    let search = |of: &EnvironmentContract| of.search.as_ref().map(|search| search.domain.clone());
    let scheme = |of: &EnvironmentContract| match of.endpoint.scheme {
        Scheme::InternetFacing => "internet-facing",
        Scheme::Internal => "internal",
    };
    names.both(
        K::Name,
        "environmentId",
        "environment-id",
        &old.environment_id,
        &new.environment_id,
    );
    names.both(
        K::Name,
        "namespace",
        "namespace",
        &old.namespace,
        &new.namespace,
    );
    names.both(
        K::Name,
        "releaseName",
        "release-name",
        &old.release_name,
        &new.release_name,
    );
    names.both(
        K::Name,
        "application",
        "argocd-application",
        &old.application.name,
        &new.application.name,
    );
    names.both(
        K::Name,
        "directory",
        "directory",
        &old.application.directory,
        &new.application.directory,
    );
    names.both(K::Scheme, "", "scheme", scheme(old), scheme(new));
    names.add(
        K::Database,
        "cluster",
        "database-cluster",
        database(old).as_deref(),
        database(new).as_deref(),
    );
    names.add(
        K::Search,
        "domain",
        "search-domain",
        search(old).as_deref(),
        search(new).as_deref(),
    );
    for one in &old.services {
        if let Some(other) = new.services.iter().find(|other| other.name == one.name) {
            let word = |service: &ServiceContract| if service.enabled { "on" } else { "off" };
            names.both(
                K::Service,
                one.name,
                &format!("service.{}", one.name),
                word(one),
                word(other),
            );
        }
    }
    for one in &old.buckets {
        if let Some(other) = new.bucket(one.purpose) {
            let purpose = one.purpose.as_str();
            names.both(
                K::DataBucket,
                purpose,
                &format!("bucket.{purpose}"),
                &one.name,
                &other.name,
            );
        }
    }
    for one in &old.secrets {
        if let Some(other) = new.secret(&one.purpose) {
            names.both(
                K::Secret,
                &one.purpose,
                &format!("secret.{}", one.purpose),
                &one.name,
                &other.name,
            );
        }
    }
    for one in &old.identities {
        if let Some(other) = new
            .identities
            .iter()
            .find(|other| other.purpose == one.purpose)
        {
            let purpose = &one.purpose;
            names.both(
                K::Role,
                purpose,
                &format!("role.{purpose}"),
                &one.role_arn,
                &other.role_arn,
            );
            names.both(
                K::Trust,
                purpose,
                &format!("serviceAccount.{purpose}"),
                &one.service_account,
                &other.service_account,
            );
        }
    }
}

/// Names of one object that are different.
struct Names<'a> {
    object: &'a str,
    into: &'a mut Vec<Raw>,
}

impl Names<'_> {
    fn both(&mut self, kind: ChangeKind, subject: &str, field: &str, old: &str, new: &str) {
        self.add(kind, subject, field, Some(old), Some(new));
    }

    fn add(
        &mut self,
        kind: ChangeKind,
        subject: &str,
        field: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) {
        if old != new {
            let at = format!("{}.names.{field}", self.object);
            let text = |value: Option<&str>| value.map(str::to_owned);
            let mut raw = Raw::new(self.object, kind, subject, at, text(old), text(new));
            raw.stands_alone = kind == ChangeKind::DataBucket;
            self.into.push(raw);
        }
    }
}
