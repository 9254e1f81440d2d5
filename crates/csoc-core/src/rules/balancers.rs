//! Load balancers that several ingresses make together, and what all of those must say alike.

use std::collections::BTreeMap;

use super::context::FleetContext;
use crate::catalog::Catalogs;
use crate::contract::{EnvironmentContract, Ingress};
use crate::diagnostic::Diagnostics;
use crate::gitops::flag_of;
use crate::model::Lifecycle;
use crate::model::cluster::Scheme;
use crate::resolve::EnvironmentRef;
use crate::value::{Kind, Node};

/// How the controller's annotations start.
const PREFIX: &str = "alb.ingress.kubernetes.io/";
/// Where the annotations of the chart's ingress stand in its values.
const ANNOTATIONS: [&str; 3] = ["revproxy", "ingress", "annotations"];
/// Whether there is a web ACL.
pub(super) const WEB_ACL_ON: [&str; 4] = ["global", "aws", "wafv2", "enabled"];
/// Where the web ACL stands.
pub(super) const WEB_ACL: [&str; 4] = ["global", "aws", "wafv2", "wafAclArn"];
/// The group that an ingress is of, as its annotation, as values of the chart, and as the chart else takes it.
const GROUP: [&[&str]; 3] = [
    &[
        "revproxy",
        "ingress",
        "annotations",
        "alb.ingress.kubernetes.io/group.name",
    ],
    &["revproxy", "ingress", "aws", "group"],
    &["global", "environment"],
];

/// Something that is one for a load balancer, whichever ingress says it.
struct Setting {
    /// The annotation.
    annotation: &'static str,
    /// How its text is read.
    form: Form,
    /// Where the chart takes it from, if it has values for it.
    value: Option<ChartValue>,
}

/// How an annotation's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it stands.
    Text,
    /// A list with commas, in any order.
    List,
    /// `key=value` with commas: only what both name must be the same.
    Map,
}

/// A value of the chart that becomes an annotation.
struct ChartValue {
    path: &'static [&'static str],
    /// What must be on for that.
    gate: Option<&'static [&'static str]>,
    unsaid: Unsaid,
}

/// What it means that values say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unsaid {
    /// The chart's default is written.
    Default,
    /// Nothing is written. The controller takes what another says for all, which somebody then did not ask for.
    Missing,
}

/// A setting that the chart has no values for.
const fn annotation(annotation: &'static str, form: Form) -> Setting {
    Setting {
        annotation,
        form,
        value: None,
    }
}

/// A setting that the chart writes.
const fn charted(annotation: &'static str, value: ChartValue) -> Setting {
    Setting {
        annotation,
        form: Form::Text,
        value: Some(value),
    }
}

/// What the load balancer controller takes once for all ingresses of a group. Where two say it differently, it leaves
/// the whole group as it is. The values of `tags` are those of the load balancer, too.
static SETTINGS: [Setting; 25] = [
    charted(
        "alb.ingress.kubernetes.io/scheme",
        ChartValue {
            path: &["global", "aws", "scheme"],
            gate: None,
            unsaid: Unsaid::Default,
        },
    ),
    charted(
        "alb.ingress.kubernetes.io/ssl-policy",
        ChartValue {
            path: &["revproxy", "ingress", "aws", "sslPolicy"],
            gate: None,
            unsaid: Unsaid::Default,
        },
    ),
    charted(
        "alb.ingress.kubernetes.io/wafv2-acl-arn",
        ChartValue {
            path: &WEB_ACL,
            gate: Some(&WEB_ACL_ON),
            unsaid: Unsaid::Missing,
        },
    ),
    annotation("alb.ingress.kubernetes.io/wafv2-acl-name", Form::Text),
    annotation("alb.ingress.kubernetes.io/waf-acl-id", Form::Text),
    annotation(
        "alb.ingress.kubernetes.io/shield-advanced-protection",
        Form::Text,
    ),
    annotation("alb.ingress.kubernetes.io/load-balancer-name", Form::Text),
    annotation(
        "alb.ingress.kubernetes.io/load-balancer-attributes",
        Form::Map,
    ),
    annotation(
        "alb.ingress.kubernetes.io/minimum-load-balancer-capacity",
        Form::Map,
    ),
    annotation("alb.ingress.kubernetes.io/tags", Form::Map),
    annotation("alb.ingress.kubernetes.io/ip-address-type", Form::Text),
    annotation("alb.ingress.kubernetes.io/subnets", Form::List),
    annotation("alb.ingress.kubernetes.io/security-groups", Form::List),
    annotation(
        "alb.ingress.kubernetes.io/manage-backend-security-group-rules",
        Form::Text,
    ),
    annotation(
        "alb.ingress.kubernetes.io/security-group-prefix-lists",
        Form::List,
    ),
    annotation("alb.ingress.kubernetes.io/inbound-cidrs", Form::List),
    annotation(
        "alb.ingress.kubernetes.io/customer-owned-ipv4-pool",
        Form::Text,
    ),
    annotation("alb.ingress.kubernetes.io/ipam-ipv4-pool-id", Form::Text),
    annotation("alb.ingress.kubernetes.io/ssl-redirect", Form::Text),
    annotation(
        "alb.ingress.kubernetes.io/mutual-authentication",
        Form::Text,
    ),
    annotation("alb.ingress.kubernetes.io/enable-frontend-nlb", Form::Text),
    annotation("alb.ingress.kubernetes.io/frontend-nlb-scheme", Form::Text),
    annotation("alb.ingress.kubernetes.io/frontend-nlb-subnets", Form::List),
    annotation(
        "alb.ingress.kubernetes.io/frontend-nlb-security-groups",
        Form::List,
    ),
    annotation("alb.ingress.kubernetes.io/frontend-nlb-tags", Form::Map),
];

