//! Pages of clusters that say what clusters say.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Expectation, ExpectedApplication, ExpectedCluster, ExpectedSource, Health, Scope, Seen,
    Snapshot, StatusPage, Sync, Unread,
};
use crate::stack::Selection;

const CHARTS: &str = "https://helm.gen3.org";
const GITOPS: &str = "https://git.example.org/fleet";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn source(repository: &str, chart: Option<&str>, revision: &str) -> ExpectedSource {
    ExpectedSource {
        repository: repository.to_owned(),
        chart: chart.map(str::to_owned),
        path: None,
        revision: Some(revision.to_owned()),
    }
}

fn environment(commons: &str, name: &str, cluster: &str) -> ExpectedApplication {
    ExpectedApplication {
        cluster: cluster.to_owned(),
        name: format!("gen3-{commons}{name}"),
        namespace: "argocd".to_owned(),
        object: format!("commons.{commons}.environments.{name}"),
        tier: Some(name.to_owned()),
        deploys_to: cluster.to_owned(),
        sources: vec![
            source(CHARTS, Some("gen3"), "0.3.90"),
            source(GITOPS, None, "main"),
        ],
        images: [
            ("quay.io/cdis/fence", "2026.07"),
            ("quay.io/cdis/indexd", "2026.07"),
        ]
        .map(|(image, tag)| (image.to_owned(), [tag.to_owned()].into()))
        .into(),
    }
}

/// Two commons on one cluster, another on a second one, and the things of the first cluster itself.
fn fleet() -> Expectation {
    let root = ExpectedApplication {
        name: "one-root".to_owned(),
        object: "fleet".to_owned(),
        tier: None,
        sources: vec![ExpectedSource {
            path: Some("one".to_owned()),
            ..source(GITOPS, None, "main")
        }],
        images: BTreeMap::new(),
        ..environment("", "", "one")
    };
    let level = ExpectedApplication {
        name: "cluster-level-resources".to_owned(),
        object: "clusters.one".to_owned(),
        sources: vec![source(CHARTS, Some("cluster-level-resources"), "0.6.49")],
        ..root.clone()
    };
    let cluster = |name: &str, account: &str| ExpectedCluster {
        name: name.to_owned(),
        account: Some(account.to_owned()),
        ..ExpectedCluster::default()
    };
    Expectation {
        clusters: vec![
            cluster("one", "111122223333"),
            cluster("two", "444455556666"),
        ],
        applications: vec![
            root,
            level,
            environment("atlas", "prod", "one"),
            environment("atlas", "dev", "one"),
            environment("cardio", "prod", "two"),
        ],
        ..Expectation::default()
    }
}

/// An Application that is as it is rendered.
fn live(expected: &ExpectedApplication) -> Value {
    let source = |it: &ExpectedSource| json!({ "repoURL": it.repository, "chart": it.chart, "path": it.path, "targetRevision": it.revision });
    let sources: Vec<Value> = expected.sources.iter().map(source).collect();
    let revision = |it: &ExpectedSource| match &it.chart {
        Some(_) => it.revision.clone().unwrap_or_default(),
        None => COMMIT.to_owned(),
    };
    let revisions: Vec<String> = expected.sources.iter().map(revision).collect();
    let images: Vec<String> = expected
        .images
        .iter()
        .flat_map(|(image, tags)| tags.iter().map(move |tag| format!("{image}:{tag}")))
        .collect();
    json!({
        "metadata": { "name": expected.name, "namespace": expected.namespace },
        "spec": { "sources": sources },
        "status": {
            "sync": { "status": "Synced" }, "health": { "status": "Healthy" },
            "summary": { "images": images },
            "history": [
                { "deployedAt": "2026-10-01T00:00:00Z", "sources": sources, "revisions": ["0", "0"] },
                { "deployedAt": "2026-11-01T00:00:00Z", "sources": sources, "revisions": revisions },
            ],
            "operationState": { "phase": "Succeeded", "finishedAt": "2026-11-01T00:00:00Z" },
        },
    })
}

fn all_of(expectation: &Expectation, cluster: &str) -> Vec<Value> {
    let applications = expectation.applications.iter();
    applications
        .filter(|it| it.cluster == cluster)
        .map(live)
        .collect()
}

fn page(expectation: &Expectation, one: Vec<Value>, two: Result<Vec<Value>, Unread>) -> StatusPage {
    let at = "2026-11-26T12:00:00Z".parse().expect("it is a time");
    let seen = |objects: Vec<Value>| Seen::new(&objects, Scope::Everywhere);
    let clusters = [
        ("one".to_owned(), Ok(seen(one))),
        ("two".to_owned(), two.map(seen)),
    ];
    StatusPage::new(expectation, &Snapshot::new(at, clusters))
}

