//! `csoc.lock`, `--locked` and `csoc catalog update`.

use rstest::rstest;

use super::Place;

const SCHEMA: &str = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{"provider":{"block":{}}}}}"#;

fn pinned() -> Place {
    let place = Place::new();
    let run = place.run("catalog update --fleet fleet");
    assert_eq!(run.exit, 0, "{}", run.err);
    place
}

#[test]
fn an_update_makes_a_lock_and_a_second_one_leaves_it() {
    let place = Place::new();
    let run = place.run("catalog update --fleet fleet");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.out.contains("hashicorp/aws"), "{}", run.out);
    assert!(run.out.contains("sha256:"), "{}", run.out);
    assert!(
        run.err.contains("commit csoc.lock and catalogs/"),
        "{}",
        run.err
    );
    let before = place.files("fleet");
    let run = place.run("catalog update --fleet fleet");
    assert_eq!((run.exit, &*run.out), (0, ""));
    assert!(run.err.contains("nothing moved"), "{}", run.err);
    assert_eq!(place.files("fleet"), before);
    let run = place.run("catalog update --fleet fleet --format json");
    assert_eq!(run.json()["moved"].as_array().unwrap().len(), 0);
    let run = place.run("check fleet --locked");
    assert_eq!((run.exit, &*run.out), (0, ""), "{}", run.err);
}

#[test]
fn a_move_prints_what_was_and_what_is() {
    let place = pinned();
    place.write("aws.json", SCHEMA);
    let run = place.run("catalog add provider aws.json --fleet fleet --version 5.101.0");
    assert_eq!(run.exit, 0, "{}", run.err);
    let run = place.run("catalog update --fleet fleet");
    assert_eq!((run.exit, &*run.out), (0, ""));
    let run = place.run("catalog update provider hashicorp/aws --fleet fleet");
    assert!(run.out.contains("5.101.0 → 5.100.0"), "{}", run.out);
    assert!(run.out.contains(" → sha256:"), "{}", run.out);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    assert!(
        !place
            .path("fleet/catalogs/provider/hashicorp/aws/5.101.0.catalog")
            .exists()
    );
}

#[rstest]
#[case("catalog update provider --fleet fleet", "has no name behind it")]
#[case("catalog update planet mars --fleet fleet", "no kind of catalog")]
#[case(
    "catalog update provider example/none --fleet fleet",
    "carries no provider catalog"
)]
#[case("catalog update --fleet fleet --locked", "`--locked` forbids")]
#[case(
    "catalog add provider aws.json --fleet fleet --version 1.0.0 --locked",
    "`--locked` forbids"
)]
#[case("catalog update --fleet nowhere", "there is no fleet at")]
fn what_is_wrongly_asked_for_writes_nothing(#[case] arguments: &str, #[case] says: &str) {
    let place = Place::new();
    place.write("aws.json", SCHEMA);
    let run = place.run(arguments);
    assert_eq!((run.exit, &*run.out), (2, ""), "{}", run.err);
    assert!(run.err.contains(says), "{}", run.err);
    assert!(!place.path("fleet/csoc.lock").exists());
    assert!(!place.path("fleet/catalogs").exists());
}

/// Every command that is about a fleet.
const COMMANDS: [&str; 12] = [
    "check fleet",
    "render fleet --out build",
    "verify root --fleet fleet",
    "explain name fleet",
    "graph fleet",
    "outputs list fleet",
    "outputs check fleet",
    "secrets list fleet",
    "catalog list fleet",
    "catalog show provider hashicorp/aws --fleet fleet",
    "report controls fleet",
    "add account other --id 444455556666 --region us-east-1 fleet",
];

/// Runs each command with `--locked`, and says what it exits with and prints.
fn locked(place: &Place) -> Vec<(&'static str, i32, String)> {
    place.write("root/main.tf", "locals {\n  a = 1\n}\n");
    COMMANDS
        .into_iter()
        .map(|command| {
            let run = place.run(&format!("{command} --locked"));
            (command, run.exit, format!("{}{}", run.out, run.err))
        })
        .collect()
}

