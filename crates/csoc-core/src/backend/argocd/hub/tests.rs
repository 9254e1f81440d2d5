//! What the hub pushes: sets, registrations, and what waits.

use crate::backend::fixture::{compile, load, repository, yaml};
use crate::gitops::applications_of;
use crate::render::RenderOptions;
use crate::source::SourceSet;
use crate::value::Node;
use crate::{Context, Limits, Tree, read_directory};

const FLEET: &str = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
hub: { account: hub, cluster: csoc }
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
accounts:
  hub: { provider: aws, id: "111122223333", region: us-east-1 }
  demo: { provider: aws, id: "444455556666", region: us-east-1 }
clusters:
  csoc: { account: hub, network: { cidr: 10.1.0.0/16 } }
  one: { account: demo, network: { cidr: 10.2.0.0/16 }, delivery: hub-push }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      dev: { cluster: one, hostname: dev.example.org, tier: dev, release: "2026.07" }
      staging:
        cluster: one
        hostname: staging.example.org
        tier: staging
        release: "2026.07"
        sync: { windows: [{ kind: deny, schedule: "0 0 * * *", duration: 8h }] }
        application:
          fields: { spec: { revisionHistoryLimit: 3, info: [{ name: raw, value: "{{ not a template }}" }] } }
      prod:
        cluster: one
        hostname: example.org
        tier: prod
        release: "2026.07"
        sync: { mode: manual, windows: [{ kind: allow, schedule: "0 9 * * 2", duration: 6h }] }
        application: { omit: [spec.syncPolicy.retry, spec.ignoreDifferences] }
"#;

fn of(text: &str) -> Tree {
    compile(SourceSet::from_iter([("fleet.yaml", text.as_bytes())])).0
}

fn example() -> SourceSet {
    read_directory(&repository().join("examples/hub-push"), Limits::default()).unwrap()
}

fn text(tree: &Tree, path: &str) -> String {
    String::from_utf8(tree.get(path).unwrap().bytes().to_vec()).unwrap()
}

#[test]
fn a_set_makes_what_a_cluster_of_its_own_would_have() {
    let made = of(FLEET);
    let made = applications_of(yaml(&made, "gitops/hub/commons/demo.yaml"));
    assert_eq!(made.len(), 3);
    let written = of(&FLEET.replace(", delivery: hub-push", ""));
    for mut made in made {
        let name = made.path(&["metadata", "name"]).and_then(Node::text);
        let host = match name {
            Some("gen3-demodev") => "dev.example.org",
            Some("gen3-demostaging") => "staging.example.org",
            _ => "example.org",
        };
        let path = format!("gitops/one/{host}/templates/app.yaml");
        // A template of Helm prints braces by an action of its own.
        let text = text(&written, &path).replace("{{ \"{{\" }}", "{{");
        let mut sources = crate::span::Sources::default();
        let id = sources.add(crate::span::SourceFile::new("app.yaml", text.as_str()));
        let (node, _) =
            crate::value::yaml_read::read(&text, id, &crate::value::yaml_read::Limits::default());
        let mut written = node.unwrap();
        let tier = made.path(&["metadata", "labels", "gen3-tier"]).cloned();
        assert!(tier.is_some());
        made.get_mut("metadata").unwrap().remove("labels");
        let place = made.get_mut("spec").unwrap().remove("destination");
        let place = place.unwrap();
        assert_eq!(place.get("name").and_then(Node::text), Some("one"));
        let theirs = written.get_mut("spec").unwrap().remove("destination");
        assert_eq!(theirs.unwrap().get("namespace"), place.get("namespace"));
        // It may come before the add-ons of its cluster, and tries until they are there.
        let retry = |application: &mut Node| {
            let spec = application.get_mut("spec").unwrap();
            let policy = spec.get_mut("syncPolicy").unwrap();
            let mut retry = policy.remove("retry")?;
            let limit = retry.remove("limit").unwrap();
            retry.remove("refresh");
            Some((limit.text().unwrap().to_owned(), retry))
        };
        let (ours, theirs) = (retry(&mut made), retry(&mut written));
        if let Some((limit, rest)) = ours {
            assert_eq!(limit, "-1");
            assert_eq!(Some(("5".to_owned(), rest)), theirs);
        }
        assert_eq!(sorted(&made), sorted(&written), "{host}");
    }
}

/// A document with the keys of its maps in order: templates put some elsewhere.
fn sorted(node: &Node) -> Node {
    if !node.is_map() {
        return match node.items() {
            [] => node.clone(),
            items => Node::list(items.iter().map(sorted)),
        };
    }
    let mut entries: Vec<_> = node.entries().iter().collect();
    entries.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    let mut map = Node::map();
    for entry in entries {
        map.insert(entry.key.clone(), sorted(&entry.node));
    }
    map
}

