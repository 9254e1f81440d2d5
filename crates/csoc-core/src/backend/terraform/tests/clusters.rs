//! Clusters and their stores, as their fields ask for them.

use super::{QUICKSTART, compile, fleet, text};
use crate::tree::File;

const CLUSTER: &str = "  demo:\n    account: demo\n    network: { cidr: 10.20.0.0/16 }\n";
const MAIN: &str = "terraform/demo/us-east-1/cluster/demo/main.tf";
const DATA: &str = "terraform/demo/us-east-1/data/demo/main.tf";

/// The quickstart, whose cluster has more fields.
fn with(fields: &str) -> Vec<File> {
    assert!(QUICKSTART.contains(CLUSTER));
    let text = QUICKSTART.replace(CLUSTER, &format!("{CLUSTER}{fields}"));
    compile(&fleet(&text, &[]), false).files
}

#[test]
fn an_endpoint_is_private_or_lists_networks() {
    let main = text(&with(""), MAIN);
    assert!(main.contains("endpoint_public_access  = false"));
    assert!(!main.contains("public_access_cidrs"));
    let main = text(
        &with("    endpoint: { access: public, cidrs: [192.0.2.0/24, 198.51.100.0/24] }\n"),
        MAIN,
    );
    assert!(main.contains("endpoint_public_access  = true"));
    assert!(main.contains("\"198.51.100.0/24\","));
}

