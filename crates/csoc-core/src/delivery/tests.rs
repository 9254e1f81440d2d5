//! What Argo CD is to run of the examples, and of a repository that somebody else wrote.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::{DeliveredApplication, Deliveries, deliveries, image};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::render::RenderOptions;
use crate::source::SourceSet;
use crate::span::{SourceFile, Sources};
use crate::value::yaml_read;

const QUICKSTART: &str = include_str!("../../../../examples/quickstart/fleet.yaml");
const PUSHED: &str = include_str!("../../../../examples/hub-push/fleet.yaml");

fn fleet(text: &str) -> Fleet {
    let set: SourceSet = [("fleet.yaml", text.as_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn of(text: &str) -> Deliveries {
    fleet(text).deliveries(&Context::default()).unwrap()
}

fn names(deliveries: &Deliveries) -> Vec<String> {
    let line = |it: &DeliveredApplication| {
        format!("{} {} {} {}", it.cluster, it.name, it.deploys_to, it.object)
    };
    deliveries.applications.iter().map(line).collect()
}

#[test]
fn a_cluster_that_pulls_has_its_root_its_own_things_and_its_environments() {
    let deliveries = of(QUICKSTART);
    assert_eq!(
        names(&deliveries),
        [
            "demo cluster-level-resources demo clusters.demo",
            "demo demo-root demo fleet",
            "demo gen3-demodev demo commons.demo.environments.dev",
        ]
    );
    let environment = &deliveries.applications[2];
    assert_eq!(environment.tier.as_deref(), Some("dev"));
    assert_eq!(environment.deploys_into.as_deref(), Some("demodev-helm"));
    let chart = &environment.sources[0];
    assert_eq!(chart.chart.as_deref(), Some("gen3"));
    assert!(chart.revision.is_some());
    let fence = &environment.images["quay.io/cdis/fence"];
    assert_eq!(fence.len(), 1, "{fence:?}");
    let [cluster] = &*deliveries.clusters else {
        panic!("{:?}", deliveries.clusters)
    };
    assert_eq!(
        (
            &*cluster.name,
            cluster.account.as_deref(),
            cluster.tier.as_deref()
        ),
        ("demo", Some("111122223333"), Some("dev"))
    );
}

#[test]
fn what_a_hub_pushes_is_in_the_hub_and_each_environment_is_its_own() {
    let deliveries = of(PUSHED);
    let names = names(&deliveries);
    for expected in [
        "csoc gen3-riversprod water commons.rivers.environments.prod",
        "csoc gen3-lakesstaging water commons.lakes.environments.staging",
        "csoc water-alloy water clusters.water",
        "csoc hub csoc fleet",
        "csoc csoc-root csoc fleet",
    ] {
        assert!(names.iter().any(|name| name == expected), "{names:#?}");
    }
    assert!(
        names.iter().all(|name| name.starts_with("csoc ")),
        "{names:#?}"
    );
    let clusters: Vec<&str> = deliveries.clusters.iter().map(|it| &*it.name).collect();
    assert_eq!(clusters, ["csoc", "water"]);
}

#[test]
fn a_rendered_tree_says_the_same() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/quickstart");
    let fleet = Fleet::load(example, &Context::default()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let out = Utf8Path::from_path(directory.path()).unwrap();
    let options = RenderOptions::into_directory(out.to_owned());
    fleet.render(&options, &Context::default()).unwrap();
    let read = deliveries(out, &Context::default()).unwrap();
    let mut expected = fleet.deliveries(&Context::default()).unwrap();
    for application in &mut expected.applications {
        application.tier = None;
    }
    assert_eq!(read.applications, expected.applications);
    assert_eq!(
        deliveries(out.join("gitops"), &Context::default()).unwrap(),
        read
    );
}

#[test]
fn a_repository_of_somebody_else_names_its_deployments_by_their_directories() {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    let application = "kind: Application\nmetadata: {name: atlas}\nspec:\n  source: {path: helm/gen3, repoURL: 'https://git.example.org/charts', targetRevision: master, helm: {valueFiles: [$values/one/atlas.example.org/values/values.yaml]}}\n  destination: {namespace: atlas, server: 'https://kubernetes.default.svc'}\n";
    let values = "fence: {image: {repository: quay.io/cdis/fence, tag: 2026.07}}\n";
    for (path, text) in [
        ("templates/app.yaml", application),
        ("values/values.yaml", values),
    ] {
        let path = root.join("one/atlas.example.org").join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let read = deliveries(root, &Context::default()).unwrap();
    assert_eq!(names(&read), ["one atlas one one/atlas.example.org"]);
    let tags = &read.applications[0].images["quay.io/cdis/fence"];
    assert_eq!(tags, &BTreeSet::from(["2026.07".to_owned()]));
    assert!(deliveries(root.join("nowhere"), &Context::default()).is_err());
}

#[test]
fn images_are_maps_of_repository_and_tag_or_texts_that_say_so() {
    let text = "a: {image: {repository: quay.io/cdis/a, tag: '1'}}\nb: {custom_image: 'quay.io/cdis/b:2'}\nc: {image: {repository: quay.io/cdis/a, tag: '3'}}\nd: {url: 'http://host/x:4', image: 'no/tag', imageSecret: {tag: '5'}}\ne: [{name: x, image: 'host:5000/e:6'}]\n";
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("values.yaml", text));
    let (node, _) = yaml_read::read(text, file, &yaml_read::Limits::default());
    let found: Vec<String> = image::images(&node.unwrap())
        .into_iter()
        .map(|(repository, tags)| {
            format!(
                "{repository} {}",
                tags.into_iter().collect::<Vec<_>>().join(",")
            )
        })
        .collect();
    assert_eq!(
        found,
        ["host:5000/e 6", "quay.io/cdis/a 1,3", "quay.io/cdis/b 2"]
    );
}
