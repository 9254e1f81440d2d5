//! What keeps metrics, logs and traces, where it is, and what alarms there are.

use super::{CONSORTIUM, QUICKSTART, bodies, compile, fleet, recorded, text};
use crate::tree::File;

const PROD: (&str, &str) = ("tier: dev", "tier: prod");
const REGION: &str = "terraform/demo/us-east-1/observability/main.tf";
const CLUSTER: &str = "terraform/demo/us-east-1/observability/demo/main.tf";

fn roots(files: &[File]) -> Vec<&str> {
    let paths = files
        .iter()
        .filter_map(|file| file.path().as_str().strip_suffix("/main.tf"));
    paths
        .filter(|path| path.contains("/observability"))
        .collect()
}

#[test]
fn observing_looks_as_reviewed() {
    let files = compile(&recorded(), false).files;
    for path in [
        "hub/us-east-1/observability/main.tf",
        "hub/us-east-1/observability/variables.tf",
        "alpha/us-east-1/observability/main.tf",
        "alpha/us-east-1/observability/alpha/main.tf",
    ] {
        insta::assert_snapshot!(
            format!("consortium/{path}").replace('/', "__"),
            text(&files, &format!("terraform/{path}"))
        );
    }
}

#[test]
fn a_fleet_without_a_hub_observes_what_matters() {
    assert!(roots(&compile(&fleet(QUICKSTART, &[]), false).files).is_empty());
    let prod = QUICKSTART.replace(PROD.0, PROD.1);
    let files = compile(&fleet(&prod, &[]), false).files;
    assert_eq!(
        roots(&files),
        [
            "terraform/demo/us-east-1/observability/demo",
            "terraform/demo/us-east-1/observability",
        ]
    );
    let region = text(&files, REGION);
    for part in [
        "gen3-111122223333-loki-us-east-1",
        "system:serviceaccount:monitoring:mimir",
        "prefix = \"blocks/\"",
        "days = 372",
        "gen3-alarms",
    ] {
        assert!(region.contains(part), "{part}\n{region}");
    }
    for (_, body) in bodies(&files).filter(|(file, _)| {
        let path = file.path().as_str();
        path.contains("/observability") && path.ends_with("main.tf")
    }) {
        assert!(body.blocks_of("resource").count() <= 45);
    }
    let off = prod.replace(
        PROD.1,
        "tier: prod\n        observability: { profile: none }",
    );
    let files = compile(&fleet(&off, &[]), false).files;
    let region = text(&files, REGION);
    assert!(!region.contains("aws_s3_bucket"), "{region}");
    assert!(text(&files, CLUSTER).contains("gen3-demo-database-main-capacity"));
}

#[test]
fn an_account_says_how_long_and_whom() {
    let told = QUICKSTART.replace(
        "    domain: example.org\n",
        "    domain: example.org\n    contacts: [one@example.org]\n    observability: { logRetentionDays: 30, receivers: [two@example.org, three@example.org] }\n",
    );
    let asked = told.replace(
        PROD.0,
        "tier: dev\n        observability: { profile: per-account }",
    );
    // Whoever is named is told, also of what is no production.
    assert_eq!(roots(&compile(&fleet(&told, &[]), false).files).len(), 2);
    let region = text(&compile(&fleet(&asked, &[]), false).files, REGION);
    assert!(region.contains("days = 37"), "{region}");
    assert!(region.contains("three@example.org"));
    assert!(!region.contains("one@example.org"));
}

#[test]
fn alarms_fit_how_a_store_is_made() {
    let fixed = QUICKSTART.replace(PROD.0, PROD.1).replace(
        "    network: { cidr: 10.20.0.0/16 }\n",
        "    network: { cidr: 10.20.0.0/16 }\n    databases: { main: { instanceClass: db.r7g.large } }\n    search: { main: { volumeGib: 50 } }\n",
    );
    let alarms = text(&compile(&fleet(&fixed, &[]), false).files, CLUSTER);
    assert!(alarms.contains("FreeLocalStorage"));
    assert!(!alarms.contains("ACUUtilization"));
    assert!(alarms.contains("= 10240"), "{alarms}");
    assert!(alarms.contains("NumberOfBackupJobsFailed"));
}

#[test]
fn the_first_cluster_that_asks_keeps_what_a_region_has() {
    let text_of = CONSORTIUM
        .replace("  cluster: core\n  domain", "  domain")
        .replace("delivery: hub-push, ", "");
    let files = compile(&fleet(&text_of, &[]), true).files;
    let with_stores: Vec<&str> = bodies(&files)
        .filter(|(file, body)| {
            let path = file.path().as_str();
            path.ends_with("/observability/main.tf")
                && body
                    .blocks_of("resource")
                    .any(|block| block.label(0) == Some("aws_s3_bucket"))
        })
        .map(|(file, _)| file.path().as_str())
        .collect();
    assert_eq!(
        with_stores,
        ["terraform/alpha/us-east-1/observability/main.tf"]
    );
}