#[test]
fn karpenter_has_a_small_group_a_queue_and_a_profile() {
    let files =
        with("    nodes: { provisioner: karpenter, pools: { default: {}, jupyter: {} } }\n");
    let main = text(&files, MAIN);
    for part in [
        "resource \"aws_eks_node_group\" \"system\"",
        "name                 = \"demo-karpenter-sa\"",
        "name                 = \"eks_demo_workers_role\"",
        "resource \"aws_iam_instance_profile\" \"nodes\"",
        "resource \"aws_sqs_queue\" \"karpenter\"",
        "\"EC2 Spot Instance Interruption Warning\"",
        "karpenter.sh/discovery",
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
    assert!(!main.contains("\"aws_eks_node_group\" \"default\""));
    // Only the chart's own node classes need Karpenter to make profiles.
    assert!(!main.contains("iam:CreateInstanceProfile"));
    let main = text(
        &with("    nodes: { provisioner: karpenter, values: { default: { enabled: true } } }\n"),
        MAIN,
    );
    assert!(main.contains("iam:CreateInstanceProfile"));
}

#[test]
fn auto_mode_has_no_group_and_no_add_on() {
    let main = text(&with("    nodes: { provisioner: auto }\n"), MAIN);
    assert!(main.contains("compute_config {"));
    assert!(main.contains("AmazonEKSComputePolicy"));
    assert!(main.contains("AmazonEKSWorkerNodeMinimalPolicy"));
    assert!(!main.contains("aws_eks_node_group"));
    assert!(!main.contains("aws_eks_addon"));
}

#[test]
fn what_the_chart_installs_is_left_to_it() {
    let main = text(
        &with(
            "    addons: { vpc-cni: {}, ebs-csi-driver: { enabled: false } }\n    eksAddons: { coreDns: { version: v1.11.4-eksbuild.14 }, externalDns: {} }\n",
        ),
        MAIN,
    );
    assert!(!main.contains("\"vpc-cni\""));
    assert!(main.contains("\"aws-ebs-csi-driver\""));
    assert!(main.contains("addon_version               = \"v1.11.4-eksbuild.14\""));
    assert!(main.contains("\"external-dns\""));
    assert!(main.contains("hostedzone/${var.zone_id}"));
}

#[test]
fn pools_say_which_machines_and_whom_they_keep_away() {
    let main = text(
        &with(
            "    nodes: { image: 1.35.0-20261105, pools: { gpu: { instanceClasses: [gpu], size: small, capacity: spot, minimum: 0, taints: [{ key: gpu, effect: no-execute }] } } }\n",
        ),
        MAIN,
    );
    for part in [
        "\"g6.xlarge\",",
        "AL2023_x86_64_NVIDIA",
        "\"SPOT\"",
        "\"NO_EXECUTE\"",
        "\"1.35.0-20261105\"",
        "min_size     = 0",
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
}

#[test]
fn stores_are_as_large_as_asked_for() {
    let data = text(&with(""), DATA);
    assert!(data.contains("min_capacity = 0.5"), "{data}");
    assert!(!data.contains("main_2"));
    assert!(!data.contains("aws_backup_vault"));
    assert!(data.contains("\"OpenSearch_2.19\""));
    assert!(data.contains("demo--demodev-helm--es-access"), "{data}");
    let data = text(
        &with("    search: { main: { endpoint: search.example.org } }\n"),
        DATA,
    );
    assert!(!data.contains("aws_opensearch_domain"));
    let data = text(
        &with(
            "    databases: { main: { version: \"17.4\", instanceClass: db.r7g.large, instances: 3, passwordVersion: 4, deletionProtection: false } }\n    search: { main: { version: \"7.10\", nodes: 3, volumeGib: 40 } }\n    backup: { mode: daily, lock: compliance, retentionDays: 60 }\n",
        ),
        DATA,
    );
    for part in [
        "aurora-postgresql17",
        "\"db.r7g.large\"",
        "\"main_3\"",
        "master_password_wo_version          = 4",
        "secret_string_wo_version = 4",
        "deletion_protection                 = false",
        "\"Elasticsearch_7.10\"",
        "availability_zone_count = 3",
        "volume_size = 40",
        "changeable_for_days = 3",
        "delete_after = 60",
    ] {
        assert!(data.contains(part), "{part}\n{data}");
    }
    assert!(!data.contains("serverlessv2"));
    assert!(!data.contains("override_main_response_version"));
}

#[test]
fn production_has_two_instances_and_backups() {
    let text_of = QUICKSTART.replace("tier: dev", "tier: prod");
    let data = text(&compile(&fleet(&text_of, &[]), false).files, DATA);
    assert!(data.contains("\"main_2\""));
    assert!(data.contains("backup_retention_period             = 14"));
    assert!(data.contains("aws_backup_vault_lock_configuration"));
    assert!(data.contains("min_retention_days = 35"), "{data}");
}

#[test]
fn the_hubs_argo_cd_reaches_as_far_as_it_installs() {
    let text_of = QUICKSTART
        .replace(
            "clusters:\n",
            "clusters:\n  hub: { account: demo, network: { cidr: 10.21.0.0/16 } }\n",
        )
        .replace(
            "name: demo\ngitops",
            "name: demo\nhub: { account: demo, cluster: hub }\ngitops",
        )
        .replace("  hub:", "  center:")
        .replace("cluster: hub", "cluster: center");
    let pushed = |fields: &str| {
        let spoke = format!("{CLUSTER}    delivery: hub-push\n{fields}");
        compile(&fleet(&text_of.replace(CLUSTER, &spoke), &[]), false).files
    };
    let association = |spoke: &str| {
        let start = spoke.find("\"aws_eks_access_policy_association\" \"argocd\"");
        spoke[start.unwrap()..].to_owned()
    };
    let files = pushed("");
    let argo = association(&text(&files, MAIN));
    assert!(argo.contains("AmazonEKSClusterAdminPolicy"));
    // Where somebody else installs the add-ons, it reaches what commons run in.
    let files = pushed("    management: { applications: external }\n");
    let hub = text(&files, "terraform/demo/us-east-1/cluster/center/main.tf");
    assert!(hub.contains("system:serviceaccount:argocd:argocd-application-controller"));
    assert!(hub.contains("role/gen3/demo/demo--argocd\""), "{hub}");
    let spoke = text(&files, MAIN);
    assert!(
        spoke.contains("role/gen3/center/center--argocd-hub"),
        "{spoke}"
    );
    assert!(spoke.contains("AmazonEKSAdminPolicy"));
    assert!(spoke.contains("type       = \"namespace\""));
    assert!(!association(&spoke).contains("ClusterAdmin"));
}

#[test]
fn a_record_leads_to_the_load_balancer_once_there_is_one() {
    let dns = "terraform/demo/us-east-1/dns/demo/dev/main.tf";
    let with = |fields: &str| {
        let tier = "        tier: dev\n";
        assert!(QUICKSTART.contains(tier));
        let text = QUICKSTART.replace(tier, &format!("{tier}{fields}"));
        compile(&fleet(&text, &[]), false).files
    };
    let main = text(&with(""), dns);
    assert!(!main.contains("\"host\""));
    let main = text(&with("        records: terraform\n"), dns);
    for part in [
        "data \"aws_lbs\" \"ingress\"",
        "\"elbv2.k8s.aws/cluster\" = \"demo\"",
        "for_each = data.aws_lbs.ingress.arns",
        "resource \"aws_route53_record\" \"host\"",
        "aws_acm_certificate",
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
    // Without a certificate of ACM the record alone is left.
    let main = text(
        &with("        records: terraform\n        certificate: byo\n"),
        dns,
    );
    assert!(!main.contains("aws_acm_certificate"));
    assert!(main.contains("resource \"aws_route53_record\" \"host\""));
}