/// What an ingress says of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Text(String),
    /// What these outputs will be.
    Waits(String),
    /// What the chart says by itself.
    Default,
    Nothing,
}

/// Where a member of a group says something.
pub(super) type Place = Vec<&'static str>;

/// Two members of a group that say different things.
pub(super) struct Disagreement<'m, M> {
    pub(super) first: (&'m M, Place),
    pub(super) other: (&'m M, Place),
    /// What of the load balancer, by its annotation.
    pub(super) setting: String,
    /// Whether one of them says nothing.
    is_unsaid: bool,
}

impl<M> Disagreement<'_, M> {
    /// What follows from it, and how to mend it.
    pub(super) const fn help(&self) -> &'static str {
        if self.is_unsaid {
            "write the same in both, or give one a group of its own: what one names is before both, and goes with that one"
        } else {
            "write the same in both, or give one a group of its own: the controller changes nothing for any of them while they disagree"
        }
    }
}

/// The group of the load balancer that the ingress of these values is of.
pub(super) fn group<'n>(value: impl Fn(&[&str]) -> Option<&'n Node>) -> Option<&'n str> {
    let mut named = GROUP.iter().filter_map(|path| value(path)?.text());
    named.find(|text| !text.is_empty())
}

/// Every setting that members of one group do not agree on: each that differs from the first that says it.
pub(super) fn disagreements<'m, M>(
    members: &'m [M],
    value: impl Fn(&'m M, &[&str]) -> Option<&'m Node>,
) -> Vec<Disagreement<'m, M>> {
    let mut found = Vec::new();
    if members.len() < 2 {
        return found;
    }
    for setting in &SETTINGS {
        let mut first: BTreeMap<String, (&M, Place, Said)> = BTreeMap::new();
        for member in members {
            for (key, place, said) in setting.said(|path| value(member, path)) {
                let Some((other, of_other, before)) = first.get(&key) else {
                    first.insert(key, (member, place, said));
                    continue;
                };
                if setting.agree(before, &said) {
                    continue;
                }
                let name = setting.annotation.strip_prefix(PREFIX);
                let name = name.unwrap_or(setting.annotation);
                found.push(Disagreement {
                    first: (*other, of_other.clone()),
                    other: (member, place),
                    setting: match key.as_str() {
                        "" => name.to_owned(),
                        key => format!("{name}: {key}"),
                    },
                    is_unsaid: *before == Said::Nothing || said == Said::Nothing,
                });
            }
        }
    }
    found
}

impl Setting {
    /// What the values of one ingress say of it: one thing, or one for each key of a map.
    fn said<'n>(&self, value: impl Fn(&[&str]) -> Option<&'n Node>) -> Vec<(String, Place, Said)> {
        let [one, two, three] = ANNOTATIONS;
        let place = vec![one, two, three, self.annotation];
        // The chart writes annotations that are given behind its own.
        if let Some(node) = value(&place) {
            let Some(said) = said(node) else {
                return Vec::new();
            };
            let parts = self.parts(said).into_iter();
            return parts
                .map(|(key, said)| (key, place.clone(), said))
                .collect();
        }
        let Some(chart) = &self.value else {
            return Vec::new();
        };
        let is_on = chart
            .gate
            .is_none_or(|gate| value(gate).is_some_and(flag_of));
        let said = match value(chart.path).filter(|_| is_on) {
            Some(node) => said(node),
            None => Some(match chart.unsaid {
                Unsaid::Default => Said::Default,
                Unsaid::Missing => Said::Nothing,
            }),
        };
        let place = if is_on {
            chart.path
        } else {
            chart.gate.unwrap_or(chart.path)
        };
        said.map(|said| (String::new(), place.to_vec(), said))
            .into_iter()
            .collect()
    }

    /// The parts of a text that are compared by themselves.
    fn parts(&self, said: Said) -> Vec<(String, Said)> {
        let (Said::Text(text), Form::List | Form::Map) = (&said, self.form) else {
            return vec![(String::new(), said)];
        };
        let items = text.split(',').map(str::trim);
        let mut items: Vec<&str> = items.filter(|item| !item.is_empty()).collect();
        if self.form == Form::Map {
            let pairs = items.iter().map(|item| {
                let (key, value) = item.split_once('=').unwrap_or((item, ""));
                (key.trim().to_owned(), Said::Text(value.trim().to_owned()))
            });
            return pairs.collect();
        }
        items.sort_unstable();
        items.dedup();
        vec![(String::new(), Said::Text(items.join(",")))]
    }

    /// Whether two ingresses say the same, as far as it is known.
    fn agree(&self, one: &Said, other: &Said) -> bool {
        match (one, other) {
            (Said::Text(text), Said::Default) | (Said::Default, Said::Text(text)) => self
                .value
                .as_ref()
                .and_then(|chart| default(chart.path))
                .is_none_or(|default| default == *text),
            // What an output will be may be what the other has as text.
            (Said::Waits(_), Said::Text(_)) | (Said::Text(_), Said::Waits(_)) => true,
            _ => one == other,
        }
    }
}

