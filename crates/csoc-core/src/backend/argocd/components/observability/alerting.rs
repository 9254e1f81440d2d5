//! Who is told of alerts: the topic of alarms of the keeper's region, which writes to people.

use super::keeper::Keeper;
use super::{map, yaml};
use crate::value::Node;

/// The receiver of what somebody must look at.
const TOPIC: &str = "topic";
/// The receiver of what only dashboards show.
const NOBODY: &str = "nobody";
/// The labels of alerts that messages carry: receivers of an account are told of its alerts only.
const ATTRIBUTES: [&str; 2] = ["account", "severity"];

/// The text of a message.
const MESSAGE: &str = "\
{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}
{{ range .Labels.SortedPairs }}  {{ .Name }}: {{ .Value }}
{{ end }}  since: {{ .StartsAt }}
  what to do: {{ .Annotations.runbook }}

{{ end }}";

/// The configuration of the Alertmanager of every tenant.
pub(super) fn configuration(keeper: &Keeper<'_>) -> String {
    let texts = |names: &[&'static str]| Node::list(names.iter().map(|name| Node::from(*name)));
    let told = |matcher: &'static str, repeat: &'static str| {
        map([
            ("receiver", TOPIC.into()),
            ("matchers", texts(&[matcher])),
            ("repeat_interval", repeat.into()),
        ])
    };
    let route = map([
        ("receiver", NOBODY.into()),
        (
            "group_by",
            texts(&[
                "alertname",
                "account",
                "cluster",
                "commons",
                "environment",
                "severity",
            ]),
        ),
        ("group_wait", "30s".into()),
        ("group_interval", "5m".into()),
        ("repeat_interval", "24h".into()),
        (
            "routes",
            Node::list([
                told("severity=\"critical\"", "4h"),
                told("severity=\"warning\"", "24h"),
            ]),
        ),
    ]);
    // Where nothing is observed, what else is missing there is a consequence.
    let quiet = map([
        ("source_matchers", texts(&["alertname=\"NotObserved\""])),
        ("target_matchers", texts(&["alertname!=\"NotObserved\""])),
        ("equal", texts(&["commons", "environment"])),
    ]);
    let attributes =
        ATTRIBUTES.map(|name| (name, format!("{{{{ .CommonLabels.{name} }}}}").into()));
    let sns = map([
        ("topic_arn", keeper.contract.topic().into()),
        (
            "sigv4",
            map([("region", keeper.cluster.region.as_str().into())]),
        ),
        ("send_resolved", true.into()),
        (
            "subject",
            "{{ .Status }}: {{ .CommonLabels.alertname }} {{ .CommonLabels.commons }} {{ .CommonLabels.environment }}"
                .into(),
        ),
        ("message", MESSAGE.into()),
        ("attributes", map(attributes)),
    ]);
    yaml(&map([
        ("route", route),
        ("inhibit_rules", Node::list([quiet])),
        (
            "receivers",
            Node::list([
                map([("name", NOBODY.into())]),
                map([("name", TOPIC.into()), ("sns_configs", Node::list([sns]))]),
            ]),
        ),
    ]))
}
