use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::ask::{Ask, AskError, Given, Nobody};
use super::memory::Memory;
use super::store::{CURRENT, PENDING, PREVIOUS};
use super::*;
use crate::journal::JournalError;

const PLANTED: &str = "pl4nted-hunter2";

fn wanted(name: &str, seeder: &str, content: &serde_json::Value) -> Wanted {
    let keys = match content.pointer("/part/entries") {
        Some(entries) => {
            let entries = entries.as_array().expect("a list");
            let keys = entries.iter().map(|entry| json!({ "name": entry[0] }));
            keys.collect()
        }
        None => Vec::new(),
    };
    let shape = match content["kind"].as_str() {
        Some("json") => "JSON",
        Some("yaml") => "YAML",
        _ => "text",
    };
    let wanted = json!({
        "object": "commons.demo.environments.dev", "purpose": name, "name": name,
        "account": "111122223333", "region": "us-east-1", "shape": shape, "keys": keys,
        "seeder": seeder, "rotation": { "means": "restart", "days": 90 },
        "stack": "v1/111122223333/us-east-1/secrets/environment/demo/dev",
        "layer": "v1/111122223333/us-east-1/secrets/environment/demo/dev",
        "encryption": { "kind": "key", "arn": "arn:aws:kms:us-east-1:111122223333:key/x" },
        "content": content,
    });
    serde_json::from_value(wanted).expect("it is one")
}

fn generated(name: &str) -> Wanted {
    let made = json!({ "kind": "made", "label": "password", "of": "letters" });
    let part = json!({ "kind": "map", "entries": [["password", made], ["username", { "kind": "text", "text": "demo" }]] });
    wanted(name, "generated", &json!({ "kind": "json", "part": part }))
}

fn config() -> Wanted {
    let key = json!({ "kind": "made", "label": "encryption", "of": "bytes" });
    let from = json!({ "kind": "from", "secret": "demo-client", "key": "client_secret" });
    let entries = json!([
        ["ENCRYPTION_KEY", key],
        ["OPENID_CONNECT", { "kind": "map", "entries": [["google", { "kind": "map", "entries": [["client_secret", from]] }]] }],
        ["LIST", { "kind": "list", "items": [{ "kind": "flag", "flag": true }, { "kind": "empty" }] }],
    ]);
    let part = json!({ "kind": "map", "entries": entries });
    wanted(
        "demo-config",
        "assembled",
        &json!({ "kind": "yaml", "part": part }),
    )
}

fn asked() -> Wanted {
    let mut asked = wanted("demo-client", "asked", &json!(null));
    asked.content = None;
    asked.stack = None;
    asked.shape = Shape::Json;
    asked.keys = serde_json::from_value(json!([{ "name": "client_secret" }])).expect("keys");
    asked
}

