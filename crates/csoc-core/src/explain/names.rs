//! Derived names: the rule's pattern, where it was set, and what its variables stand for.

use std::collections::BTreeMap;

use super::explanation::{Explanation, Input, RuleUse};
use super::model::{place, written};
use super::{ExplainError, Place, unknown};
use crate::fleet::Fleet;
use crate::model::name::ObjectName;
use crate::naming::{NameKind, Names, Variable};
use crate::resolve::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment};
use crate::value::path::ModelPath;
use crate::value::{Node, yaml_read};

/// Whose names.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// Those of an environment.
    Environment(&'a EnvironmentRef, &'a ResolvedEnvironment),
    /// Those that a cluster's environments share.
    Cluster(&'a ObjectName, &'a ResolvedCluster),
}

impl Owner<'_> {
    fn names(&self) -> &Names {
        match self {
            Self::Environment(_, environment) => &environment.names,
            Self::Cluster(_, cluster) => &cluster.names,
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Environment(at, _) => at.to_string(),
            Self::Cluster(name, _) => format!("clusters.{name}"),
        }
    }

    fn cluster(&self) -> &ObjectName {
        match self {
            Self::Environment(_, environment) => &environment.spec.cluster,
            Self::Cluster(name, _) => name,
        }
    }
}

/// Explains `names`, `names.KIND` or `names.KIND.PURPOSE`.
pub(super) fn explain(
    fleet: &Fleet,
    owner: Owner<'_>,
    path: &ModelPath,
    keys: &[&str],
) -> Result<Explanation, ExplainError> {
    let used = used(fleet, owner);
    let Some((kind_text, purposes)) = keys.split_first() else {
        return Ok(Explanation::new(path, Some(all(&used))).note("every name that is derived"));
    };
    let Some((kind, found)) = used.iter().find(|(kind, _)| kind.as_str() == *kind_text) else {
        let known = used.keys().map(|kind| kind.as_str().to_owned());
        return Err(unknown(path, path.steps().len() - keys.len(), known));
    };
    let purpose = purposes.join(".");
    match found.get(purpose.as_str()) {
        Some(name) => {
            let purpose = (!purpose.is_empty()).then_some(purpose.as_str());
            let mut explanation = derive(fleet, owner, path, *kind, purpose)?;
            if explanation.value.as_ref().and_then(Node::text) != Some(name) {
                explanation
                    .notes
                    .push("the model names it itself, so the rule does not count".to_owned());
                explanation.value = Some(Node::string(name.as_str()));
            }
            Ok(explanation)
        }
        None if purpose.is_empty() => {
            let mut map = Node::map();
            for (purpose, name) in found {
                map.insert(purpose.as_str(), Node::string(name.as_str()));
            }
            Ok(Explanation::new(path, Some(map)).note(format!(
                "every name of the rule `{kind_text}`, by what it is for"
            )))
        }
        None => Err(unknown(
            path,
            path.steps().len() - purposes.len(),
            found.keys().cloned(),
        )),
    }
}

/// Applies a rule, and says how.
pub(super) fn derive(
    fleet: &Fleet,
    owner: Owner<'_>,
    path: &ModelPath,
    kind: NameKind,
    purpose: Option<&str>,
) -> Result<Explanation, ExplainError> {
    let names = owner.names();
    let (name, rule) = names.rule(kind, purpose);
    let rendered = rule.render(&names.variables, purpose).map_err(|variable| {
        ExplainError::Syntax(format!(
            "the naming rule `{name}` uses `{{{}}}`, which has no value here",
            variable.as_str()
        ))
    })?;
    let mut inputs: Vec<Input> = Vec::new();
    for variable in rule.pattern.variables() {
        if inputs.iter().all(|input| input.name != variable.as_str()) {
            inputs.push(input(fleet, owner, variable, purpose));
        }
    }
    let mut explanation = Explanation::new(path, Some(Node::string(rendered.text.as_str())));
    explanation.rule = Some(RuleUse {
        place: rule_place(fleet, owner, name),
        name: name.to_owned(),
        pattern: Some(rule.pattern.to_string()),
        inputs,
        full: rendered.full,
        limit: Some(kind.limit()),
    });
    Ok(explanation)
}

