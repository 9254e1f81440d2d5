//! How the network of EKS is told to keep to network policies where it is part of the cluster.

use super::Subject;
use crate::backend::argocd::map;
use crate::value::Node;

/// What EKS calls it, and the file that it stands in.
const NAME: &str = "amazon-vpc-cni";

/// What the network of a cluster in Auto Mode reads, with the name of its file: nothing else can keep to policies there.
///
/// <https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html>
pub(in crate::backend::argocd) fn told(subject: &Subject<'_>) -> Option<(String, Node)> {
    if !subject.spec.is_auto() || !subject.any(|it| it.spec.network_policies) {
        return None;
    }
    let metadata = map([("name", NAME.into()), ("namespace", "kube-system".into())]);
    let object = map([
        ("apiVersion", "v1".into()),
        ("kind", "ConfigMap".into()),
        ("metadata", metadata),
        (
            "data",
            map([("enable-network-policy-controller", "true".into())]),
        ),
    ]);
    Some((NAME.to_owned(), object))
}
