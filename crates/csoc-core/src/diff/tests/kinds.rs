//! A pair of fleets for each kind of change and each danger.

use rstest::rstest;

use super::{Edit, changed, changed_trees, only};
use crate::diff::{Action, Change, Danger};

const FLEET: &str = "fleet.yaml";
const PROFILES: &str = "tests/fleets/profiles";
const BLUE_GREEN: &str = "tests/fleets/blue-green";
const PUSHED: &str = "examples/hub-push";
const CONSORTIUM: &str = "examples/consortium";
const PROD: &str = "commons/cardio/environments/prod.yaml";
const CARDIO: &str = "commons/cardio.yaml";
const CLINICAL: &str = "clusters/clinical.yaml";

/// What stands before the environment of the commons `core`.
const CORE: &str = "core.example.org, tier: dev";

#[rstest]
#[case::service_off(&[(FLEET, "profiles: [core, data-explorer]\n    content", "profiles: [core]\n    content")], "service", "guppy", "outage")]
#[case::service_on(&[(FLEET, "profiles: [core]\n", "profiles: [core, uploads]\n")], "service", "ssjdispatcher", "harmless")]
#[case::release(&[(FLEET, CORE, "core.example.org, tier: dev, release: \"2026.08\"")], "release", "", "harmless")]
#[case::release_back(&[(FLEET, CORE, "core.example.org, tier: dev, release: \"2026.06\"")], "release", "", "outage")]
#[case::image(&[(FLEET, CORE, "core.example.org, tier: dev, services: { fence: { image: { tag: 11.0.0 } } }")], "image", "fence", "harmless")]
#[case::image_moves(&[(FLEET, CORE, "core.example.org, tier: dev, services: { fence: { image: { tag: master } } }")], "image", "fence", "outage")]
#[case::registry(&[(FLEET, CORE, "core.example.org, tier: dev, registry: registry.example.org/gen3")], "image", "registry", "outage")]
#[case::replicas(&[(FLEET, CORE, "core.example.org, tier: dev, replicas: 3")], "replicas", "", "cost")]
#[case::replicas_of_one(&[(FLEET, CORE, "core.example.org, tier: dev, services: { fence: { replicas: 0 } }")], "replicas", "fence", "outage")]
#[case::budgets(&[(FLEET, "disruptionBudgets: true, ", "")], "availability", "disruptionBudgets", "outage")]
#[case::size(&[(FLEET, CORE, "core.example.org, tier: dev, size: large")], "size", "", "cost")]
#[case::host(&[(FLEET, "core.example.org", "other.example.org")], "host", "", "outage")]
#[case::tier(&[(FLEET, CORE, "core.example.org, tier: prod")], "tier", "", "outage")]
#[case::public(&[(FLEET, CORE, "core.example.org, tier: dev, exposure: { publicData: true }")], "public-data", "", "exposure")]
#[case::tier_access(&[(FLEET, CORE, "core.example.org, tier: dev, exposure: { tierAccess: { level: libre } }")], "tier-access", "", "exposure")]
#[case::allow_list(&[(FLEET, CORE, "core.example.org, tier: dev, exposure: { allowList: [192.0.2.0/24] }")], "allow-list", "", "outage")]
#[case::origins(&[(FLEET, CORE, "core.example.org, tier: dev, exposure: { origins: [https://other.example.org] }")], "origins", "", "exposure")]
#[case::policies(&[(FLEET, CORE, "core.example.org, tier: dev, networkPolicies: true")], "network-policy", "", "outage")]
#[case::classification(&[(FLEET, CORE, "core.example.org, tier: dev, data: { classification: open }")], "classification", "", "exposure")]
#[case::users(&[(FLEET, "[admin@example.org]", "[admin@example.org, more@example.org]")], "users", "administrators", "exposure")]
#[case::provider(&[(FLEET, CORE, "core.example.org, tier: dev, identityProviders: { google: { kind: google, clientId: x, clientSecret: \"secretsmanager:x\" } }")], "identity-provider", "google", "identity")]
#[case::secret(&[(FLEET, CORE, "core.example.org, tier: dev, secrets: { fence-jwt: { name: other-jwt } }")], "secret", "fence-jwt", "outage")]
#[case::environment_id(&[(FLEET, CORE, "core.example.org, tier: dev, identity: { environmentId: another }")], "name", "environmentId", "data-loss")]
#[case::namespace(&[(FLEET, CORE, "core.example.org, tier: dev, identity: { namespace: another-helm }")], "name", "namespace", "data-loss")]
#[case::role(&[(FLEET, CORE, "core.example.org, tier: dev, services: { audit: { roleArn: \"arn:aws:iam::111122223333:role/x\" } }")], "role", "audit", "identity")]
#[case::prefix(&[(FLEET, "dg.CORE", "dg.OTHER")], "index-prefix", "", "identity")]
#[case::dictionary(&[(FLEET, CORE, "core.example.org, tier: dev, dictionary: https://example.org/other.json")], "dictionary", "", "outage")]
#[case::content(&[("content/portal/gitops.json", "{", "{ \"more\": 1, ")], "content", "portal/gitops.json", "harmless")]
#[case::etl(&[("content/explorer/etl-mapping.yaml", "explorerdev_case", "explorerdev_patient")], "content", "etl-mapping", "harmless")]
#[case::lifecycle(&[(FLEET, CORE, "core.example.org, tier: dev, lifecycle: retiring")], "lifecycle", "", "data-loss")]
#[case::management(&[(FLEET, CORE, "core.example.org, tier: dev, management: { terraform: external }")], "management", "terraform", "harmless")]
#[case::sync(&[(FLEET, CORE, "core.example.org, tier: dev, sync: { prune: false }")], "sync", "prune", "harmless")]
#[case::maintenance(&[(FLEET, CORE, "core.example.org, tier: dev, maintenance: true")], "maintenance", "", "outage")]
#[case::frontend(&[(FLEET, CORE, "core.example.org, tier: dev, frontend: none")], "frontend", "", "outage")]
#[case::naming(&[(FLEET, CORE, "core.example.org, tier: dev, naming: { secret.fence-jwt: \"{environment_id}-keys\" }")], "naming", "secret.fence-jwt", "identity")]
#[case::value(&[(FLEET, CORE, "core.example.org, tier: dev, values: { fence: { metricsEnabled: true } }")], "value", "fence.metricsEnabled", "harmless")]
#[case::parent(&[(FLEET, "parent: hub", "parent: core")], "parent", "", "exposure")]
#[case::chart(&[(FLEET, "0.3.90", "0.3.91")], "chart", "gen3", "harmless")]
#[case::chart_back(&[(FLEET, "0.3.90", "0.3.80")], "chart", "gen3", "outage")]
#[case::chart_moves(&[(FLEET, "0.3.90", "master")], "chart", "gen3", "outage")]
#[case::kubernetes(&[(FLEET, "\"1.33\"", "\"1.34\"")], "kubernetes", "", "outage")]
#[case::network(&[(FLEET, "10.40.0.0/16", "10.41.0.0/16")], "network", "cidr", "data-loss")]
#[case::addon(&[(FLEET, "metrics-server: {}", "metrics-server: { enabled: false }")], "addon", "metrics-server", "outage")]
fn every_kind_has_its_danger(
    #[case] edits: &[Edit],
    #[case] kind: &str,
    #[case] subject: &str,
    #[case] danger: &str,
) {
    let diff = changed(PROFILES, edits);
    let found: Vec<_> = diff
        .changes
        .iter()
        .filter(|change| change.kind.as_str() == kind && change.subject == subject)
        .collect();
    assert!(
        !found.is_empty(),
        "{}",
        diff.to_text(crate::diagnostic::TextStyle::plain())
    );
    for change in found {
        assert_eq!(change.danger.as_str(), danger, "{change:#?}");
        assert!(!change.reason.is_empty());
    }
}