#[test]
fn no_command_accepts_a_missing_lock_when_locked() {
    let place = Place::new();
    for (command, exit, text) in locked(&place) {
        assert_eq!(exit, 1, "{command}: {text}");
        assert!(text.contains("lock-missing"), "{command}: {text}");
        assert!(text.contains("csoc catalog update"), "{command}: {text}");
    }
    assert!(!place.path("build").exists());
    assert!(!place.path("fleet/csoc.lock").exists());
    assert_eq!(place.run("check fleet").exit, 0);
}

#[test]
fn every_command_accepts_a_whole_lock_when_locked_and_writes_none() {
    let place = pinned();
    let lock = place.read("fleet/csoc.lock");
    for (command, exit, text) in locked(&place) {
        let is_pending = command == "outputs check fleet";
        assert_eq!(exit, i32::from(is_pending), "{command}: {text}");
        assert!(!text.contains("lock-"), "{command}: {text}");
    }
    assert_eq!(place.read("fleet/csoc.lock"), lock);
}

#[rstest]
#[case::edition("fleet/csoc.lock", "\"2026.11\"", "\"2025.01\"", "`2025.01`")]
#[case::provider(
    "fleet/fleet.yaml",
    "  state:",
    "  providers: { aws: \"~> 6.0\" }\n  state:",
    "`~> 6.0`"
)]
#[case::unpinned(
    "fleet/csoc.lock",
    "\"kind\":\"chart\",\"name\":\"gen3\"",
    "\"kind\":\"chart\",\"name\":\"other\"",
    "`gen3`"
)]
fn a_stale_lock_is_a_warning_and_an_error_when_locked(
    #[case] file: &str,
    #[case] from: &str,
    #[case] to: &str,
    #[case] says: &str,
) {
    let place = pinned();
    place.edit(file, from, to);
    let run = place.run("check fleet");
    assert!(run.out.contains("warning[lock-outdated]"), "{}", run.out);
    assert!(run.out.contains(says), "{}", run.out);
    assert!(run.out.contains("run `csoc catalog update`"), "{}", run.out);
    for (command, exit, text) in locked(&place) {
        assert_eq!(exit, 1, "{command}: {text}");
        assert!(text.contains("error[lock-outdated]"), "{command}: {text}");
    }
}

#[rstest]
#[case("check fleet")]
#[case("catalog list fleet")]
#[case("verify root --fleet fleet")]
#[case("render fleet --out build")]
fn a_damaged_catalog_stops_a_command(#[case] command: &str) {
    let place = pinned();
    place.write("root/main.tf", "locals {\n  a = 1\n}\n");
    place.write(
        "fleet/catalogs/chart/gen3/0.0.0+42cc46bc.catalog",
        "csoc-cat",
    );
    for command in [command.to_owned(), format!("{command} --locked")] {
        let run = place.run(&command);
        assert_eq!(run.exit, 1, "{}", run.err);
        let text = format!("{}{}", run.out, run.err);
        assert!(text.contains("error[catalog-damaged]"), "{text}");
        assert!(text.contains("csoc.lock:"), "{text}");
    }
    assert!(!place.path("build/gitops").exists());
}

#[test]
fn locked_needs_a_fleet_and_nothing_else_does() {
    let place = Place::new();
    place.write("root/main.tf", "locals {\n  a = 1\n}\n");
    assert_eq!(place.run("verify root --locked").exit, 2);
    assert_eq!(place.run("schema --locked").exit, 0);
    assert_eq!(place.run("report controls --locked").exit, 0);
}

#[test]
fn a_newer_lock_is_unusable_and_says_who_reads_it() {
    let place = Place::new();
    place.write("fleet/csoc.lock", "{\"format\": 2, \"csoc\": \"3.4.5\"}");
    for command in [
        "check fleet",
        "catalog update --fleet fleet",
        "verify . --fleet fleet",
    ] {
        let run = place.run(command);
        assert_eq!(run.exit, 2, "{command}: {}", run.err);
        assert!(run.err.contains("csoc 3.4.5"), "{command}: {}", run.err);
    }
}
