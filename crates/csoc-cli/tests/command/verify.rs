//! `csoc verify`.

use insta::assert_snapshot;

use super::Place;

#[test]
fn our_own_tree_is_clean_until_it_is_touched() {
    let place = Place::new();
    place.run("render fleet --out out");
    let run = place.run("verify out");
    assert_eq!((run.exit, run.out.as_str()), (0, ""));
    // Who reaches the state bucket, conditions on principals say: those text does not decide.
    assert!(run.err.starts_with("nothing found\n"), "{}", run.err);
    assert_eq!(place.run("verify out/terraform").exit, 0);

    place.write("out/terraform/stacks.json", "{\n");
    let run = place.run("verify out");
    assert_eq!(run.exit, 1);
    assert!(run.out.contains("error[file-edited]"), "{}", run.out);
    assert!(run.out.contains("error[json-syntax]"), "{}", run.out);
    let json = place.run("verify out --format json").json();
    assert_eq!(json["diagnostics"][0]["labels"][0]["root"], "tree");
}

#[test]
fn markers_are_errors() {
    let place = Place::new();
    place.run("render fleet --out out --allow-pending");
    let run = place.run("verify out");
    assert_eq!(run.exit, 1);
    assert!(run.out.contains("error[value-pending]"), "{}", run.out);
}

#[test]
fn what_is_no_tree_exits_with_2() {
    let place = Place::new();
    assert_eq!(place.run("verify fleet").exit, 2);
    assert_snapshot!(place.run("verify fleet").err, @"error: `fleet` holds no tree that csoc rendered: there is no `manifest.json` in it, nor in `terraform` or `gitops` below it; nor is it a GitOps repository, nor Terraform");
    assert_eq!(place.run("verify nowhere").exit, 2);
}

/// A repository with one deployment, whose values say that much.
fn repository(place: &Place, values: &str) {
    place.write(
        "repo/main/data.example.org/templates/app.yaml",
        "kind: Application\nmetadata: { name: gen3-a }\nspec:\n  destination: { namespace: a-helm }\n  sources:\n  - path: helm/gen3\n    repoURL: https://github.com/uc-cdis/gen3-helm\n    targetRevision: feat/old\n    helm: { releaseName: a, valueFiles: [$values/main/data.example.org/values/values.yaml] }\n",
    );
    place.write("repo/main/data.example.org/values/values.yaml", values);
}

#[test]
fn a_repository_of_somebody_else_is_read() {
    let place = Place::new();
    repository(
        &place,
        "global:\n  hostname: other.example.org\n  dev: false\n  postgres: { dbCreate: false }\n",
    );
    let run = place.run("verify repo");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(
        run.out.contains("warning[hostname-directory-differs]"),
        "{}",
        run.out
    );
    place.write(
        "refs.txt",
        "https://github.com/uc-cdis/gen3-helm.git master\n",
    );
    let run = place.run("verify repo --git-refs refs.txt");
    assert_eq!(run.exit, 1);
    assert!(
        run.out.contains("error[application-revision-gone]"),
        "{}",
        run.out
    );
    place.write("refs.txt", "alone\n");
    assert_eq!(place.run("verify repo --git-refs refs.txt").exit, 2);
    assert_eq!(place.run("verify repo --git-refs nowhere.txt").exit, 2);
}

#[test]
fn rendering_is_skipped_where_helm_or_the_chart_is_missing() {
    let place = Place::new();
    repository(
        &place,
        "global:\n  hostname: data.example.org\n  dev: false\n  postgres: { dbCreate: false }\n",
    );
    for arguments in [
        "--render",
        "--render --chart nowhere --helm no-such-helm",
        "--render --chart nowhere",
    ] {
        let run = place.run(&format!("verify repo {arguments}"));
        assert_eq!(run.exit, 0, "{}", run.err);
        assert!(
            run.err.contains("skipped: rendering with Helm ("),
            "{}",
            run.err
        );
    }
    assert_eq!(place.run("verify repo --chart x").exit, 2);
}

/// A program that answers as Helm does.
#[cfg(unix)]
#[test]
fn what_helm_makes_is_checked() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    repository(
        &place,
        "global:\n  hostname: data.example.org\n  dev: false\n  postgres: { dbCreate: false }\n",
    );
    place.write("charts/gen3/Chart.yaml", "name: gen3\ndependencies:\n- name: a\n  repository: file://../a\n- name: b\n  version: 1.2.3\n  repository: https://charts.example.org\n");
    place.write("charts/a/Chart.yaml", "name: a\n");
    place.write(
        "helm",
        "#!/bin/sh\ncase $1 in version) exit 0;; esac\nfor chart; do :; done\ntest -f $chart/charts/a/Chart.yaml && test -f $chart/charts/b/Chart.yaml || exit 1\necho \"kind: ConfigMap\nmetadata: { name: c }\ndata: { x: 'map[]', y: $$ }\"\n",
    );
    let path = place.path("helm");
    fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let run = place.run("verify repo --render --chart charts/gen3 --helm ./helm");
    assert_eq!(run.exit, 1, "{}", run.err);
    assert!(
        run.out.contains("error[rendered-map-printed]"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("warning[rendering-not-repeatable]"),
        "{}",
        run.out
    );
    assert!(!place.path("charts/gen3/charts").exists());
}

#[test]
fn known_findings_of_a_repository_are_shown_and_do_not_fail() {
    let place = Place::new();
    repository(&place, "global:\n  hostname: data.example.org\n");
    assert_eq!(place.run("verify repo").exit, 1);
    let run = place.run("verify repo --baseline known.yaml --write-baseline");
    assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    let run = place.run("verify repo --baseline known.yaml --format json");
    assert_eq!(run.exit, 0);
    assert!(run.json()["summary"]["baselined"].as_u64().unwrap() > 1);
    repository(
        &place,
        "global:\n  hostname: data.example.org\n  tierAccessLevel: no\n",
    );
    assert_eq!(place.run("verify repo --baseline known.yaml").exit, 1);
    assert_eq!(place.run("verify repo --baseline nowhere.yaml").exit, 2);
    place.write("known.yaml", "format: 2\n");
    assert!(
        place
            .run("verify repo --baseline known.yaml")
            .out
            .contains("error[baseline-newer]")
    );
}

#[test]
fn what_text_does_not_decide_is_counted_beside_the_findings() {
    let place = Place::new();
    repository(
        &place,
        "global:\n  hostname: data.example.org\n  dev: false\n  postgres: { dbCreate: false }\nfence:\n  enabled: true\n  serviceAccount:\n    annotations: { eks.amazonaws.com/role-arn: \"arn:aws:iam::111122223333:role/theirs\" }\n",
    );
    let run = place.run("verify repo");
    let counted =
        "not decided from text: 1\n     1  the role of a service account is not made by the tree\n";
    assert!(run.err.ends_with(counted), "{}", run.err);
    assert!(!run.out.contains("not decided"), "{}", run.out);
    let json = place.run("verify repo --format json").json();
    let undecided = &json["undecided"];
    assert_eq!(
        undecided["the role of a service account is not made by the tree"],
        1
    );
}
