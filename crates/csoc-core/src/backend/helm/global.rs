//! `global`: the environment as every service sees it.

use super::values::Values;
use super::{Subject, ingress};
use crate::contract::Ingress;
use crate::model::environment::{DatabaseSetup, TierAccessLevel};
use crate::value::Node;

/// The region that the chart takes by itself.
pub(super) const CHART_REGION: &str = "us-east-1";

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let spec = &contract.spec;
    let mut set = |path: &[&str], value: Node, rule, inputs: &[&str]| {
        let path: Vec<&str> = ["global"].iter().chain(path).copied().collect();
        values.set(&path, value, rule, inputs);
    };
    set(&["dev"], false.into(), "never a developer's laptop", &[]);
    set(
        &["environment"],
        contract.environment_id.as_str().into(),
        "environment-id name",
        &["identity.environmentId"],
    );
    set(
        &["hostname"],
        spec.hostname.as_str().into(),
        "host name",
        &["hostname"],
    );
    if let Some(dictionary) = &spec.dictionary {
        set(
            &["dictionaryUrl"],
            dictionary.as_str().into(),
            "dictionary",
            &["dictionary"],
        );
    }
    set(
        &["publicDataSets"],
        spec.exposure.public_data.into(),
        "public data",
        &["exposure.publicData"],
    );
    let level = match spec.exposure.tier_access.level {
        TierAccessLevel::Libre => "libre",
        TierAccessLevel::Regular => "regular",
        TierAccessLevel::Private => "private",
    };
    set(
        &["tierAccessLevel"],
        level.into(),
        "tier access",
        &["exposure.tierAccess.level"],
    );
    if let Some(limit) = spec.exposure.tier_access.limit {
        set(
            &["tierAccessLimit"],
            limit.to_string().into(),
            "tier access",
            &["exposure.tierAccess.limit"],
        );
    }
    set(
        &["maintenanceMode"],
        if spec.maintenance { "on" } else { "off" }.into(),
        "maintenance",
        &["maintenance"],
    );
    set(
        &["pdb"],
        spec.disruption_budgets.into(),
        "disruption budgets",
        &["disruptionBudgets"],
    );
    for (key, text) in &spec.manifest_global {
        values.set(
            &["global", "manifestGlobalExtraValues", key.as_str()],
            text.as_str(),
            "entries of manifest-global",
            &["manifestGlobal"],
        );
    }
    resilience(subject, values);
    cloud(subject, values);
    ingress::project(subject, values);
    database(subject, values);
}

/// What keeps copies apart, and services from whom they do not need.
fn resilience(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let spec = &contract.spec;
    let mut set = |path: &[&str], value: Node, rule, inputs: &[&str]| {
        let path: Vec<&str> = ["global"].iter().chain(path).copied().collect();
        values.set(&path, value, rule, inputs);
    };
    if spec.topology_spread {
        set(
            &["topologySpread", "enabled"],
            true.into(),
            "spread over zones",
            &["topologySpread"],
        );
        // In full, so that no later default of the chart spreads otherwise.
        set(
            &["topologySpread", "maxSkew"],
            1_u32.into(),
            "spread over zones",
            &["topologySpread"],
        );
        set(
            &["topologySpread", "topologyKey"],
            "topology.kubernetes.io/zone".into(),
            "spread over zones",
            &["topologySpread"],
        );
    }
    if spec.network_policies {
        let inputs = &["networkPolicies"];
        set(
            &["netPolicy", "enabled"],
            true.into(),
            "network policies",
            inputs,
        );
        let subnets = subject.input.database_subnets.iter();
        let subnets = Node::list(subnets.map(|subnet| subnet.as_str().into()));
        let cluster = format!("/clusters.{}.network.databaseSubnets", contract.cluster);
        set(
            &["netPolicy", "dbSubnets"],
            subnets,
            "database subnets",
            &[&cluster],
        );
    }
}

/// The account and the region.
fn cloud(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let account = format!("/accounts.{}.id", contract.account);
    // This also makes the chart's ingress one of a load balancer of AWS.
    let is_aws = contract.endpoint.ingress == Ingress::Balancer;
    values.set(&["global", "aws", "enabled"], is_aws, "on AWS", &[&account]);
    values.set(
        &["global", "aws", "account"],
        contract.account_id.as_str(),
        "account",
        &[&account],
    );
    if contract.region.as_str() != CHART_REGION {
        let cluster = format!("/clusters.{}.region", contract.cluster);
        values.set(
            &["global", "aws", "region"],
            contract.region.as_str(),
            "region",
            &[&cluster],
        );
    }
}

/// Who makes the services' databases, with which credentials.
fn database(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let by_job = contract.spec.database_setup == DatabaseSetup::Job;
    values.set(
        &["global", "postgres", "dbCreate"],
        by_job,
        "who makes databases",
        &["databaseSetup"],
    );
    if let (Some(database), Some(secret)) = (&contract.database, &contract.master_secret) {
        let cluster = format!(
            "/clusters.{}.databases.{}.masterSecret",
            contract.cluster, database.name
        );
        values.set(
            &["global", "postgres", "externalSecret"],
            secret.as_str(),
            "master secret of the database cluster",
            &["database", &cluster],
        );
    }
}
