//! Rules about moving: versions that are asked for, against those that run, and against each other.

use super::context::FleetContext;
use crate::catalog::provider::{Constraint, ProviderVersion};
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{KUBERNETES_VERSION, Platform};
use crate::model::nodes::Provisioner;
use crate::model::stack::{OutputKind, StackKind};
use crate::model::terraform::Program;
use crate::model::{Cluster, Mode};
use crate::resolve::{ResolvedCluster, ResolvedFleet};
use crate::value::{Kind, Node};

/// How many minor versions nodes may be older than the control plane.
const SKEW: u64 = 3;
/// The first minor version of Kubernetes that Amazon Linux 2 has no image for.
const WITHOUT_AL2: u64 = 33;
/// The first version of the provider `aws` that has all that roots use.
const PROVIDER: &str = "5.100.0";
/// The first version of Terraform, and of `OpenTofu`, that has all that roots use.
const PROGRAM: &str = "1.11.0";

/// A cluster on EKS that our Terraform makes.
struct Subject<'a> {
    name: &'a str,
    spec: &'a Cluster,
    /// The minor version that is asked for.
    wanted: u64,
    /// The same as text.
    text: &'a str,
    /// What runs, as its stack recorded it.
    runs: Option<String>,
    /// What its groups of nodes run.
    nodes: Vec<(String, String)>,
}

fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let fleet = context.fleet;
    fleet.clusters.iter().filter_map(move |(name, cluster)| {
        let ResolvedCluster { spec, .. } = cluster;
        if spec.platform != Platform::Eks || spec.management.terraform == Mode::External {
            return None;
        }
        let text = spec.version.as_ref();
        let text = text.map_or(KUBERNETES_VERSION, |version| version.as_str());
        let stack = fleet.cluster_stack(name, StackKind::Cluster)?;
        let output = |kind| ResolvedFleet::output(stack.clone(), kind, None);
        let runs = fleet.outputs.text(&output(OutputKind::ClusterVersion));
        let nodes = fleet.outputs.node(&output(OutputKind::NodeVersions));
        let nodes = nodes.map_or(&[][..], Node::entries).iter();
        Some(Subject {
            name: name.as_str(),
            spec,
            wanted: minor(text)?,
            text,
            runs: runs.value().cloned(),
            nodes: nodes
                .filter_map(|group| Some((group.key.to_string(), group.node.text()?.to_owned())))
                .collect(),
        })
    })
}

/// The minor of a version of Kubernetes.
fn minor(version: &str) -> Option<u64> {
    let mut parts = version.trim_start_matches('v').split('.');
    let major = parts.next()?;
    let minor = parts.next()?.parse().ok()?;
    (major == "1").then_some(minor)
}

/// A control plane goes one minor version at a time.
pub(crate) fn cluster_version_skipped(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some((runs, at)) = running(&subject) else {
            continue;
        };
        if subject.wanted <= at + 1 {
            continue;
        }
        let next = at + 1;
        let path = ["clusters", subject.name, "version"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the cluster `{}` runs Kubernetes {runs} and is to go to {}; EKS goes one minor version at a time",
                        subject.name, subject.text
                    ),
                )
                .help(format!("write \"1.{next}\", apply it, record what the stack gives, and then go on"))
                .label(context.place(&path), "too far"),
        );
    }
}

/// A control plane goes forward only.
pub(crate) fn cluster_version_backwards(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some((runs, at)) = running(&subject) else {
            continue;
        };
        if subject.wanted >= at {
            continue;
        }
        let path = ["clusters", subject.name, "version"];
        let help = match &subject.spec.version {
            Some(_) => format!("write \"1.{at}\" or the next"),
            None => format!(
                "the fleet names no version, which is {KUBERNETES_VERSION}: write \"1.{at}\""
            ),
        };
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the cluster `{}` runs Kubernetes {runs}, and is asked to go back to {}; no control plane goes back",
                        subject.name, subject.text
                    ),
                )
                .help(help)
                .label(context.place(&path), "older than what runs"),
        );
    }
}

fn running<'s>(subject: &'s Subject<'_>) -> Option<(&'s str, u64)> {
    let runs = subject.runs.as_deref()?;
    Some((runs, minor(runs)?))
}

/// Nodes are at most as new as the control plane.
pub(crate) fn node_version_newer(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some((image, of)) = image(&subject) else {
            continue;
        };
        if of <= subject.wanted {
            continue;
        }
        let path = ["clusters", subject.name, "nodes", "image"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the nodes of the cluster `{}` would be of `{image}`, newer than its control plane, which is {}",
                        subject.name, subject.text
                    ),
                )
                .help("move `version` of the cluster first, apply it, and then the image")
                .label(context.place(&path), "newer"),
        );
    }
}

/// Nodes are not too far behind the control plane.
pub(crate) fn node_version_behind(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let nodes = subject.spec.nodes.as_ref();
        let is_managed = nodes.is_none_or(|nodes| nodes.provisioner == Provisioner::Managed);
        let allowed = if is_managed { 0 } else { SKEW };
        if let Some((image, of)) = image(&subject)
            && of + allowed < subject.wanted
        {
            let path = ["clusters", subject.name, "nodes", "image"];
            let rule = if is_managed {
                "a group is of the cluster's version".to_owned()
            } else {
                format!("nodes may be {SKEW} minor versions older")
            };
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the nodes of the cluster `{}` would be of `{image}`, and its control plane is {}: {rule}",
                            subject.name, subject.text
                        ),
                    )
                    .help(format!("name a release of {}, or take `image` out", subject.text))
                    .label(context.place(&path), "too old"),
            );
        }
        for (group, runs) in &subject.nodes {
            if minor(runs).is_none_or(|of| of + SKEW >= subject.wanted) {
                continue;
            }
            let path = ["clusters", subject.name, "version"];
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the nodes `{group}` of the cluster `{}` run Kubernetes {runs}, and its control plane is to be {}: nodes may be {SKEW} minor versions older",
                            subject.name, subject.text
                        ),
                    )
                    .help("let the nodes follow first: apply the root as it is, and record what it gives")
                    .label(context.place(&path), "too far ahead of the nodes"),
            );
        }
    }
}