#[test]
fn what_rolls_waits_for_its_windows_as_a_person_would() {
    let tree = of(FLEET);
    let set = yaml(&tree, "gitops/hub/commons/demo.yaml");
    let steps = ["spec", "strategy", "rollingSync", "steps"];
    assert_eq!(set.path(&steps).map(|steps| steps.items().len()), Some(2));
    let manual = |tree: &Tree| -> Vec<(String, String)> {
        let project = yaml(tree, "gitops/csoc/argocd/project-demo.yaml");
        let windows = project.path(&["spec", "syncWindows"]).unwrap().items();
        let text =
            |window: &Node, path: &str| window.get(path).and_then(Node::text).unwrap().to_owned();
        windows
            .iter()
            .map(|window| (text(window, "kind"), text(window, "manualSync")))
            .collect()
    };
    let pair = |kind: &str, lets: &str| (kind.to_owned(), lets.to_owned());
    assert_eq!(
        manual(&tree),
        [pair("allow", "true"), pair("deny", "false")]
    );
    let tree = of(&FLEET.replace(
        "  demo:\n    dictionary",
        "  demo:\n    rollout: all-at-once\n    dictionary",
    ));
    assert_eq!(manual(&tree), [pair("allow", "true"), pair("deny", "true")]);
    let set = yaml(&tree, "gitops/hub/commons/demo.yaml");
    assert_eq!(set.path(&["spec", "strategy"]), None);
}

#[test]
fn the_example_looks_as_reviewed() {
    let (tree, _) = compile(example());
    for path in [
        "hub/commons/lakes.yaml",
        "hub/clusters/water.yaml",
        "csoc/argocd/hub.yaml",
        "csoc/argocd/pushed-water.yaml",
        "csoc/argocd/project-rivers.yaml",
        "csoc/argocd/project-platform.yaml",
        "README.md",
    ] {
        let text = text(&tree, &format!("gitops/{path}"));
        insta::assert_snapshot!(path.replace('/', "__"), text);
    }
}

#[test]
fn a_cluster_without_a_role_is_registered_by_a_secret_of_the_hub() {
    let other = "platform: k3s, delivery: hub-push";
    let tree = of(&FLEET.replace("delivery: hub-push", other));
    for path in [
        "hub/clusters/one.yaml",
        "csoc/argocd/clusters-account.yaml",
        "csoc/argocd/clusters-store.yaml",
    ] {
        let text = text(&tree, &format!("gitops/{path}"));
        insta::assert_snapshot!(path.replace('/', "__"), text);
    }
}

#[test]
fn each_cluster_has_an_application_that_no_other_waits_for() {
    let two =
        "  two: { account: demo, network: { cidr: 10.3.0.0/16 }, delivery: hub-push }\ncommons:";
    let tree = of(&FLEET.replace("commons:", two));
    let mut last = Vec::new();
    for (file, name, include) in [
        ("hub", "hub", "{argocd/*.yaml,commons/*.yaml}"),
        (
            "pushed-one",
            "one-platform",
            "{clusters/one.yaml,one/*.yaml}",
        ),
        (
            "pushed-two",
            "two-platform",
            "{clusters/two.yaml,two/*.yaml}",
        ),
    ] {
        let application = yaml(&tree, &format!("gitops/csoc/argocd/{file}.yaml"));
        let text = |path: &[&str]| application.path(path).and_then(Node::text).unwrap();
        assert_eq!(text(&["metadata", "name"]), name);
        assert_eq!(text(&["spec", "source", "directory", "include"]), include);
        assert_eq!(text(&["spec", "syncPolicy", "automated", "prune"]), "false");
        assert_eq!(text(&["spec", "syncPolicy", "retry", "limit"]), "-1");
        let wave = ["metadata", "annotations", "argocd.argoproj.io/sync-wave"];
        last.push(text(&wave).parse::<i32>().unwrap());
    }
    // Only for the last wave nobody waits.
    let root = tree
        .iter()
        .filter(|file| file.path().starts_with("gitops/csoc/argocd"));
    let waves = root.filter_map(|file| {
        let node = yaml(&tree, file.path().as_str());
        let wave = ["metadata", "annotations", "argocd.argoproj.io/sync-wave"];
        Some((
            file.path(),
            node.path(&wave)?.text()?.parse::<i32>().unwrap(),
        ))
    });
    for (path, wave) in waves {
        let is_last = path.ends_with("hub.yaml") || path.as_str().contains("/pushed-");
        assert!(
            if is_last {
                last == [wave; 3]
            } else {
                wave < last[0]
            },
            "{path}"
        );
    }
}