#[test]
fn a_move_between_environments_is_told_with_what_each_takes() {
    let weights = &[
        (FLEET, "cutover: { weight: 90 }", "cutover: { weight: 20 }"),
        (FLEET, "cutover: { weight: 10 }", "cutover: { weight: 80 }"),
    ];
    let diff = changed(BLUE_GREEN, weights);
    let moved: Vec<&Change> = diff
        .changes
        .iter()
        .filter(|change| change.kind.as_str() == "cutover")
        .collect();
    assert_eq!(moved.len(), 2, "{diff:#?}");
    for (change, part) in moved.iter().zip(["20 of 100", "80 of 100"]) {
        assert_eq!(change.danger, Danger::Outage, "{change:#?}");
        let said = change.consequences.join("\n");
        for word in [part, "records", "riversgreen-fence-jwt", "CUTOVER.md"] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    // Beside them only the records change that carry the weights.
    let others = diff.changes.iter().filter(|change| {
        !matches!(
            change.kind.as_str(),
            "cutover" | "terraform-part" | "terraform-resource"
        )
    });
    let others: Vec<&Change> = others.collect();
    assert!(others.is_empty(), "{others:#?}");
    let preview = changed(
        BLUE_GREEN,
        &[(
            FLEET,
            "green.springs.example.org",
            "new.springs.example.org",
        )],
    );
    assert_eq!(
        only(&preview, "cutover", "preview").danger,
        Danger::Harmless
    );
}

#[test]
fn who_delivers_is_no_other_place() {
    let edits: &[Edit] = &[(FLEET, "    delivery: hub-push", "    delivery: spoke-pull")];
    for diff in [changed(PUSHED, edits), changed_trees(PUSHED, edits)] {
        let lost = |change: &&Change| change.danger == Danger::DataLoss;
        assert_eq!(diff.changes.iter().find(lost), None);
        let other =
            |change: &&Change| change.subject == "Argo CD" && change.danger == Danger::Outage;
        assert!(
            diff.changes.iter().any(|change| other(&change)),
            "{diff:#?}"
        );
    }
}

#[test]
fn what_the_fleet_changes_in_an_environment_is_a_change_of_it() {
    let environment = "commons.lakes.environments.prod";
    let diff = changed(PUSHED, &[(FLEET, "revision: 0.3.90", "revision: 0.3.80")]);
    let chart = only(&diff, "chart", "gen3");
    assert_eq!((&*chart.object, chart.danger), ("fleet", Danger::Outage));
    assert!(chart.shows_in.contains(environment), "{chart:?}");
}

#[test]
fn a_release_is_one_change_with_all_its_images() {
    let edits = &[(
        FLEET,
        CORE,
        "core.example.org, tier: dev, release: \"2026.08\"",
    )];
    let diff = changed(PROFILES, edits);
    assert_eq!(diff.changes.len(), 1, "{diff:#?}");
    let change = only(&diff, "release", "");
    assert_eq!(
        (change.old.as_deref(), change.new.as_deref()),
        (Some("2026.07"), Some("2026.08"))
    );
    assert!(change.consequences[0].contains("images"), "{change:#?}");
    assert!(change.places.len() > 10);
    // A tree does not say what the release is, but all images do.
    let trees = changed_trees(PROFILES, edits);
    assert_eq!(only(&trees, "release", "").new.as_deref(), Some("2026.08"));
    assert_eq!(trees.changes.len(), 1, "{trees:#?}");
}

#[test]
fn a_host_name_is_followed_through_all_layers() {
    let diff = changed(
        CONSORTIUM,
        &[(
            PROD,
            "hostname: cardio.clinical.example.org",
            "hostname: heart.clinical.example.org",
        )],
    );
    let change = only(&diff, "host", "");
    let said = change.consequences.join("\n");
    for word in ["certificate", "DNS", "cookies", "callback", "web ACL"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // What guards the cluster changes with it, and is told there; what observes it asks the new host.
    let observes = |change: &Change| {
        change.danger == Danger::Harmless && change.subject.starts_with("platform/")
    };
    assert!(
        diff.changes
            .iter()
            .all(|change| change.object.starts_with("commons.") || observes(change)),
        "{}",
        diff.to_text(crate::diagnostic::TextStyle::plain())
    );
}

#[test]
fn an_environment_that_goes_takes_its_chain_along() {
    let mut set = super::sources(CONSORTIUM);
    let old = super::fleet(CONSORTIUM, &[]);
    let mut rest = crate::source::SourceSet::new();
    for (path, bytes) in set.iter().filter(|(path, _)| *path != PROD) {
        rest.insert(path, bytes.clone());
    }
    set = rest;
    let context = crate::context::Context::default();
    let new = crate::backend::fixture::load(set);
    let diff = new.diff(&old, &context).unwrap();
    let change = only(&diff, "environment", "");
    assert_eq!(
        (change.action, change.danger.as_str()),
        (Action::Removed, "data-loss")
    );
    let said = change.consequences.join("\n");
    for word in [
        "no cascading finalizer",
        "databases in `clinical-main`",
        "buckets",
        "secrets",
        "answers no more",
        "lifecycle: retiring",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let back = old.diff(&new, &context).unwrap();
    assert_eq!(
        (
            only(&back, "environment", "").action,
            only(&back, "environment", "").danger.as_str()
        ),
        (Action::Added, "cost")
    );
}

#[test]
fn a_secret_names_its_readers() {
    let diff = changed(
        PROFILES,
        &[(
            FLEET,
            CORE,
            "core.example.org, tier: dev, secrets: { fence-jwt: { name: other-jwt } }",
        )],
    );
    let said = only(&diff, "secret", "fence-jwt").consequences.join("\n");
    assert!(said.contains("read by fence"), "{said}");
    assert!(said.contains("external-secrets-sa"), "{said}");
    // The secret's resource is destroyed, whatever its name is called.
    let resource = diff
        .changes
        .iter()
        .find(|change| change.kind.as_str() == "terraform-resource")
        .unwrap();
    assert_eq!(resource.danger.as_str(), "data-loss");
    assert!(
        resource
            .reason
            .contains("`name` cannot be changed in place"),
        "{resource:#?}"
    );
}

#[test]
fn lists_of_addresses_are_told_by_what_differs() {
    let diff = changed(
        CONSORTIUM,
        &[(
            CARDIO,
            "    - 192.0.2.0/24              # the hospital\n",
            "",
        )],
    );
    let change = diff
        .changes
        .iter()
        .find(|change| change.object.ends_with("prod"))
        .unwrap();
    assert_eq!(
        (
            change.kind.as_str(),
            change.old.as_deref(),
            change.new.as_deref()
        ),
        ("allow-list", Some("[192.0.2.0/24, …]"), Some("[…]"))
    );
    assert_eq!(change.danger.as_str(), "outage");
    // The web ACL of the cluster is told with the environment whose list it is.
    assert_eq!(
        diff.changes.len(),
        3,
        "{}",
        diff.to_text(crate::diagnostic::TextStyle::plain())
    );
    let wider = changed(CONSORTIUM, &[(CARDIO, "192.0.2.0/24  ", "192.0.0.0/16  ")]);
    assert!(
        wider
            .changes
            .iter()
            .all(|change| change.danger.as_str() == "exposure")
    );
}

#[test]
fn what_is_stateful_is_destroyed_and_created() {
    let diff = changed(
        CONSORTIUM,
        &[(
            PROD,
            "tier: prod",
            "tier: prod\nidentity: { environmentId: heartprod }",
        )],
    );
    let buckets = diff
        .changes
        .iter()
        .find(|change| change.subject.contains("aws_s3_bucket"))
        .unwrap();
    assert_eq!(buckets.danger.as_str(), "data-loss");
    assert!(
        buckets.subject.ends_with("4 aws_s3_bucket"),
        "{}",
        buckets.subject
    );
    assert!(
        buckets
            .consequences
            .iter()
            .any(|line| line.contains("prevent_destroy"))
    );
}

#[test]
fn a_load_balancer_that_opens_is_exposure() {
    let diff = changed(
        CONSORTIUM,
        &[(CLINICAL, "scheme: internet-facing", "scheme: internal")],
    );
    assert!(
        diff.changes
            .iter()
            .any(|change| change.kind.as_str() == "scheme" && change.danger.as_str() == "outage")
    );
    let opened = super::fleet(CONSORTIUM, &[])
        .diff(
            &super::fleet(
                CONSORTIUM,
                &[(CLINICAL, "scheme: internet-facing", "scheme: internal")],
            ),
            &crate::context::Context::default(),
        )
        .unwrap();
    assert!(
        opened
            .changes
            .iter()
            .any(|change| change.kind.as_str() == "scheme" && change.danger.as_str() == "exposure")
    );
}

#[test]
fn secret_material_is_never_printed() {
    let edits = &[(
        FLEET,
        CORE,
        "core.example.org, tier: dev, values: { fence: { FENCE_CONFIG_PUBLIC: { DB_PASSWORD: hunter2hunter2, NOTE: \"AKIAIOSFODNN7EXAMPLE\" } } }",
    )];
    for diff in [changed(PROFILES, edits), changed_trees(PROFILES, edits)] {
        let all = [
            diff.to_text(crate::diagnostic::TextStyle::plain()),
            diff.to_json(),
            diff.to_markdown(),
            diff.to_html(),
        ]
        .concat();
        assert!(all.contains("(secret)"));
        assert!(!all.contains("hunter2") && !all.contains("AKIA"), "{all}");
    }
}

#[test]
fn a_renamed_environment_is_one_that_goes_and_one_that_comes() {
    let diff = changed(
        PROFILES,
        &[(FLEET, "  requests:\n    indexd", "  renamed:\n    indexd")],
    );
    let of = |action| {
        diff.changes
            .iter()
            .find(|change| change.kind.as_str() == "environment" && change.action == action)
            .unwrap()
    };
    assert_eq!(of(Action::Removed).danger.as_str(), "data-loss");
    assert!(
        of(Action::Removed).consequences.iter().any(|line| line
            .contains("`commons.renamed.environments.dev` comes with the same host name")),
        "{diff:#?}"
    );
    assert!(
        of(Action::Added)
            .consequences
            .iter()
            .any(|line| line.contains("nothing of what that one holds"))
    );
}

#[test]
fn a_comment_of_a_pull_request_is_not_too_long() {
    let mut diff = changed(
        PROFILES,
        &[(FLEET, "core.example.org", "other.example.org")],
    );
    let one = diff.changes[0].clone();
    diff.changes = (0..2000)
        .map(|at| {
            let mut change = one.clone();
            change.object = format!("commons.c{at:04}.environments.dev");
            change
        })
        .collect();
    let text = diff.to_markdown();
    assert!(text.len() < 65_536);
    assert!(text.contains("more changes are too many for a comment"));
}

#[test]
fn a_change_says_where_the_fleet_says_it() {
    let release = [(
        FLEET,
        CORE,
        "core.example.org, tier: dev, release: \"2026.08\"",
    )];
    let there = changed(PROFILES, &release);
    let change = only(&there, "release", "");
    let line = super::sources(PROFILES)
        .get("fleet.yaml".into())
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .unwrap()
        .lines()
        .position(|line| line.contains(CORE))
        .unwrap();
    let place = format!("fleet.yaml:{}", line + 1);
    assert_eq!(change.sources().into_iter().collect::<Vec<_>>(), [&*place]);
    for text in [
        there.to_text(crate::diagnostic::TextStyle::plain()),
        there.to_markdown(),
        there.to_html(),
    ] {
        assert!(text.contains(&format!("at {place}")), "{text}");
    }
    assert!(
        there
            .to_json()
            .contains(&format!("\"source\": \"{place}\""))
    );
    // An environment that goes is told where it was.
    let gone = changed(
        PROFILES,
        &[(FLEET, "  requests:\n    indexd", "  renamed:\n    indexd")],
    );
    let environments: Vec<_> = gone
        .changes
        .iter()
        .filter(|change| change.kind.as_str() == "environment")
        .collect();
    assert_eq!(environments.len(), 2);
    for change in environments {
        assert_eq!(change.sources().len(), 1, "{change:#?}");
    }
}

#[test]
fn what_no_document_shows_is_no_danger() {
    let edits: [Edit; 1] = [(
        FLEET,
        CORE,
        "core.example.org, tier: dev, omit: [global.tierAccessLimit], exposure: { tierAccess: { limit: 5 } }",
    )];
    let before: [Edit; 1] = [(
        FLEET,
        CORE,
        "core.example.org, tier: dev, omit: [global.tierAccessLimit]",
    )];
    let diff = super::fleet(PROFILES, &edits)
        .diff(&super::fleet(PROFILES, &before), &crate::Context::default())
        .unwrap();
    let change = only(&diff, "tier-access", "limit");
    assert_eq!(change.danger.as_str(), "harmless", "{change:#?}");
    assert_eq!(change.reason, "nothing that is rendered changes by it");
}

#[rstest]
#[case("4Gi", "1.5Gi", "harmless")]
#[case("500Mi", "1Gi", "cost")]
#[case("1", "500m", "harmless")]
#[case("a lot", "more", "harmless")]
fn less_memory_is_told_from_more(#[case] old: &str, #[case] new: &str, #[case] danger: &str) {
    use crate::diff::ChangeKind;
    use crate::diff::judge::{Case, judge};
    let (found, _) = judge(Case {
        kind: ChangeKind::Resources,
        subject: "fence",
        action: Action::Changed,
        old: Some(old),
        new: Some(new),
    });
    assert_eq!(found.as_str(), danger);
}
