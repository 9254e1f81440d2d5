//! Fence and its neighbours: who may do what, what it tells audit, which buckets it signs for.

use std::sync::LazyLock;

use super::Subject;
use super::upload::embedded;
use super::values::Values;
use crate::contract::{BucketPurpose, QueuePurpose};
use crate::model::environment::BucketAccess;
use crate::value::{Node, yaml_write};

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let spec = &contract.spec;
    if contract.runs("indexd")
        && let Some(indexd) = &spec.indexd
    {
        let prefix = indexd.prefix.trim_end_matches('/');
        values.set(
            &["indexd", "defaultPrefix"],
            format!("{prefix}/"),
            "prefix of new identifiers",
            &["indexd.prefix"],
        );
    }
    if !contract.runs("fence") {
        return;
    }
    values.set(
        &["fence", "usersync", "usersync"],
        true,
        "permissions are read from user.yaml",
        &["users"],
    );
    if let Some(schedule) = &spec.users.schedule {
        values.set(
            &["fence", "usersync", "schedule"],
            schedule.as_str(),
            "when permissions are read",
            &["users.schedule"],
        );
    }
    if spec.users.dbgap {
        values.set(
            &["fence", "usersync", "syncFromDbgap"],
            true,
            "permissions of dbGaP",
            &["users.dbgap"],
        );
    }
    if let Some(place) = &spec.users.user_yaml {
        values.set(
            &["fence", "usersync", "userYamlS3Path"],
            place.as_str(),
            "user.yaml outside the fleet",
            &["users.userYaml"],
        );
    } else {
        values.set(
            &["fence", "usersync", "userYamlS3Path"],
            "none",
            "user.yaml stands in the values",
            &["users"],
        );
        if subject.contents.get("user-yaml").is_none() {
            values.set(
                &["fence", "USER_YAML"],
                first_user_yaml(subject),
                "first user.yaml from the administrators",
                &["users.administrators"],
            );
        }
    }
    public_config(subject, values);
}

/// The public half of fence's configuration; what content sets stays as it is.
fn public_config(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    let spec = &contract.spec;
    let given = subject.contents.get("fence-config-public");
    let mut set = |path: &[&str], value: Node, rule, inputs: &[&str]| {
        if given.is_some_and(|given| given.get(path[0]).is_some()) {
            return;
        }
        let path: Vec<&str> = ["fence", "FENCE_CONFIG_PUBLIC"]
            .iter()
            .chain(path)
            .copied()
            .collect();
        values.set(&path, value, rule, inputs);
    };
    set(
        &["BASE_URL"],
        format!("https://{}/user", spec.hostname).into(),
        "host name",
        &["hostname"],
    );
    if let Some(queue) = contract.queue(QueuePurpose::Audit) {
        let inputs = &["naming.\"queue.audit\""];
        for event in ["presigned_url", "login"] {
            set(
                &["ENABLE_AUDIT_LOGS", event],
                true.into(),
                "events that audit records",
                &[],
            );
        }
        let push = "PUSH_AUDIT_LOGS_CONFIG";
        set(&[push, "type"], "aws_sqs".into(), "audit queue", inputs);
        set(
            &[push, "aws_sqs_config", "sqs_url"],
            queue.url.as_str().into(),
            "audit queue",
            inputs,
        );
        set(
            &[push, "aws_sqs_config", "region"],
            contract.region.as_str().into(),
            "audit queue",
            inputs,
        );
    }
    let own = contract.bucket(BucketPurpose::Upload);
    let shared = spec.data_buckets.iter();
    let all = own
        .map(|bucket| bucket.name.as_str())
        .into_iter()
        .chain(shared.clone().map(|bucket| bucket.name.as_str()));
    for bucket in all {
        set(
            &["S3_BUCKETS", bucket, "cred"],
            "fence_bot".into(),
            "buckets that fence signs for",
            &["dataBuckets"],
        );
        set(
            &["S3_BUCKETS", bucket, "region"],
            contract.region.as_str().into(),
            "buckets that fence signs for",
            &["dataBuckets"],
        );
    }
    if let Some(bucket) = own {
        let writable = shared
            .filter(|bucket| bucket.access == BucketAccess::Write)
            .map(|bucket| bucket.name.as_str());
        let allowed = [bucket.name.as_str()].into_iter().chain(writable);
        set(
            &["ALLOWED_DATA_UPLOAD_BUCKETS"],
            Node::list(allowed.map(Node::from)),
            "buckets that users upload to",
            &["dataBuckets"],
        );
        set(
            &["DATA_UPLOAD_BUCKET"],
            bucket.name.as_str().into(),
            "bucket name",
            &["naming.\"bucket.upload\""],
        );
    }
}

/// The user.yaml of a commons that nobody uses yet: the administrators may do everything.
fn first_user_yaml(subject: &Subject<'_>) -> String {
    static BASE: LazyLock<Node> = LazyLock::new(|| embedded(include_str!("data/user.yaml")));
    let administrators = &subject.input.contract.spec.users.administrators;
    let mut document = BASE.clone();
    let names = administrators
        .iter()
        .map(|email| Node::string(email.as_str()));
    let mut group = Node::map();
    group.insert("name", "administrators".into());
    group.insert("policies", policies(&document));
    group.insert("users", Node::list(names));
    document.set(&["authz", "groups"], Node::list([group]));
    let mut users = Node::map();
    for email in administrators {
        users.insert(email.as_str(), Node::map());
    }
    document.insert("users", users);
    let mut text = String::new();
    yaml_write::write(&document, &mut text);
    text
}

/// The names of all policies but the one that everyone has.
fn policies(document: &Node) -> Node {
    let all = document
        .path(&["authz", "policies"])
        .map(Node::items)
        .unwrap_or_default();
    Node::list(
        all.iter()
            .filter_map(|policy| policy.get("id"))
            .filter(|id| id.text() != Some("open_data_reader"))
            .cloned(),
    )
}
