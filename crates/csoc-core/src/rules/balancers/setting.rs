//! What the load balancer controller takes once for all ingresses of a group, and what values say of it.

use crate::catalog::Catalogs;
use crate::gitops::flag_of;
use crate::value::{Key, Kind, Node};

/// How the controller's annotations start.
const PREFIX: &str = "alb.ingress.kubernetes.io/";
/// Where the annotations of the chart's ingress stand in its values.
pub(super) const ANNOTATIONS: [&str; 3] = ["revproxy", "ingress", "annotations"];
/// Whether there is a web ACL.
pub(in super::super) const WEB_ACL_ON: [&str; 4] = ["global", "aws", "wafv2", "enabled"];
/// Where the web ACL stands.
pub(in super::super) const WEB_ACL: [&str; 4] = ["global", "aws", "wafv2", "wafAclArn"];
/// Something that is one for a load balancer, whichever ingress says it.
pub(super) struct Setting {
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
pub(super) static SETTINGS: [Setting; 25] = [
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
pub(super) enum Said {
    Text(String),
    /// What these outputs will be.
    Waits(String),
    /// What the chart says by itself.
    Default,
    Nothing,
}

/// Where a member of a group says something.
pub(in super::super) type Place = Vec<&'static str>;

impl Setting {
    /// What it is called in messages: its annotation, without what all annotations start with.
    pub(super) fn name(&self) -> &'static str {
        self.annotation
            .strip_prefix(PREFIX)
            .unwrap_or(self.annotation)
    }

    /// What the values of one ingress say of it: one thing, or one for each key of a map.
    pub(super) fn said<'n>(
        &self,
        value: impl Fn(&[&str]) -> Option<&'n Node>,
    ) -> Vec<(String, Place, Said)> {
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
    pub(super) fn agree(&self, one: &Said, other: &Said) -> bool {
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
            let outputs: Vec<&str> = outputs.iter().map(Key::as_str).collect();
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