struct Person(&'static str);

impl Ask for Person {
    fn ask(&self, wanted: &Wanted) -> Result<Option<Given>, AskError> {
        let value = Value::new(self.0.to_owned());
        Ok(Some(match wanted.keys.first() {
            Some(key) => Given::Keys(vec![(key.name.clone(), value)]),
            None => Given::Line(value),
        }))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a note can fail")]
fn nothing(
    _: &Wanted,
    _: crate::journal::SecretStep,
    _: &str,
    _: bool,
) -> Result<(), JournalError> {
    Ok(())
}

fn seeded(all: &[&Wanted], store: &Memory, ask: &dyn Ask) -> Vec<Result<Seeded, String>> {
    let results = seed(
        all,
        store,
        ask,
        false,
        &mut nothing,
        &mut |_, _| {},
        &|| false,
    );
    let results = results.into_iter();
    results
        .map(|(_, result)| result.map_err(|error| error.to_string()))
        .collect()
}

fn how(hours: i64, now: &str) -> Rotation {
    Rotation {
        promote: false,
        overlap: SignedDuration::from_hours(hours),
        now: now.parse().expect("a time"),
    }
}

#[test]
fn what_is_seeded_twice_is_seeded_once() {
    let store = Memory::default();
    let one = generated("demo-creds");
    store.container(&one.name);
    assert!(matches!(
        seeded(&[&one], &store, &Nobody)[..],
        [Ok(Seeded::Made(_))]
    ));
    let (first, changes) = (store.text(&one.name, CURRENT), store.changes.get());
    assert!(store.text(&one.name, PENDING).is_none());
    assert!(matches!(
        seeded(&[&one], &store, &Nobody)[..],
        [Ok(Seeded::Was(_))]
    ));
    assert_eq!(store.text(&one.name, CURRENT), first);
    assert_eq!(store.changes.get(), changes);
}

#[test]
fn a_value_that_is_there_stays_whoever_put_it() {
    let store = Memory::default();
    let one = generated("demo-creds");
    store.put(&one.name, PLANTED);
    assert!(matches!(
        seeded(&[&one], &store, &Nobody)[..],
        [Ok(Seeded::Was(_))]
    ));
    assert_eq!(store.text(&one.name, CURRENT).as_deref(), Some(PLANTED));
}

#[test]
fn whoever_is_stopped_begins_no_other() {
    let store = Memory::default();
    let (one, other) = (generated("demo-creds"), generated("demo-other"));
    store.container(&one.name);
    store.container(&other.name);
    let done = std::cell::Cell::new(0);
    let results = seed(
        &[&one, &other],
        &store,
        &Nobody,
        false,
        &mut nothing,
        &mut |_, _| done.set(done.get() + 1),
        &|| done.get() == 1,
    );
    assert!(
        matches!(results[..], [(_, Ok(Seeded::Made(_)))]),
        "{results:?}"
    );
    assert!(store.text(&other.name, CURRENT).is_none());
}

#[test]
fn whoever_comes_second_says_so_and_overwrites_nothing() {
    for has_container in [true, false] {
        let store = Memory::default();
        let mut one = generated("demo-creds");
        if has_container {
            store.container(&one.name);
        } else {
            one.stack = None;
        }
        *store.rival.borrow_mut() = Some(Value::new(PLANTED.to_owned()));
        let results = seeded(&[&one], &store, &Nobody);
        assert!(
            matches!(results[..], [Ok(Seeded::SomebodyElse(_))]),
            "{results:?}"
        );
        assert_eq!(store.text(&one.name, CURRENT).as_deref(), Some(PLANTED));
        assert!(store.text(&one.name, PENDING).is_none());
    }
}

#[test]
fn wherever_seeding_is_cut_off_it_goes_on() {
    for changes in 0..4 {
        let store = Memory::default();
        let one = generated("demo-creds");
        store.container(&one.name);
        store.stops_after.set(Some(changes));
        let _ = seeded(&[&one], &store, &Nobody);
        let first = store.text(&one.name, CURRENT);
        store.stops_after.set(None);
        let results = seeded(&[&one], &store, &Nobody);
        assert!(matches!(results[..], [Ok(_)]), "{changes}: {results:?}");
        let now = store.text(&one.name, CURRENT);
        assert!(now.is_some() && store.text(&one.name, PENDING).is_none());
        assert!(first.is_none() || first == now);
    }
}

#[test]
fn what_others_are_put_together_from_comes_first() {
    let store = Memory::default();
    let (config, client) = (config(), asked());
    store.container(&config.name);
    let results = seeded(&[&config, &client], &store, &Person(PLANTED));
    assert!(
        results.iter().all(|it| matches!(it, Ok(Seeded::Made(_)))),
        "{results:?}"
    );
    let text = store.text(&config.name, CURRENT).expect("it is there");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("ENCRYPTION_KEY: \"") && lines[0].len() == 62,
        "{}",
        lines[0].len()
    );
    assert_eq!(
        lines[1..],
        [
            "OPENID_CONNECT:",
            "  google:",
            &format!("    client_secret: \"{PLANTED}\""),
            "LIST: [true, null]"
        ]
    );
}

#[test]
fn what_is_missing_says_what_it_needs() {
    let store = Memory::default();
    let (config, client) = (config(), asked());
    let container = seeded(&[&generated("demo-creds")], &store, &Nobody);
    assert!(
        container[0]
            .as_ref()
            .is_err_and(|it| it.contains("/secrets/environment/demo/dev"))
    );
    store.container(&config.name);
    let results = seeded(&[&config, &client], &store, &Nobody);
    assert_eq!(
        results[0],
        Err("a person must give it, and nobody did".to_owned())
    );
    assert_eq!(
        results[1],
        Err("it needs the secret `demo-client`, which has no value".to_owned())
    );
    store.put(&client.name, r#"{"other": "x"}"#);
    let results = seeded(&[&config], &store, &Nobody);
    assert_eq!(
        results[0],
        Err("it needs the secret `demo-client`: it lacks `client_secret`".to_owned())
    );
    let mut waits = generated("demo-waits");
    waits.content = serde_json::from_value(json!({ "kind": "waits", "output": "v1/x#y" })).ok();
    store.container(&waits.name);
    assert_eq!(
        seeded(&[&waits], &store, &Nobody),
        [Err("it waits for v1/x#y".to_owned())]
    );
    store.delete(&waits.name, Timestamp::UNIX_EPOCH);
    assert!(
        seeded(&[&waits], &store, &Nobody)[0]
            .as_ref()
            .is_err_and(|it| it.starts_with("it is deleted"))
    );
}

#[test]
fn bad_input_is_refused_and_never_shown() {
    let large = "x".repeat(70_000);
    let keys = ["client_secret".to_owned()];
    for (text, shape, wrong) in [
        ("", Shape::Text, "it is empty"),
        (" \n", Shape::Text, "it is empty"),
        (
            &*large,
            Shape::Text,
            "it has 70000 bytes, and a secret holds 65536",
        ),
        (PLANTED, Shape::Json, "it is no JSON object"),
        ("[\"pl4nted-hunter2\"]", Shape::Json, "it is no JSON object"),
        (
            "{\"a\": \"pl4nted-hunter2\"}",
            Shape::Json,
            "it lacks `client_secret`",
        ),
        (
            "other: pl4nted-hunter2\n",
            Shape::Yaml,
            "it lacks `client_secret`",
        ),
        (PLANTED, Shape::Pem, "it is no private key in PEM"),
        (
            "-----BEGIN PRIVATE KEY-----",
            Shape::Pem,
            "it is no private key in PEM",
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----\npl4nted-hunter2\n-----END PRIVATE KEY-----\n",
            Shape::Pem,
            "it is no private key in PEM",
        ),
    ] {
        let value = Value::new(text.to_owned());
        let error = value.fits(shape, &keys).expect_err("it is refused");
        assert_eq!(error.to_string(), wrong);
        assert!(!format!("{value:?} {error:?}").contains("hunter2"));
    }
    let client = asked();
    for (text, wrong) in [("", "it is empty"), ("a\nb", "it has more than one line")] {
        let given = Given::Keys(vec![(
            "client_secret".to_owned(),
            Value::new(text.to_owned()),
        )]);
        assert!(!format!("{given:?}").contains("a\nb"));
        assert_eq!(
            given.value(&client).expect_err("refused").to_string(),
            wrong
        );
    }
}

#[test]
fn a_whole_key_is_one_and_no_line_is_asked_for() {
    let key =
        Value::new("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned());
    assert_eq!(key.fits(Shape::Pem, &[]), Ok(()));
    let mut one = asked();
    assert!(!one.is_document(), "it has a key, which is asked for");
    one.keys.clear();
    assert!(one.is_document());
    one.shape = Shape::Pem;
    assert!(one.is_document());
    one.shape = Shape::Text;
    assert!(!one.is_document());
}

#[test]
fn a_rotation_has_an_overlap_and_then_an_end() {
    let store = Memory::default();
    store
        .now
        .set("2026-11-26T10:00:00Z".parse().expect("a time"));
    let one = generated("demo-creds");
    store.container(&one.name);
    seeded(&[&one], &store, &Nobody);
    let first = store.text(&one.name, CURRENT);
    let rotated = rotate(
        &one,
        &store,
        &Nobody,
        how(24, "2026-11-26T10:00:00Z"),
        &mut nothing,
    );
    assert!(matches!(rotated, Ok(Rotated::Current(_))), "{rotated:?}");
    assert_ne!(store.text(&one.name, CURRENT), first);
    assert_eq!(store.text(&one.name, PREVIOUS), first);
    assert!(store.text(&one.name, PENDING).is_none());
    let early = how(24, "2026-11-27T09:59:00Z");
    let again = rotate(&one, &store, &Nobody, early, &mut nothing);
    assert!(matches!(again, Err(RotationError::Overlap(_))), "{again:?}");
    assert!(matches!(
        finish(&one, &store, early, &mut nothing),
        Err(RotationError::Overlap(_))
    ));
    let late = how(24, "2026-11-27T10:00:00Z");
    assert!(matches!(
        finish(&one, &store, late, &mut nothing),
        Ok(Rotated::Retired(_))
    ));
    assert!(store.text(&one.name, PREVIOUS).is_none());
    assert!(matches!(
        finish(&one, &store, late, &mut nothing),
        Ok(Rotated::Alone(_))
    ));
}

#[test]
fn wherever_a_rotation_is_cut_off_it_goes_on() {
    for changes in 0..4 {
        let store = Memory::default();
        let one = generated("demo-creds");
        store.container(&one.name);
        seeded(&[&one], &store, &Nobody);
        let first = store.text(&one.name, CURRENT);
        store.stops_after.set(Some(store.changes.get() + changes));
        let now = how(0, "2026-11-26T10:00:00Z");
        let _ = rotate(&one, &store, &Nobody, now, &mut nothing);
        store.stops_after.set(None);
        let staged = store.text(&one.name, PENDING);
        let rotated = rotate(&one, &store, &Nobody, now, &mut nothing);
        assert!(
            matches!(rotated, Ok(Rotated::Current(_))),
            "{changes}: {rotated:?}"
        );
        assert!(staged.is_none() || staged == store.text(&one.name, CURRENT));
        assert!(store.text(&one.name, PENDING).is_none());
        assert_ne!(store.text(&one.name, CURRENT), first);
    }
}

#[test]
fn who_must_be_told_is_told_between() {
    let store = Memory::default();
    let mut one = generated("demo-creds");
    one.rotation.means = Means::Told;
    one.rotation.before = vec!["tell the database".to_owned()];
    store.container(&one.name);
    seeded(&[&one], &store, &Nobody);
    let first = store.text(&one.name, CURRENT);
    let now = how(24, "2026-11-26T10:00:00Z");
    let staged = rotate(&one, &store, &Nobody, now, &mut nothing);
    assert!(matches!(staged, Ok(Rotated::Staged(_))), "{staged:?}");
    assert_eq!(store.text(&one.name, CURRENT), first);
    let pending = store.text(&one.name, PENDING);
    let again = rotate(&one, &store, &Nobody, now, &mut nothing);
    assert_eq!(again.ok(), staged.ok());
    assert!(matches!(
        finish(&one, &store, now, &mut nothing),
        Err(RotationError::Pending)
    ));
    let told = Rotation {
        promote: true,
        ..now
    };
    assert!(matches!(
        rotate(&one, &store, &Nobody, told, &mut nothing),
        Ok(Rotated::Current(_))
    ));
    assert_eq!(store.text(&one.name, CURRENT), pending);
}

/// A value in a file.
struct File(&'static str);

impl Ask for File {
    fn ask(&self, _: &Wanted) -> Result<Option<Given>, AskError> {
        Ok(Some(Given::File(Value::new(self.0.to_owned()))))
    }

    fn is_given(&self) -> bool {
        true
    }
}

#[test]
fn nobody_was_told_of_what_is_not_pending() {
    let store = Memory::default();
    let mut one = generated("demo-creds");
    one.rotation.means = Means::Told;
    one.rotation.before = vec!["tell the database".to_owned()];
    store.container(&one.name);
    seeded(&[&one], &store, &Nobody);
    let told = Rotation {
        promote: true,
        ..how(0, "2026-11-26T10:00:00Z")
    };
    let first = store.text(&one.name, CURRENT);
    let early = rotate(&one, &store, &Nobody, told, &mut nothing);
    assert!(
        matches!(early, Err(RotationError::NothingPending)),
        "{early:?}"
    );
    assert!(store.text(&one.name, PENDING).is_none());
    store
        .stage(&one.name, &Value::new(PLANTED.to_owned()), "somebody's")
        .expect("staged");
    let foreign = rotate(&one, &store, &Nobody, told, &mut nothing);
    assert_eq!(
        foreign.expect_err("refused").to_string(),
        "the pending version `somebody's` is not one that csoc stages"
    );
    assert_eq!(store.text(&one.name, CURRENT), first);
    store
        .move_stage(&one.name, PENDING, Some("somebody's"), None)
        .expect("moved");
    let staged = rotate(
        &one,
        &store,
        &Nobody,
        how(0, "2026-11-26T10:00:00Z"),
        &mut nothing,
    );
    let Ok(Rotated::Staged(id)) = staged else {
        panic!("{staged:?}");
    };
    let mut other = one.clone();
    other.keys = serde_json::from_value(json!([{ "name": "another" }])).expect("keys");
    let unfit = rotate(&other, &store, &Nobody, told, &mut nothing);
    assert_eq!(
        unfit.expect_err("refused").to_string(),
        format!("the pending version `{id}` is not what it holds: it lacks `another`")
    );
    let rotated = rotate(&one, &store, &Nobody, told, &mut nothing);
    assert!(matches!(rotated, Ok(Rotated::Current(_))), "{rotated:?}");
}

#[test]
fn what_is_given_is_used_or_refused() {
    const GIVEN: &str = r#"{"password": "pl4nted-hunter2", "username": "mine"}"#;
    const OTHER: &str = r#"{"password": "another", "username": "mine"}"#;
    let store = Memory::default();
    let mut one = generated("demo-creds");
    store.container(&one.name);
    let wrong = seeded(&[&one], &store, &File("{}"));
    assert_eq!(
        wrong,
        [Err(
            "what was given is not what it holds: it lacks `password`, `username`".to_owned()
        )]
    );
    assert!(matches!(
        seeded(&[&one], &store, &File(GIVEN))[..],
        [Ok(Seeded::Made(_))]
    ));
    assert_eq!(store.text(&one.name, CURRENT).as_deref(), Some(GIVEN));
    let now = how(0, "2026-11-26T10:00:00Z");
    let rotated = rotate(&one, &store, &File(OTHER), now, &mut nothing);
    assert!(matches!(rotated, Ok(Rotated::Current(_))), "{rotated:?}");
    assert_eq!(store.text(&one.name, CURRENT).as_deref(), Some(OTHER));
    one.rotation.means = Means::Told;
    one.rotation.before = vec!["tell the database".to_owned()];
    rotate(&one, &store, &Nobody, now, &mut nothing).expect("it is staged");
    let refused = rotate(&one, &store, &File(GIVEN), now, &mut nothing);
    assert!(
        matches!(refused, Err(RotationError::Given(_))),
        "{refused:?}"
    );

    let begun = generated("demo-begun");
    store.container(&begun.name);
    let id = super::seed::token(&begun);
    store
        .stage(&begun.name, &Value::new(OTHER.to_owned()), &id)
        .expect("staged");
    store.forget(&begun.name, CURRENT);
    assert_eq!(
        seeded(&[&begun], &store, &File(GIVEN)),
        [Err("another value than the one given was begun".to_owned())]
    );
    assert!(matches!(
        seeded(&[&begun], &store, &File(OTHER))[..],
        [Ok(Seeded::Made(_))]
    ));
}

#[test]
fn after_a_rollback_it_is_rotated_again() {
    let store = Memory::default();
    let mut one = generated("demo-creds");
    store.container(&one.name);
    seeded(&[&one], &store, &Nobody);
    let first = super::seed::token(&one);
    let now = how(0, "2026-11-26T10:00:00Z");
    let mut made = std::collections::BTreeSet::new();
    for _ in 0..16 {
        let rotated = rotate(&one, &store, &Nobody, now, &mut nothing);
        let Ok(Rotated::Current(id)) = rotated else {
            panic!("{rotated:?}");
        };
        assert!(made.insert(id));
        store.move_by_hand(&one.name, CURRENT, &first);
    }
    let often = rotate(&one, &store, &Nobody, now, &mut nothing);
    assert!(matches!(often, Err(RotationError::Often)), "{often:?}");

    // A later one of them that is pending is ours, and what is pending at somebody else's is not.
    one.name = "demo-again".to_owned();
    store.container(&one.name);
    seeded(&[&one], &store, &Nobody);
    let first = super::seed::token(&one);
    rotate(&one, &store, &Nobody, now, &mut nothing).expect("rotated");
    store.move_by_hand(&one.name, CURRENT, &first);
    one.rotation.means = Means::Told;
    one.rotation.before = vec!["tell the database".to_owned()];
    let staged = rotate(&one, &store, &Nobody, now, &mut nothing);
    assert!(matches!(staged, Ok(Rotated::Staged(_))), "{staged:?}");
    let again = rotate(&one, &store, &Nobody, now, &mut nothing);
    assert_eq!(again.ok(), staged.ok());
}

#[test]
fn what_encrypts_stays_and_what_is_new_comes_in() {
    let store = Memory::default();
    let (config, client) = (config(), asked());
    store.container(&config.name);
    seeded(&[&config, &client], &store, &Person(PLANTED));
    let key = |stage| {
        let text = store.text(&config.name, stage).expect("it is there");
        text.lines().next().expect("a line").to_owned()
    };
    let now = how(0, "2026-11-26T10:00:00Z");
    let same = rotate(&config, &store, &Nobody, now, &mut nothing);
    assert!(matches!(same, Ok(Rotated::Same(_))), "{same:?}");
    store.put(&client.name, r#"{"client_secret": "new one"}"#);
    let rotated = rotate(&config, &store, &Nobody, now, &mut nothing);
    assert!(matches!(rotated, Ok(Rotated::Current(_))), "{rotated:?}");
    assert_eq!(key(CURRENT), key(PREVIOUS));
    assert!(
        store
            .text(&config.name, CURRENT)
            .is_some_and(|it| it.contains("new one"))
    );

    store.put(
        &config.name,
        "ENCRYPTION_KEY: 'YWJj'\nOPENID_CONNECT: {}\nLIST: []\nMINE: x\n",
    );
    let lost = rotate(&config, &store, &Nobody, now, &mut nothing);
    assert_eq!(
        lost.expect_err("refused").to_string(),
        "the current value holds `MINE` besides, which would be lost"
    );
    store.put(&config.name, "ENCRYPTION_KEY: 'YWJj'\nOPENID_CONNECT: {}\n");
    let rotated = rotate(&config, &store, &Nobody, now, &mut nothing);
    assert!(rotated.is_ok(), "{rotated:?}");
    assert_eq!(key(CURRENT), "ENCRYPTION_KEY: \"YWJj\"");
}

#[test]
fn what_people_added_below_is_named_and_never_lost() {
    let store = Memory::default();
    let (config, client) = (config(), asked());
    store.put(&client.name, r#"{"client_secret": "new one"}"#);
    let now = how(0, "2026-11-26T10:00:00Z");
    let refused = |one: &Wanted, text: &str| {
        store.put(&one.name, text);
        let result = rotate(one, &store, &Nobody, now, &mut nothing);
        let error = result.expect_err("it is refused").to_string();
        assert!(!error.contains(PLANTED), "{error}");
        assert_eq!(store.text(&one.name, CURRENT).as_deref(), Some(text));
        error
    };
    let lost =
        |paths: &str| format!("the current value holds {paths} besides, which would be lost");
    for (added, paths) in [
        (
            "  cilogon:\n    client_secret: pl4nted-hunter2\n",
            "`OPENID_CONNECT.cilogon`",
        ),
        (
            "  google: {\"client_secret\": \"a\", \"mine\": \"pl4nted-hunter2\"}\n",
            "`OPENID_CONNECT.google.mine`",
        ),
        (
            "  google:\n    client_secret: |\n      pl4nted-hunter2\n      x: y\n    mine: x\n",
            "`OPENID_CONNECT.google.mine`",
        ),
        (
            "  google: {mine: pl4nted-hunter2}\n",
            "`OPENID_CONNECT.google.{…}`",
        ),
    ] {
        let text = format!("ENCRYPTION_KEY: 'YWJj'\nOPENID_CONNECT:\n{added}LIST:\n- true\n");
        assert_eq!(refused(&config, &text), lost(paths));
    }
    let mut inner = generated("demo-g3auto");
    let server = json!({ "kind": "map", "entries": [["server", { "kind": "text", "text": "x" }]] });
    let part =
        json!({ "kind": "map", "entries": [["config.yaml", { "kind": "yaml", "part": server }]] });
    inner.content = serde_json::from_value(json!({ "kind": "json", "part": part })).ok();
    inner.keys.clear();
    assert_eq!(
        refused(
            &inner,
            r#"{"config.yaml": "server: y\nmine:\n  - key: pl4nted-hunter2\n"}"#
        ),
        lost("`config.yaml.mine`")
    );
    // What is before a colon may be a part of the value.
    let raw = "the current value would be lost: it is no JSON object";
    assert_eq!(refused(&inner, "pl4nted-hunter2: x"), raw);
    assert_eq!(refused(&inner, "pl4nted-hunter2\nx"), raw);
    for text in [
        "pl4nted hunter2: x",
        "pl4nted-hunter2:x",
        "https://pl4nted-hunter2",
    ] {
        let yaml = Value::new(text.to_owned());
        let error = yaml.fits(Shape::Yaml, &["pl4nted-hunter2".to_owned()]);
        assert!(matches!(error, Err(NotThis::Lacks(_))), "{text}");
    }
    store.put(
        &inner.name,
        r#"{"config.yaml": "server: 'pl4nted: hunter2'\n"}"#,
    );
    let rotated = rotate(&inner, &store, &Nobody, now, &mut nothing);
    assert!(matches!(rotated, Ok(Rotated::Current(_))), "{rotated:?}");
}

#[test]
fn what_is_not_ours_is_not_rotated() {
    let store = Memory::default();
    let mut one = generated("demo-creds");
    let now = how(0, "2026-11-26T10:00:00Z");
    let refused = |one: &Wanted| {
        let result = rotate(one, &store, &Nobody, now, &mut nothing);
        result.expect_err("it is refused").to_string()
    };
    assert!(refused(&one).starts_with("it has no value yet"));
    store.put(&one.name, "{}");
    one.rotation.means = Means::Never;
    assert!(refused(&one).starts_with("it is never rotated"));
    one.seeder = Seeder::Terraform;
    assert_eq!(refused(&one), "it is not rotated here: Terraform makes it");
    one.seeder = Seeder::Application;
    assert!(refused(&one).contains("the application makes it"));
}

#[test]
fn what_is_looked_at_is_told_by_its_keys_alone() {
    let store = Memory::default();
    let now: Timestamp = "2026-11-26T10:00:00Z".parse().expect("a time");
    let one = generated("demo-creds");
    let state = |one: &Wanted| check(one, &store, now).state;
    assert_eq!(state(&one), SecretState::Missing);
    store.container(&one.name);
    assert_eq!(state(&one), SecretState::Empty);
    store
        .now
        .set("2026-08-01T10:00:00Z".parse().expect("a time"));
    store.put(&one.name, &format!(r#"{{"password": "{PLANTED}"}}"#));
    let checked = check(&one, &store, now);
    assert_eq!(
        checked.state,
        SecretState::Wrong {
            problem: "it lacks `username`".to_owned()
        }
    );
    assert!(checked.is_due && checked.is_bad());
    assert_eq!(checked.days, Some(117));
    let told = format!(
        "{checked:?} {}",
        serde_json::to_string(&checked).expect("JSON")
    );
    assert!(!told.contains(PLANTED));
    store.put(
        &one.name,
        &format!(r#"{{"password": "{PLANTED}", "username": "x"}}"#),
    );
    assert_eq!(state(&one), SecretState::Fine);
    let mut theirs = one.clone();
    theirs.seeder = Seeder::Terraform;
    assert_eq!(state(&theirs), SecretState::Exists);
    let mut later = generated("demo-later");
    later.seeder = Seeder::Application;
    assert_eq!(state(&later), SecretState::Later);
    store.delete(&one.name, now);
    assert_eq!(state(&one), SecretState::Deleted { at: now });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a client's secret is, what is put together from it says the same, and seeding again changes nothing.
    #[test]
    fn any_text_comes_through_as_it_is(text in "[^\\r\\n]{1,60}") {
        prop_assume!(!text.trim().is_empty());
        let store = Memory::default();
        let client = asked();
        let mut inner = config();
        inner.name = "demo-inner".to_owned();
        let from = json!({ "kind": "from", "secret": "demo-client", "key": "client_secret" });
        let part = json!({ "kind": "map", "entries": [["a.json", { "kind": "json", "part": { "kind": "map", "entries": [["x", from]] } }]] });
        inner.content = serde_json::from_value(json!({ "kind": "json", "part": part })).ok();
        inner.shape = Shape::Json;
        inner.keys = Vec::new();
        store.container(&inner.name);
        let given = Value::object(&[("client_secret".to_owned(), Value::new(text.clone()))]);
        store.put(&client.name, given.expose());
        let results = seeded(&[&inner], &store, &Nobody);
        prop_assert!(matches!(results[..], [Ok(Seeded::Made(_))]), "{results:?}");
        let outer: serde_json::Value = serde_json::from_str(&store.text(&inner.name, CURRENT).expect("there")).expect("JSON");
        let within: serde_json::Value = serde_json::from_str(outer["a.json"].as_str().expect("text")).expect("JSON");
        prop_assert_eq!(within["x"].as_str(), Some(&*text));
        let before = store.changes.get();
        seeded(&[&inner], &store, &Nobody);
        prop_assert_eq!(store.changes.get(), before);
    }
}
