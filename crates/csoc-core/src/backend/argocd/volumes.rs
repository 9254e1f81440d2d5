//! What volumes of a cluster are of, where nothing else says it.

use super::map;
use crate::contract::EksContract;
use crate::model::nodes::Provisioner;
use crate::value::Node;

/// The add-on of volumes, which has a class of its own.
const DRIVER: &str = "ebs-csi-driver";
/// What the class is called.
const NAME: &str = "auto-ebs";

/// The default class of a cluster in Auto Mode, with the name of its file.
///
/// EKS runs what makes volumes there and makes no class for it: a claim that names none would wait for ever. It is made
/// whatever the cluster runs, since charts of people have volumes, too, and a class costs nothing.
pub(super) fn class(eks: &EksContract) -> Option<(String, Node)> {
    if eks.provisioner() != Provisioner::Auto || eks.installs(DRIVER) {
        return None;
    }
    let is_default = map([("storageclass.kubernetes.io/is-default-class", "true".into())]);
    let class = map([
        ("apiVersion", "storage.k8s.io/v1".into()),
        ("kind", "StorageClass".into()),
        (
            "metadata",
            map([("name", NAME.into()), ("annotations", is_default)]),
        ),
        ("provisioner", "ebs.csi.eks.amazonaws.com".into()),
        (
            "parameters",
            map([("encrypted", "true".into()), ("type", "gp3".into())]),
        ),
        ("allowVolumeExpansion", true.into()),
        ("reclaimPolicy", "Delete".into()),
        // Where a volume is to be is known once its pod has a machine.
        ("volumeBindingMode", "WaitForFirstConsumer".into()),
    ]);
    Some((format!("storage-class-{NAME}"), class))
}
