//! Load balancers that several ingresses make together, and what all of those must say alike.

mod member;
mod setting;

use std::collections::BTreeMap;

use member::{Member, members};
use setting::{Place, SETTINGS, Said};
pub(super) use setting::{WEB_ACL, WEB_ACL_ON};

use super::context::FleetContext;
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Span;
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

/// A member of a group that says something else than others of it.
pub(super) struct Disagreement<'m, M> {
    pub(super) other: (&'m M, Place),
    /// Those that it does not agree with: all that say what most say, the first of them where as many say another thing.
    pub(super) most: Vec<(&'m M, Place)>,
    /// What of the load balancer, by its annotation.
    pub(super) setting: String,
    /// Whether one of them says nothing.
    is_unsaid: bool,
}

impl<M> Disagreement<'_, M> {
    /// What follows from it, and how to mend it.
    pub(super) const fn help(&self) -> &'static str {
        if self.is_unsaid {
            "write the same in all, or give one a group of its own: what one names is before all, and goes with that one"
        } else {
            "write the same in all, or give one a group of its own: the controller changes nothing for any of them while they disagree"
        }
    }
}

/// The group of the load balancer that the ingress of these values is of.
pub(super) fn group<'n>(value: impl Fn(&[&str]) -> Option<&'n Node>) -> Option<&'n str> {
    let mut named = GROUP.iter().filter_map(|path| value(path)?.text());
    named.find(|text| !text.is_empty())
}

/// Members of a group that say the same of a setting, with what they say.
type Alike<'m, M> = (Said, Vec<(&'m M, Place)>);

/// Every setting that members of one group do not agree on: each member that says something else than most.
pub(super) fn disagreements<'m, M>(
    members: &'m [M],
    value: impl Fn(&'m M, &[&str]) -> Option<&'m Node>,
) -> Vec<Disagreement<'m, M>> {
    let mut found = Vec::new();
    if members.len() < 2 {
        return found;
    }
    for setting in &SETTINGS {
        let mut said: BTreeMap<String, Vec<Alike<'_, M>>> = BTreeMap::new();
        for member in members {
            for (key, place, text) in setting.said(|path| value(member, path)) {
                let all = said.entry(key).or_default();
                match all.iter_mut().find(|(one, _)| setting.agree(one, &text)) {
                    Some((_, alike)) => alike.push((member, place)),
                    None => all.push((text, vec![(member, place)])),
                }
            }
        }
        for (key, all) in said {
            let largest = all.iter().map(|(_, alike)| alike.len()).max();
            let most = all
                .iter()
                .position(|(_, alike)| Some(alike.len()) == largest);
            let Some((most, (of_most, most_alike))) = most.and_then(|at| Some((at, all.get(at)?)))
            else {
                continue;
            };
            let name = setting.name();
            for (at, (text, alike)) in all.iter().enumerate() {
                if at == most {
                    continue;
                }
                found.extend(alike.iter().map(|other| Disagreement {
                    other: other.clone(),
                    most: most_alike.clone(),
                    setting: match key.as_str() {
                        "" => name.to_owned(),
                        key => format!("{name}: {key}"),
                    },
                    is_unsaid: *of_most == Said::Nothing || *text == Said::Nothing,
                }));
            }
        }
    }
    found
}

/// How many members a finding names.
const NAMED: usize = 3;

/// Names of members, as many as one reads.
fn named(members: &[String]) -> String {
    let mut shown: Vec<String> = members.iter().take(NAMED).cloned().collect();
    match members.len().saturating_sub(NAMED) {
        0 => {}
        1 => shown.push("1 more".to_owned()),
        more => shown.push(format!("{more} more")),
    }
    let Some((last, before)) = shown.split_last() else {
        return String::new();
    };
    match before {
        [] => last.clone(),
        before => format!("{} and {last}", before.join(", ")),
    }
}

/// All that share a load balancer agree on what it is: environments, the hub's services, a cluster's own Argo CD.
pub(super) fn load_balancer_settings_differ(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut groups: BTreeMap<(&str, String), Vec<Member<'_>>> = BTreeMap::new();
    for member in members(context) {
        let Some(group) = group(|path| member.value(path)).map(str::to_owned) else {
            continue;
        };
        let key = (member.cluster, group);
        groups.entry(key).or_default().push(member);
    }
    for ((cluster, group), members) in &groups {
        // What one edit says of several is said once.
        let mut edits: BTreeMap<(String, Option<Span>), Vec<Disagreement<'_, Member<'_>>>> =
            BTreeMap::new();
        let mut order = Vec::new();
        for disagreement in disagreements(members, Member::value) {
            let (member, path) = &disagreement.other;
            let edit = (disagreement.setting.clone(), member.place(context, path));
            if !edits.contains_key(&edit) {
                order.push(edit.clone());
            }
            edits.entry(edit).or_default().push(disagreement);
        }
        for edit in order {
            if let Some(same) = edits.get(&edit)
                && let Some(finding) = finding(context, (*cluster, group.as_str()), same)
            {
                found.push(finding);
            }
        }
    }
}

/// The finding about an edit that makes members of a group say something else than most.
fn finding(
    context: &FleetContext<'_>,
    (cluster, group): (&str, &str),
    same: &[Disagreement<'_, Member<'_>>],
) -> Option<Finding> {
    let first = same.first()?;
    let (member, path) = &first.other;
    let (of_most, path_of_most) = first.most.first()?;
    let others: Vec<String> = same.iter().map(|it| it.other.0.name()).collect();
    let most: Vec<String> = first.most.iter().map(|(member, _)| member.name()).collect();
    let (share, agree) = match others.len() {
        1 => ("shares", "does"),
        _ => ("share", "do"),
    };
    let message = format!(
        "{} {share} the load balancer `{group}` of the cluster `{cluster}` with {}, and {agree} not agree with them on `{}`",
        named(&others),
        named(&most),
        first.setting
    );
    Some(
        member
            .finding(context, message)
            .help(first.help())
            .label(member.place(context, path), "says something else")
            .label(of_most.place(context, path_of_most), "of one of them"),
    )
}
