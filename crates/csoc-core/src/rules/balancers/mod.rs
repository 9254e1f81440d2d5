//! Load balancers that several ingresses make together, and what all of those must say alike.

mod setting;

use std::collections::BTreeMap;

use setting::{Place, SETTINGS, Said};
pub(super) use setting::{WEB_ACL, WEB_ACL_ON};

use super::context::FleetContext;
use crate::contract::{EnvironmentContract, Ingress};
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Scheme;
use crate::resolve::EnvironmentRef;
use crate::value::Node;

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
                let name = setting.name();
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
        let is_behind =
            environment.endpoint.ingress == Ingress::Balancer && environment.runs("revproxy");
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