/// The image of nodes that is asked for, and its minor version.
fn image<'s>(subject: &'s Subject<'_>) -> Option<(&'s str, u64)> {
    let image = subject.spec.nodes.as_ref()?.image.as_ref()?.as_str();
    Some((image, minor(image)?))
}

/// There is an image of the family for that version of Kubernetes.
pub(crate) fn node_image_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.wanted < WITHOUT_AL2 {
            continue;
        }
        let nodes = ["clusters", subject.name, "nodes", "values"];
        let family = [
            "clusters",
            subject.name,
            "terraform",
            "variables",
            "karpenter_ami_family",
        ];
        let named = context.fleet.root.path(&family).and_then(Node::text);
        let of_chart = context.fleet.root.path(&nodes).is_some_and(names_al2);
        for (path, is_so) in [(&nodes[..], of_chart), (&family[..], named == Some("AL2"))] {
            if !is_so {
                continue;
            }
            found.push(
                context
                    .finding(
                        path,
                        format!(
                            "nodes of the cluster `{}` ask for images of Amazon Linux 2, which has none for Kubernetes {}",
                            subject.name, subject.text
                        ),
                    )
                    .help("ask for AL2023 or Bottlerocket; what is written for the start of nodes changes with it")
                    .label(context.place(path), "asked for here"),
            );
        }
    }
}

/// Whether values of Karpenter's objects name Amazon Linux 2.
fn names_al2(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => entries.iter().any(|entry| {
            let text = entry.node.text().unwrap_or_default();
            let is_family = entry.key.as_str() == "amiFamily" && text == "AL2";
            let is_alias = entry.key.as_str() == "alias" && text.starts_with("al2@");
            is_family || is_alias || names_al2(&entry.node)
        }),
        Kind::List(items) => items.iter().any(names_al2),
        Kind::Scalar(_) | Kind::Pending(_) => false,
    }
}

/// The build of kube-proxy fits the control plane: it is one of Kubernetes itself.
pub(crate) fn addon_version_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some(build) = &subject.spec.eks_addons.kube_proxy.version else {
            continue;
        };
        let Some(of) = minor(build.as_str()) else {
            continue;
        };
        if of <= subject.wanted && of + SKEW >= subject.wanted {
            continue;
        }
        let path = [
            "clusters",
            subject.name,
            "eksAddons",
            "kubeProxy",
            "version",
        ];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "kube-proxy `{build}` does not fit Kubernetes {} of the cluster `{}`: it must be of the same minor version, or up to {SKEW} older",
                        subject.text, subject.name
                    ),
                )
                .help("take `version` out, which takes the build that EKS gives for the cluster's version, or name one of it")
                .label(context.place(&path), "this build"),
        );
    }
}

/// Whether a range lets a version in that is older than one.
fn lets_in_older(range: &str, than: &str) -> Option<String> {
    let range: Constraint = range.parse().ok()?;
    let than: ProviderVersion = than.parse().ok()?;
    let majors = 0..=than.major();
    let candidates = majors.flat_map(|major| {
        (0..=120)
            .rev()
            .flat_map(move |minor| [9, 0].map(|patch| format!("{major}.{minor}.{patch}")))
    });
    let mut oldest = candidates.filter(|text| {
        let Ok(version) = text.parse::<ProviderVersion>() else {
            return false;
        };
        version.compare(&than).is_lt() && range.allows(&version)
    });
    oldest.next()
}

/// The provider has all that roots use.
pub(crate) fn provider_version_lacking(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let versions = context.fleet.spec.terraform.aws_versions();
    let Some(older) = lets_in_older(versions, PROVIDER) else {
        return;
    };
    let path = ["terraform", "providers", "aws"];
    found.push(
        context
            .finding(
                &path,
                format!("`{versions}` lets in the provider `aws` {older}, which lacks what roots use: the first that has it is {PROVIDER}"),
            )
            .help("write \"~> 5.100\" or \"~> 6.25\"")
            .label(context.place(&path), "these versions"),
    );
}

/// The program has all that roots use.
pub(crate) fn terraform_version_lacking(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let terraform = &context.fleet.spec.terraform;
    let Some(versions) = &terraform.version else {
        return;
    };
    let Some(older) = lets_in_older(versions.as_str(), PROGRAM) else {
        return;
    };
    let title = terraform.program.title();
    // Locks came to both with 1.10, and to Terraform as more than a trial with 1.11.
    let lacks = match terraform.program {
        Program::Terraform => {
            "passwords that stand in no state (`password_wo`), and locks in the bucket that are more than a trial"
        }
        Program::Tofu => {
            "values that stand in no state (`ephemeral`, `password_wo`); before 1.10 also locks in the bucket"
        }
    };
    let path = ["terraform", "version"];
    found.push(
        context
            .finding(
                &path,
                format!("`{versions}` lets in {title} {older}, which lacks {lacks}"),
            )
            .help("write \">= 1.11, < 2.0\", or take it out")
            .label(context.place(&path), "these versions"),
    );
}