/// What a variable stands for, and where that is written.
fn input(fleet: &Fleet, owner: Owner<'_>, variable: Variable, purpose: Option<&str>) -> Input {
    let cluster = owner.cluster();
    let object = owner.path();
    let account = fleet
        .resolved()
        .cluster(cluster.as_str())
        .map(|cluster| cluster.spec.account.to_string())
        .unwrap_or_default();
    let own_region = format!("clusters.{cluster}.region");
    let path = match variable {
        Variable::Organization => match fleet.spec().organization {
            Some(_) => "organization.name".to_owned(),
            None => "name".to_owned(),
        },
        Variable::Account => format!("clusters.{cluster}.account"),
        Variable::AccountId => format!("accounts.{account}.id"),
        Variable::Region | Variable::Partition => {
            let own: Option<ModelPath> = own_region.parse().ok();
            match own.and_then(|path| written(fleet, &path)) {
                Some(_) => own_region,
                None => format!("accounts.{account}.region"),
            }
        }
        Variable::Cluster => match owner {
            Owner::Environment(..) => format!("{object}.cluster"),
            Owner::Cluster(..) => object,
        },
        Variable::Vpc => match fleet.resolved().cluster(cluster.as_str()) {
            Some(found) if found.spec.vpc.is_some() => format!("clusters.{cluster}.vpc"),
            _ => format!("clusters.{cluster}"),
        },
        Variable::Commons => object
            .split(".environments.")
            .next()
            .unwrap_or_default()
            .to_owned(),
        Variable::Environment => object,
        Variable::EnvironmentId => format!("{object}.names.environment-id"),
        Variable::Namespace => format!("{object}.names.namespace"),
        Variable::ReleaseName => format!("{object}.names.release-name"),
        Variable::Tier => format!("{object}.tier"),
        Variable::Hostname => format!("{object}.hostname"),
        Variable::Service => String::new(),
    };
    let value = match variable {
        Variable::Service => purpose,
        variable => owner.names().variables.get(variable),
    };
    let place = path
        .parse()
        .ok()
        .filter(|_| !path.is_empty())
        .and_then(|path| written(fleet, &path))
        .and_then(|(_, place)| place);
    Input {
        name: variable.as_str().to_owned(),
        path: (!path.is_empty()).then_some(path),
        value: value.map(str::to_owned),
        place,
    }
}

/// Where the pattern of a rule was set: the nearest layer that has it.
fn rule_place(fleet: &Fleet, owner: Owner<'_>, rule: &str) -> Option<Place> {
    let resolved = fleet.resolved();
    let cluster = owner.cluster();
    let account = &resolved.cluster(cluster.as_str())?.spec.account;
    let of_environment = match owner {
        // The directories of two environments with one host are named apart because of this field.
        Owner::Environment(_, environment) if environment.names_apart(rule) => {
            environment.layers.merged.get("cutover")
        }
        Owner::Environment(_, environment) => environment.layers.merged.path(&["naming", rule]),
        Owner::Cluster(..) => None,
    };
    let root = &resolved.root;
    let found = of_environment
        .or_else(|| root.path(&["clusters", cluster.as_str(), "naming", rule]))
        .or_else(|| root.path(&["accounts", account.as_str(), "naming", rule]))
        .or_else(|| root.path(&["naming", rule]));
    if let Some(node) = found {
        return node.span().map(|span| place(fleet, span));
    }
    let (id, edition) = resolved
        .loaded
        .sources
        .iter()
        .find(|(_, file)| file.path().as_str().starts_with("edition "))?;
    let (node, _) = yaml_read::read(edition.text(), id, &yaml_read::Limits::default());
    let span = node?.path(&["naming", rule])?.span()?;
    Some(place(fleet, span))
}