#[test]
fn a_cluster_is_registered_as_what_somebody_makes() {
    const ONE: &str = "gitops/hub/clusters/one.yaml";
    let hub = "csoc: { account: hub, ";
    let external = FLEET.replace(
        hub,
        &format!("{hub}management: {{ terraform: external }}, "),
    );
    assert_ne!(external, FLEET);
    let secret = FLEET.replace("delivery: hub-push", "platform: k3s, delivery: hub-push");
    // Nobody makes what it would be spoken to as: neither a role, nor what reads a secret.
    let elsewhere = secret.replace("hub: { account: hub,", "hub: { account: demo,");
    for fleet in [&external, &elsewhere] {
        let tree = of(fleet);
        assert!(tree.get(ONE).is_none(), "{fleet}");
        let account = "gitops/hub/argocd/clusters-account.yaml";
        assert!(tree.get(account).is_none(), "{fleet}");
    }
    // A role that is named is trusted by one in the cluster.
    let named = external.replace(
        "cluster: csoc }",
        "cluster: csoc, argocdRole: \"arn:aws:iam::111122223333:role/argocd\" }",
    );
    let outputs = "outputs/v1/444455556666/us-east-1/cluster/cluster/one.json";
    let recorded = r#"{ "cluster_endpoint": { "value": "https://a.example.org" }, "cluster_certificate_authority": { "value": "QQ==" } }"#;
    let files = [
        ("fleet.yaml", named.as_bytes()),
        (outputs, recorded.as_bytes()),
    ];
    let text = text(&compile(SourceSet::from_iter(files)).0, ONE);
    assert!(text.contains("role/gen3/one/one--argocd"), "{text}");
}

#[test]
fn an_environment_that_waits_holds_up_no_other() {
    let waiting = "outputs/v1/444455556666/us-east-1/dns/environment/rivers/dev.json";
    let every = "outputs/v1/444455556666/us-east-1/dns/environment/rivers/";
    let without = |gone: &str| {
        let example = example();
        let files = example
            .iter()
            .filter(|(path, _)| !path.as_str().starts_with(gone));
        files
            .map(|(path, bytes)| (path.to_owned(), bytes.clone()))
            .collect::<SourceSet>()
    };
    let directory = tempfile::tempdir().unwrap();
    let out = camino::Utf8PathBuf::from_path_buf(directory.path().join("out")).unwrap();
    let render = |set: SourceSet| {
        let options = RenderOptions::into_directory(&out);
        load(set).render(&options, &Context::default()).unwrap();
        let path = out.join("gitops/hub/commons/rivers.yaml");
        std::fs::read_to_string(path).unwrap_or_default()
    };
    // What was never rendered stays away while all of it waits.
    assert_eq!(render(without(every)), "");
    let text = render(without(waiting));
    assert!(!text.contains("gen3-riversdev"), "{text}");
    assert!(text.contains("gen3-riversprod"), "{text}");
    let whole = render(example());
    assert!(whole.contains("gen3-riversdev"), "{whole}");
    // And stays as it was once it is there.
    assert_eq!(render(without(every)), whole);
}

#[test]
fn secrets_that_change_at_each_rendering_are_left_alone() {
    let ignored = |fleet: &str| -> Vec<String> {
        let tree = of(fleet);
        let application = yaml(&tree, "gitops/one/dev.example.org/templates/app.yaml");
        let ignored = application.path(&["spec", "ignoreDifferences"]).unwrap();
        let name = |it: &Node| it.get("name").and_then(Node::text).unwrap().to_owned();
        ignored.items().iter().map(name).collect()
    };
    let pulled = FLEET.replace(", delivery: hub-push", "");
    assert_eq!(ignored(&pulled), ["fence-creds", "gen3-certs"]);
    let values = |values: &str| {
        let dev = "tier: dev, release: \"2026.07\"";
        pulled.replace(dev, &format!("{dev}, values: {values}"))
    };
    let flag = values("{ indexd: { externalSecrets: { createK8sServiceCredsSecret: true } } }");
    assert_eq!(
        ignored(&flag),
        ["fence-creds", "gen3-certs", "indexd-service-creds"]
    );
    let local = values("{ global: { externalSecrets: { deploy: false } } }");
    let all = ignored(&local);
    assert!(all.iter().any(|name| name == "fence-dbcreds"), "{all:?}");
}
