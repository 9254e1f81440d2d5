//! What the model says of single services and of an environment, as the chart takes it.

use crate::backend::fixture::{compile, sources, yaml};
use crate::span::{SourceFile, Sources};
use crate::value::{Node, yaml_read};

/// The values of the environment `core` of the fleet `profiles` with more fields.
fn values(more: &str) -> Node {
    let mut set = sources("profiles");
    let text = "cluster: demo\nhostname: core.example.org\ntier: dev\n".to_owned() + more;
    let fleet = String::from_utf8(set.get("fleet.yaml".into()).unwrap().to_vec()).unwrap();
    let own =
        "    environments:\n      dev: { cluster: demo, hostname: core.example.org, tier: dev }\n";
    assert!(fleet.contains(own));
    set.insert("fleet.yaml", fleet.replacen(own, "", 1).into_bytes());
    set.insert("commons/core/environments/dev.yaml", text.into_bytes());
    let (tree, report) = compile(set);
    let errors: Vec<_> = report
        .diagnostics()
        .iter()
        .filter(|found| found.severity == crate::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    yaml(&tree, "gitops/demo/core.example.org/values/values.yaml").clone()
}

#[track_caller]
fn holds(values: &Node, path: &[&str], expected: &str) {
    let id = Sources::default().add(SourceFile::new("expected.yaml", expected));
    let (node, _) = yaml_read::read(expected, id, &yaml_read::Limits::default());
    assert_eq!(values.path(path), node.as_ref(), "{path:?}");
}

#[test]
fn pods_are_given_what_the_model_says() {
    let values = values(
        r#"
services:
  audit:
    env:
      DEBUG: "true"
      ARBORIST_URL: { configMap: { name: manifest-global, key: arborist_url, optional: true } }
      TOKEN: { secret: { name: audit-token, key: token } }
  fence:
    podAnnotations: { prometheus.io/scrape: "true" }
    serviceAccount: { create: false, name: fence-own }
    database: { setup: none, pushCredentials: true }
  frontend-framework:
    env: { DATACOMMONS: demo }
"#,
    );
    holds(
        &values,
        &["audit", "env"],
        "- {name: DEBUG, value: 'true'}
- {name: ARBORIST_URL, valueFrom: {configMapKeyRef: {name: manifest-global, key: arborist_url, optional: true}}}
- {name: TOKEN, valueFrom: {secretKeyRef: {name: audit-token, key: token}}}
",
    );
    holds(
        &values,
        &["fence", "podAnnotations"],
        "{prometheus.io/scrape: 'true'}",
    );
    let account = values.path(&["fence", "serviceAccount"]).unwrap();
    holds(account, &["create"], "false");
    holds(account, &["name"], "fence-own");
    holds(&values, &["fence", "postgres", "dbCreate"], "false");
    holds(&values, &["fence", "externalSecrets", "pushSecret"], "true");
    holds(
        &values,
        &["frontend-framework", "env"],
        "{DATACOMMONS: demo}",
    );
}

#[test]
fn what_is_said_of_a_service_that_is_off_is_written_and_nothing_else_of_it() {
    let values = values(
        "services:\n  hatchery: { enabled: false, replicas: 3, image: { tag: '2026.04' } }\n",
    );
    holds(
        &values,
        &["hatchery"],
        "{enabled: false, image: {tag: '2026.04'}, replicaCount: 3}",
    );
}

#[test]
fn settings_of_an_environment_are_values_of_their_services() {
    let values = values(
        r#"
frontendSource: { repository: "https://git.example.org/pages.git", revision: main, directory: demo/portal }
explorer: { restore: { bucket: demo-snapshots } }
discovery: { namespace: demo, dictionaryField: variables, schedule: "0 9 * * *" }
users: { schedule: "*/15 * * * *" }
workflows: { taskImages: ["quay.io/biocontainers/*"] }
manifestGlobal: { document_url: "https://docs.example.org" }
imageRepositories: { tube: quay.io/demo/tube }
services: { etl: { enabled: true } }
"#,
    );
    for (path, expected) in [
        (
            &["portal", "customConfig"][..],
            "{branch: main, dir: demo/portal, enabled: true, repo: 'https://git.example.org/pages.git'}",
        ),
        (&["guppy", "dbRestore"], "true"),
        (&["global", "dbRestoreBucket"], "demo-snapshots"),
        (&["metadata", "aggMdsNamespace"], "demo"),
        (&["metadata", "aggMdsDefaultDataDictField"], "variables"),
        (&["metadata", "schedule"], "'0 9 * * *'"),
        (&["metadata", "suspendCronjob"], "false"),
        (&["fence", "usersync", "schedule"], "'*/15 * * * *'"),
        (
            &["gen3-workflow", "gen3WorkflowConfig", "taskImageWhitelist"],
            "['quay.io/biocontainers/*']",
        ),
        (
            &["global", "manifestGlobalExtraValues"],
            "{document_url: 'https://docs.example.org'}",
        ),
        (&["etl", "image", "tube", "repository"], "quay.io/demo/tube"),
    ] {
        holds(&values, path, expected);
    }
}
