//! New fleets load, and new objects leave the rest of a file alone.

use super::{Addition, Answers, NewAccount, NewEnvironment, new_fleet};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::model::Tier;
use crate::model::environment::Size;
use crate::source::SourceSet;

fn answers(more: &[(&str, &str)]) -> Answers {
    let mut given = vec![
        ("name", vec!["demo".to_owned()]),
        ("accountId", vec!["012345678901".to_owned()]),
        ("region", vec!["us-east-1".to_owned()]),
        ("domain", vec!["example.org".to_owned()]),
        (
            "dictionary",
            vec!["https://example.org/schema.json".to_owned()],
        ),
        ("indexdPrefix", vec!["dg.DEMO".to_owned()]),
        ("administrators", vec!["admin@example.org".to_owned()]),
        ("tier", vec!["prod".to_owned()]),
    ];
    given.extend(
        more.iter()
            .map(|(field, value)| (*field, vec![(*value).to_owned()])),
    );
    Answers::collect(None, &given).unwrap()
}

#[test]
fn a_new_fleet_loads_whatever_its_answers_look_like() {
    for more in [
        &[][..],
        &[("title", "On: the \"moon\" # yes")],
        &[
            ("identityProvider", "generic"),
            ("clientSecret", "secretsmanager:a#b"),
        ],
    ] {
        let files = new_fleet(&answers(more));
        let set: SourceSet = files
            .into_iter()
            .map(|(path, text)| (path, text.into_bytes()))
            .collect();
        let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
        let environment = fleet.environment("demo", "prod").unwrap();
        assert_eq!(environment.hostname.as_str(), "demo.example.org");
        assert_eq!(
            fleet.accounts().next().unwrap().1.id.as_str(),
            "012345678901"
        );
    }
}

#[test]
fn missing_and_wrong_answers_are_all_named() {
    let error = Answers::collect(
        None,
        &[
            ("accountId", vec!["12".into()]),
            ("region", vec!["nowhere".into()]),
        ],
    )
    .unwrap_err();
    let paths: Vec<_> = error
        .0
        .diagnostics()
        .iter()
        .filter_map(|found| found.path.clone())
        .collect();
    for field in [
        "name",
        "accountId",
        "region",
        "domain",
        "dictionary",
        "indexdPrefix",
        "administrators",
        "tier",
    ] {
        assert!(
            paths.iter().any(|path| path == field),
            "{field} in {paths:?}"
        );
    }
}

#[test]
fn what_is_missing_is_told_by_its_flag_and_the_file_of_answers() {
    let given = [("accountId", vec!["12".to_owned()])];
    let help = |file| {
        let error = Answers::collect(file, &given).unwrap_err();
        let all = error.0.into_iter().map(|found| {
            let place = found.labels.first().map(|label| label.file.clone());
            (found.path.unwrap(), (found.help.unwrap(), place))
        });
        all.collect::<std::collections::BTreeMap<_, _>>()
    };
    let none = help(None);
    assert_eq!(none["domain"].0, "give it with `--domain VALUE`");
    assert_eq!(
        none["administrators"].0,
        "give it with `--administrator VALUE`"
    );
    assert!(none["accountId"].0.ends_with("`--account-id`"), "{none:?}");
    assert!(none.values().all(|(_, place)| place.is_none()), "{none:?}");
    let some = help(Some(("answers.yaml", "name: demo\n")));
    assert_eq!(
        some["domain"].0,
        "write `domain:` into `answers.yaml`, or give it with `--domain VALUE`"
    );
    assert!(some["domain"].1.is_some());
}

const INLINE: &str = "\
apiVersion: csoc.gen3.org/v1beta1   # the format
kind: Fleet
edition: \"2026.11\"
name: demo
accounts:
  demo: { provider: aws, id: \"111122223333\", region: us-east-1 }   # ours
    # and nobody else's
clusters:
  demo: { account: demo }
commons:
  demo:
    dictionary: https://example.org/schema.json
    environments:
      dev: { cluster: demo, hostname: demo.example.org, tier: dev, release: \"2026.07\" }
# the end
";

fn inline() -> Fleet {
    let set = SourceSet::from_iter([("fleet.yaml", INLINE.as_bytes().to_vec())]);
    Fleet::from_sources(set, &Context::default()).unwrap()
}

#[test]
fn an_object_joins_its_siblings_and_comments_stay() {
    let addition = Addition::Account(NewAccount {
        name: "more".parse().unwrap(),
        id: "444455556666".parse().unwrap(),
        region: "us-west-2".parse().unwrap(),
        domain: None,
        contacts: Vec::new(),
    });
    let (path, text) = inline().add(&addition).unwrap();
    assert_eq!(path, "fleet.yaml");
    let at = text.find("  more:\n").unwrap();
    assert!(text[..at].ends_with("# and nobody else's\n"), "{text}");
    assert!(text.ends_with("# the end\n"));
    let without: String = {
        let end = text[at..].find("clusters:").unwrap();
        format!("{}{}", &text[..at], &text[at + end..])
    };
    assert_eq!(without, INLINE);
    let set = SourceSet::from_iter([(path, text.into_bytes())]);
    assert_eq!(
        Fleet::from_sources(set, &Context::default())
            .unwrap()
            .accounts()
            .count(),
        2
    );
}

#[test]
fn an_environment_is_added_once_and_only_to_what_is_there() {
    let environment = |commons: &str, name: &str, cluster: &str| {
        Addition::Environment(NewEnvironment {
            commons: commons.parse().unwrap(),
            name: name.parse().unwrap(),
            tier: Tier::Prod,
            cluster: cluster.parse().unwrap(),
            hostname: "data.example.org".parse().unwrap(),
            release: "2026.07".parse().unwrap(),
            size: Size::Small,
        })
    };
    let fleet = inline();
    let (_, text) = fleet.add(&environment("demo", "prod", "demo")).unwrap();
    let set = SourceSet::from_iter([("fleet.yaml", text.into_bytes())]);
    let again = Fleet::from_sources(set, &Context::default()).unwrap();
    assert_eq!(again.environments().count(), 2);
    assert_eq!(
        fleet
            .add(&environment("demo", "dev", "demo"))
            .unwrap_err()
            .to_string(),
        "`commons.demo.environments.dev` is there already"
    );
    assert_eq!(
        fleet
            .add(&environment("none", "dev", "demo"))
            .unwrap_err()
            .to_string(),
        "there is no `commons.none`"
    );
}
