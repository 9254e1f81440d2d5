//! Argo CD of clusters that pull, and what reads their repository.

use super::{CONSORTIUM, QUICKSTART, compile, fleet, text};

const MAIN: &str = "terraform/demo/us-east-1/delivery/demo/main.tf";
const GITOPS: &str = "  repository: https://github.com/example/demo-gitops\n";

#[test]
fn what_matters_has_copies() {
    let main = text(&compile(&fleet(QUICKSTART, &[]), false).files, MAIN);
    assert!(!main.contains("replicas"), "{main}");
    let prod = QUICKSTART.replace("tier: dev", "tier: prod");
    let main = text(&compile(&fleet(&prod, &[]), false).files, MAIN);
    assert_eq!(main.matches("replicas = 2").count(), 3, "{main}");
    assert_eq!(main.matches("minAvailable = 1").count(), 3, "{main}");
    let cluster = "    network: { cidr: 10.20.0.0/16 }\n";
    let own = QUICKSTART.replace(
        cluster,
        &format!("{cluster}    argocd: {{ chart: 9.5.1, replicas: 3 }}\n"),
    );
    let main = text(&compile(&fleet(&own, &[]), false).files, MAIN);
    assert_eq!(main.matches("replicas = 3").count(), 3, "{main}");
    assert!(main.contains("\"9.5.1\""), "{main}");
}

#[test]
fn a_credential_is_a_name_and_never_a_value() {
    let private = QUICKSTART.replace(GITOPS, &format!("{GITOPS}  credential: github-app\n"));
    let files = compile(&fleet(&private, &[]), false).files;
    for path in [MAIN, "terraform/demo/us-east-1/delivery/demo/variables.tf"] {
        insta::assert_snapshot!(
            format!("private/{path}").replace('/', "__"),
            text(&files, path)
        );
    }
    let public = text(&compile(&fleet(QUICKSTART, &[]), false).files, MAIN);
    assert!(!public.contains("aws_secretsmanager_secret"), "{public}");
}

#[test]
fn only_clusters_that_pull_have_their_own() {
    let files = compile(&fleet(CONSORTIUM, &[]), true).files;
    let roots: Vec<&str> = files
        .iter()
        .filter_map(|file| file.path().as_str().strip_suffix("/main.tf"))
        .filter(|path| path.contains("/delivery/"))
        .collect();
    assert_eq!(
        roots,
        [
            "terraform/alpha/us-east-1/delivery/alpha",
            "terraform/beta/us-west-2/delivery/beta",
            "terraform/hub/us-east-1/delivery/core",
        ]
    );
    let hub = text(&files, "terraform/hub/us-east-1/delivery/core/main.tf");
    let role = "arn:aws:iam::999988887777:role/gen3/core/core--argocd-hub";
    assert_eq!(hub.matches(role).count(), 3, "{hub}");
    let theirs = QUICKSTART.replace(
        "    network: { cidr: 10.20.0.0/16 }\n",
        "    network: { cidr: 10.20.0.0/16 }\n    management: { applications: external }\n",
    );
    let files = compile(&fleet(&theirs, &[]), true).files;
    assert!(files.iter().all(|file| file.path() != MAIN));
    let nothing = QUICKSTART.replace(
        "gitops:\n  repository: https://github.com/example/demo-gitops\n  revision: main\n",
        "",
    );
    let files = compile(&fleet(&nothing, &[]), true).files;
    assert!(files.iter().all(|file| file.path() != MAIN));
}