fn problems(page: &StatusPage) -> Vec<String> {
    let line = |it: &super::Problem| {
        let since = it
            .since
            .map_or_else(|| "-".to_owned(), |since| since.to_string());
        format!("{since} {} {}", it.application, it.message)
    };
    page.problems.iter().map(line).collect()
}

/// The page where the production of atlas on the first cluster is something else.
fn with(change: impl FnOnce(&mut Value)) -> StatusPage {
    let fleet = fleet();
    let mut one = all_of(&fleet, "one");
    change(&mut one[2]);
    let two = all_of(&fleet, "two");
    page(&fleet, one, Ok(two))
}

#[test]
fn what_is_as_it_is_rendered_has_no_problem() {
    let page = with(|_| {});
    assert_eq!(problems(&page), [""; 0]);
    assert!(page.is_well());
    assert_eq!((page.tally.applications, page.tally.well), (5, 5));
    let objects: Vec<&str> = page.objects.iter().map(|it| &*it.object).collect();
    assert_eq!(
        objects,
        [
            "clusters.one",
            "commons.atlas.environments.dev",
            "commons.atlas.environments.prod",
            "commons.cardio.environments.prod",
            "fleet"
        ]
    );
    let atlas = &page.objects[2];
    assert_eq!(
        (atlas.sync, atlas.health),
        (Some(Sync::Synced), Some(Health::Healthy))
    );
    let chart = atlas.chart.as_ref().expect("it has one");
    assert_eq!(
        (chart.found.as_deref(), &*chart.wanted),
        (Some("0.3.90"), "0.3.90")
    );
    let images = atlas.images.as_ref().expect("it has some");
    assert_eq!(
        (images.running, images.other, images.wanted.as_deref()),
        (2, 0, Some("2026.07"))
    );
}

#[test]
fn the_oldest_problem_is_first_and_rows_count_theirs() {
    let fleet = fleet();
    let mut one = all_of(&fleet, "one");
    one[2]["status"]["health"] = json!({ "status": "Degraded", "message": "fence: back-off", "lastTransitionTime": "2026-11-20T00:00:00Z" });
    one[2]["status"]["sync"] = json!({ "status": "OutOfSync" });
    one[3]["status"]["conditions"] = json!([
        { "type": "ComparisonError", "message": "values.yaml is not there", "lastTransitionTime": "2026-11-19T00:00:00Z" },
        { "type": "OrphanedResourceWarning", "message": "1 orphan", "lastTransitionTime": "2026-01-01T00:00:00Z" },
    ]);
    one[3]["status"]["sync"]["status"] = json!("Unknown");
    let page = page(&fleet, one, Ok(Vec::new()));
    assert_eq!(
        problems(&page),
        [
            "2026-11-19T00:00:00Z gen3-atlasdev ComparisonError: values.yaml is not there",
            "2026-11-20T00:00:00Z gen3-atlasprod degraded: fence: back-off",
            "- gen3-cardioprod it is not there",
            "- gen3-atlasprod out of sync",
            "- gen3-atlasdev Argo CD cannot tell its sync",
        ]
    );
    let atlas = &page.objects[2];
    assert_eq!(
        (atlas.problems, atlas.since.map(|it| it.to_string())),
        (2, Some("2026-11-20T00:00:00Z".to_owned()))
    );
    assert_eq!((page.tally.missing, page.tally.well), (1, 2));
}

#[test]
fn revisions_are_compared_as_asked_for_and_as_deployed() {
    let asked = with(|it| it["spec"]["sources"][0]["targetRevision"] = json!("0.3.89"));
    assert_eq!(
        problems(&asked),
        ["- gen3-atlasprod it asks for `0.3.89` of `gen3`, and `0.3.90` is rendered"]
    );
    let deployed = with(|it| it["status"]["history"][1]["revisions"][0] = json!("0.3.88"));
    assert_eq!(
        problems(&deployed),
        ["- gen3-atlasprod `0.3.88` of `gen3` is deployed, and `0.3.90` is wanted"]
    );
    let elsewhere =
        with(|it| it["spec"]["sources"][0]["repoURL"] = json!("https://charts.example.org"));
    assert_eq!(
        problems(&elsewhere),
        ["- gen3-atlasprod it does not take from `gen3`"]
    );
    let spelled =
        with(|it| it["spec"]["sources"][1]["repoURL"] = json!("git@GIT.example.org:fleet.git"));
    assert_eq!(problems(&spelled), [""; 0]);
}

#[test]
fn a_commit_that_is_named_is_looked_for() {
    for (commit, is_well) in [("0123456789ab", true), ("fedcba987654", false)] {
        let mut fleet = fleet();
        fleet.commit = Some(commit.parse().expect("it is one"));
        let page = page(&fleet, all_of(&fleet, "one"), Ok(all_of(&fleet, "two")));
        assert_eq!(page.is_well(), is_well, "{:?}", problems(&page));
        assert!(
            is_well
                || page.problems[0]
                    .message
                    .contains("`0123456789ab` of `https://git.example.org/fleet` is deployed")
        );
    }
}