/// Every name that the contracts hold, by kind and purpose; the purpose is empty where a kind has one name.
fn used(fleet: &Fleet, owner: Owner<'_>) -> BTreeMap<NameKind, BTreeMap<String, String>> {
    let mut used: BTreeMap<NameKind, BTreeMap<String, String>> = BTreeMap::new();
    let mut add = |kind, purpose: &str, name: &str| {
        used.entry(kind)
            .or_default()
            .insert(purpose.to_owned(), name.to_owned());
    };
    let contracts = fleet.contracts();
    match owner {
        Owner::Environment(at, environment) => {
            for (kind, variable) in [
                (NameKind::EnvironmentId, Variable::EnvironmentId),
                (NameKind::Namespace, Variable::Namespace),
                (NameKind::ReleaseName, Variable::ReleaseName),
            ] {
                if let Some(name) = environment.names.variables.get(variable) {
                    add(kind, "", name);
                }
            }
            let Some(contract) = contracts.environments.get(at) else {
                return used;
            };
            add(NameKind::Application, "", &contract.application.name);
            add(NameKind::Directory, "", &contract.application.directory);
            add(NameKind::JupyterNamespace, "", &contract.jupyter_namespace);
            for identity in &contract.identities {
                add(NameKind::Role, &identity.purpose, &identity.role);
            }
            for secret in &contract.secrets {
                add(NameKind::Secret, &secret.purpose, &secret.name);
            }
            for bucket in &contract.buckets {
                add(NameKind::Bucket, bucket.purpose.as_str(), &bucket.name);
            }
            for queue in &contract.queues {
                add(NameKind::Queue, queue.purpose.as_str(), &queue.name);
            }
            let lists = contracts
                .clusters
                .get(&contract.cluster)
                .into_iter()
                .flat_map(|cluster| &cluster.load_balancers)
                .filter_map(|balancer| balancer.web_acl.as_ref())
                .flat_map(|acl| &acl.allow_lists)
                .filter(|list| list.guarded.environment() == Some(at));
            for list in lists {
                add(NameKind::IpSet, "v4", &list.ip_set_v4);
                add(NameKind::IpSet, "v6", &list.ip_set_v6);
            }
        }
        Owner::Cluster(name, _) => {
            let Some(contract) = contracts.clusters.get(name) else {
                return used;
            };
            for balancer in &contract.load_balancers {
                add(
                    NameKind::IngressGroup,
                    balancer.name.as_str(),
                    &balancer.group,
                );
                if let Some(acl) = &balancer.web_acl {
                    add(NameKind::WebAcl, balancer.name.as_str(), &acl.name);
                }
            }
            for database in &contract.databases {
                let purpose = database.name.as_str();
                add(NameKind::DatabaseCluster, purpose, &database.identifier);
                let purpose = format!("{purpose}-database");
                add(NameKind::ClusterSecret, &purpose, &database.master_secret);
            }
            for search in &contract.search {
                add(NameKind::SearchDomain, search.name.as_str(), &search.domain);
            }
            if let Some(eks) = &contract.eks {
                for role in &eks.roles {
                    add(NameKind::ClusterRole, role.purpose.as_str(), &role.role);
                }
                if let Some(queue) = &eks.queue {
                    add(NameKind::ClusterQueue, "karpenter", queue);
                }
                let delivery = eks.delivery.as_ref();
                if let Some(credential) = delivery.and_then(|it| it.credential.as_ref()) {
                    let purpose = crate::contract::CredentialContract::NAME;
                    add(NameKind::ClusterSecret, purpose, &credential.secret);
                }
                if let Some(secret) = &eks.telemetry {
                    let purpose = crate::contract::TELEMETRY_SECRET;
                    add(NameKind::ClusterSecret, purpose, secret);
                }
                if let Some(vault) = &eks.vault {
                    add(NameKind::BackupVault, "databases", vault);
                }
            }
        }
    }
    used
}

fn all(used: &BTreeMap<NameKind, BTreeMap<String, String>>) -> Node {
    let mut map = Node::map();
    for (kind, names) in used {
        for (purpose, name) in names {
            if purpose.is_empty() {
                map.insert(kind.as_str(), Node::string(name.as_str()));
            } else {
                map.set(
                    &[kind.as_str(), purpose.as_str()],
                    Node::string(name.as_str()),
                );
            }
        }
    }
    map
}
