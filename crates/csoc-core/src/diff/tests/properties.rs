//! What holds for all pairs: the same is no difference, and the way back is the mirror of the way there.

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{Edit, changed, changed_trees, fleet};
use crate::context::Context;
use crate::diff::{Action, Change, ChangedPlace, Diff, DiffOptions, DiffSide, diff};
use crate::fleet::Fleet;
use crate::render::CompileOptions;
use crate::tree::Tree;

const FLEET: &str = "fleet.yaml";
const PROFILES: &str = "tests/fleets/profiles";

/// Edits of different places, of which any may be made.
const EDITS: [Edit; 14] = [
    (
        FLEET,
        "hostname: core.example.org",
        "hostname: other.example.org",
    ),
    (FLEET, "release: \"2026.07\"", "release: \"2026.08\""),
    (
        FLEET,
        "profiles: [core, data-explorer]\n    content",
        "profiles: [core]\n    content",
    ),
    (FLEET, "[admin@example.org]", "[other@example.org]"),
    (FLEET, "\"1.33\"", "\"1.34\""),
    (FLEET, "0.3.90", "0.3.91"),
    (FLEET, "dg.WORK", "dg.WORX"),
    (FLEET, "parent: hub", "parent: core"),
    (
        FLEET,
        "uploads.example.org, tier: dev",
        "uploads.example.org, tier: staging, identity: { environmentId: upl }",
    ),
    (
        FLEET,
        "requests.example.org, tier: dev",
        "requests.example.org, tier: dev, services: { fence: { replicas: 3, image: { tag: 1.2.3 } } }",
    ),
    (
        FLEET,
        "hub.example.org, tier: dev }\n  child",
        "hub.example.org, tier: dev, secrets: { fence-jwt: { name: x-jwt } }, exposure: { publicData: true } }\n  child",
    ),
    (FLEET, "  requests:\n    indexd", "  renamed:\n    indexd"),
    (
        FLEET,
        "disruptionBudgets: true, topologySpread: true",
        "values: { fence: { a: [1, 2], b: { c: x } } }",
    ),
    ("content/portal/gitops.json", "{", "{ \"more\": true, "),
];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    subsequence(EDITS.to_vec(), 0..=EDITS.len())
}

/// The same seen from the other side.
fn mirrored(diff: &Diff) -> Vec<Facts> {
    let mut facts: Vec<Facts> = diff
        .changes
        .iter()
        .map(|change| {
            let place =
                |place: &ChangedPlace| (place.at.clone(), place.new.clone(), place.old.clone());
            let action = match change.action {
                Action::Added => Action::Removed,
                Action::Removed => Action::Added,
                Action::Changed => Action::Changed,
            };
            let values = (change.new.clone(), change.old.clone());
            (
                change.object.clone(),
                change.kind.as_str(),
                change.subject.clone(),
                action,
                values,
                sorted(change.places.iter().map(place).collect()),
            )
        })
        .collect();
    facts.sort();
    facts
}

type Place = (String, Option<String>, Option<String>);
type Facts = (
    String,
    &'static str,
    String,
    Action,
    (Option<String>, Option<String>),
    Vec<Place>,
);

fn facts(diff: &Diff) -> Vec<Facts> {
    let of = |change: &Change| {
        let place = |place: &ChangedPlace| (place.at.clone(), place.old.clone(), place.new.clone());
        (
            change.object.clone(),
            change.kind.as_str(),
            change.subject.clone(),
            change.action,
            (change.old.clone(), change.new.clone()),
            sorted(change.places.iter().map(place).collect()),
        )
    };
    let mut facts: Vec<Facts> = diff.changes.iter().map(of).collect();
    facts.sort();
    facts
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn tree(fleet: &Fleet) -> Tree {
    fleet
        .compile(&CompileOptions::default(), &Context::default())
        .unwrap()
        .0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fleets_are_mirrored(one in edits(), other in edits()) {
        let (one, other) = (fleet(PROFILES, &one), fleet(PROFILES, &other));
        let context = Context::default();
        let there = other.diff(&one, &context).unwrap();
        let back = one.diff(&other, &context).unwrap();
        prop_assert_eq!(facts(&there), mirrored(&back));
        prop_assert!(one.diff(&one, &context).unwrap().is_empty());
        prop_assert_eq!(there.is_empty(), one == other);
        // Threads do not matter.
        let alone = Context::default().threads(std::num::NonZeroUsize::MIN);
        prop_assert_eq!(there, other.diff(&one, &alone).unwrap());
    }

    #[test]
    fn trees_are_mirrored(one in edits(), other in edits()) {
        let (one, other) = (tree(&fleet(PROFILES, &one)), tree(&fleet(PROFILES, &other)));
        let context = Context::default();
        let there = other.diff(&one, &context).unwrap();
        let back = one.diff(&other, &context).unwrap();
        prop_assert_eq!(facts(&there), mirrored(&back));
        prop_assert!(one.diff(&one, &context).unwrap().is_empty());
    }
}

#[test]
fn a_fleet_and_its_tree_are_the_same() {
    let fleet = fleet(PROFILES, &[]);
    let sides = (DiffSide::Tree(tree(&fleet)), DiffSide::Fleet(fleet));
    let found = diff(
        &sides.0,
        &sides.1,
        &DiffOptions::default(),
        &Context::default(),
    )
    .unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_edit_is_a_difference() {
    for edit in EDITS {
        let found = changed(PROFILES, &[edit]);
        assert!(!found.is_empty(), "{edit:?}");
        for change in &found.changes {
            assert!(!change.places.is_empty(), "{change:#?}");
        }
        assert!(!changed_trees(PROFILES, &[edit]).is_empty(), "{edit:?}");
    }
}