#[test]
fn images_are_compared_by_repository() {
    let page = with(|it| {
        it["status"]["summary"]["images"] = json!([
            "quay.io/cdis/fence:2026.06@sha256:00",
            "quay.io/cdis/indexd:2026.07",
            "docker.io/other:1",
            "quay.io/cdis/indexd@sha256:11",
        ]);
    });
    assert_eq!(
        problems(&page),
        ["- gen3-atlasprod other images: fence:2026.06, not 2026.07"]
    );
    let images = page.objects[2].images.as_ref().expect("it has some");
    assert_eq!((images.running, images.other), (2, 1));
}

#[test]
fn a_failed_sync_counts_until_it_is_in_sync() {
    let failed = |sync: &'static str| {
        with(move |it| {
            it["status"]["sync"]["status"] = json!(sync);
            it["status"]["operationState"] = json!({ "phase": "Failed", "message": "a hook failed", "finishedAt": "2026-11-02T00:00:00Z" });
        })
    };
    assert_eq!(problems(&failed("Synced")), [""; 0]);
    assert_eq!(
        problems(&failed("OutOfSync"))[0],
        "2026-11-02T00:00:00Z gen3-atlasprod its last sync failed: a hook failed"
    );
}

#[test]
fn what_a_chart_makes_is_its_own_and_what_a_root_left_is_nobodys() {
    let fleet = fleet();
    let mut one = all_of(&fleet, "one");
    let made = |name: &str, parent: &str| {
        json!({
            "metadata": { "name": name, "namespace": "argocd",
                "annotations": { "argocd.argoproj.io/tracking-id": format!("{parent}:argoproj.io/Application:argocd/{name}") } },
            "status": { "sync": { "status": "Synced" }, "health": { "status": "Degraded" } },
        })
    };
    one.push(made("karpenter", "cluster-level-resources"));
    one.push(made("karpenter-pools", "karpenter"));
    one.push(made("gen3-left", "one-root"));
    one.push(made("ring", "ring-of-it"));
    one.push(made("ring-of-it", "ring"));
    let whole = page(&fleet, one.clone(), Ok(all_of(&fleet, "two")));
    assert_eq!(
        problems(&whole),
        [
            "- karpenter degraded",
            "- karpenter-pools degraded",
            "- gen3-left nobody rendered it",
            "- ring nobody rendered it",
            "- ring-of-it nobody rendered it"
        ]
    );
    assert_eq!(whole.tally.foreign, 3);
    assert_eq!(whole.objects[0].problems, 2);
    let part = fleet
        .clone()
        .select(&["commons = atlas".parse::<Selection>().expect("it is one")]);
    assert_eq!(problems(&page(&part, one, Ok(Vec::new()))), [""; 0]);
}

#[test]
fn what_cannot_be_read_is_a_row_and_takes_nothing_else_with_it() {
    let fleet = fleet();
    let mut one = all_of(&fleet, "one");
    one[2] = json!({ "metadata": { "name": "gen3-atlasprod", "namespace": "argocd" }, "spec": "planted" });
    one.push(json!("planted"));
    let page = page(&fleet, one, Err(Unread::Refused));
    assert_eq!(
        problems(&page),
        [
            "- ? its `metadata` is not what Argo CD writes",
            "- gen3-atlasprod its `spec` is not what Argo CD writes"
        ]
    );
    assert_eq!(
        (page.tally.unread, page.tally.applications, page.tally.well),
        (1, 4, 3)
    );
    assert_eq!(
        page.clusters[1].message.as_deref(),
        Some("connection refused")
    );
    let cardio = &page.objects[3];
    assert_eq!(
        (cardio.sync, cardio.health, cardio.problems),
        (None, None, 0)
    );
    let text = serde_json::to_string(&page).expect("it is data");
    assert!(!text.contains("planted"), "{text}");
}

#[test]
fn a_selection_asks_only_the_clusters_that_it_needs() {
    let asked = |text: &str| {
        let part = fleet().select(&[text.parse().expect("it is one")]);
        let clusters: Vec<String> = part.instances().map(|it| it.name.clone()).collect();
        (clusters.join(" "), part.applications.len())
    };
    assert_eq!(
        asked("commons = atlas and tier = prod"),
        ("one".to_owned(), 1)
    );
    assert_eq!(asked("account = 444455556666"), ("two".to_owned(), 1));
    assert_eq!(asked("tier != prod"), ("one".to_owned(), 3));
    assert_eq!(asked("layer = waf"), (String::new(), 0));
}