/// What a value says; nothing where that is not known at all.
fn said(node: &Node) -> Option<Said> {
    match &node.kind {
        Kind::Scalar(scalar) => Some(match &*scalar.text {
            "" => Said::Nothing,
            text => Said::Text(text.to_owned()),
        }),
        Kind::Pending(outputs) if !outputs.is_empty() => {
            let outputs: Vec<&str> = outputs.iter().map(crate::value::Key::as_str).collect();
            Some(Said::Waits(outputs.join(", ")))
        }
        _ => None,
    }
}

/// The chart's own text of a value, as far as the chart that this version carries says it.
fn default(path: &[&str]) -> Option<String> {
    let chart = Catalogs::embedded().chart("gen3", None)?;
    let default = chart.at(path.iter().copied())?.default()?;
    default.text().map(str::to_owned)
}

/// An environment behind a load balancer of AWS, with what its values say of that.
struct Member<'a> {
    at: &'a EnvironmentRef,
    balancer: &'a str,
    /// What the model makes.
    made: Node,
    /// What the fleet writes over it.
    raw: Option<&'a Node>,
}

impl<'a> Member<'a> {
    fn new(
        context: &FleetContext<'a>,
        at: &'a EnvironmentRef,
        of: &'a EnvironmentContract,
    ) -> Self {
        let endpoint = &of.endpoint;
        let mut made = Node::map();
        made.set(
            &["revproxy", "ingress", "aws", "group"],
            endpoint.group.as_str().into(),
        );
        if endpoint.scheme == Scheme::Internal {
            made.set(&["global", "aws", "scheme"], "internal".into());
        }
        if let Some(arn) = &endpoint.web_acl {
            made.set(&WEB_ACL_ON, true.into());
            made.set(&WEB_ACL, arn.clone().into());
        }
        let resolved = context.fleet.environments.get(at);
        Self {
            at,
            balancer: &endpoint.load_balancer,
            made,
            raw: resolved.and_then(|it| it.layers.merged.get("values")),
        }
    }

    fn value(&self, path: &[&str]) -> Option<&Node> {
        let raw = self.raw.and_then(|raw| raw.path(path));
        let value = raw.or_else(|| self.made.path(path));
        value.filter(|node| !node.is_null())
    }
}

/// Environments that share a load balancer agree on what it is.
pub(super) fn load_balancer_settings_differ(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut groups: BTreeMap<(&str, String), Vec<Member<'_>>> = BTreeMap::new();
    for (at, environment) in context.linked() {
        let is_behind = environment.endpoint.ingress == Ingress::Balancer
            && environment.runs("revproxy")
            && environment.spec.lifecycle != Lifecycle::Retired;
        if !is_behind {
            continue;
        }
        let member = Member::new(context, at, environment);
        let Some(group) = group(|path| member.value(path)).map(str::to_owned) else {
            continue;
        };
        let key = (environment.cluster.as_str(), group);
        groups.entry(key).or_default().push(member);
    }
    for ((cluster, group), members) in &groups {
        for disagreement in disagreements(members, Member::value) {
            let place = |(member, path): &(&Member<'_>, Place)| {
                let is_raw = member.raw.is_some_and(|raw| raw.path(path).is_some());
                if is_raw {
                    let below: Vec<&str> =
                        ["values"].into_iter().chain(path.iter().copied()).collect();
                    return context.environment_place(member.at, &below);
                }
                let field = match path.last() {
                    Some(&"scheme") => "scheme",
                    _ if path.starts_with(&WEB_ACL[..3]) => "webAcl",
                    // Where the chart says it, nothing of the fleet does.
                    _ => return context.environment_place(member.at, &["loadBalancer"]),
                };
                context.place(&["clusters", cluster, "loadBalancers", member.balancer, field])
            };
            let Disagreement {
                first,
                other,
                setting,
                ..
            } = &disagreement;
            found.push(
                context
                    .environment_finding(
                        other.0.at,
                        &["loadBalancer"],
                        format!(
                            "`{}` and `{}` share the load balancer `{group}` of the cluster `{cluster}` and do not agree on `{setting}`",
                            first.0.at, other.0.at
                        ),
                    )
                    .help(disagreement.help())
                    .label(place(other), "and here")
                    .label(place(first), "one here"),
            );
        }
    }
}
