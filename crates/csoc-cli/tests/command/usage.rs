//! Help, version, wrong usage, and where output goes.

use std::process::Stdio;

use insta::assert_snapshot;

use super::Place;

#[test]
fn help_names_every_command_and_exit_status() {
    let run = Place::new().run("-h");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    for word in [
        "check",
        "render",
        "verify",
        "explain",
        "graph",
        "schema",
        "outputs",
        "secrets",
        "completions",
        "130  interrupted",
        "--as-of <DATE>",
    ] {
        assert!(run.out.contains(word), "{word}");
    }
}

#[test]
fn version() {
    let run = Place::new().run("--version");
    assert_eq!(run.out, format!("csoc {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
}

#[rstest::rstest]
#[case::no_command("")]
#[case::unknown_command("chekc")]
#[case::unknown_option("check --nope")]
#[case::format("render --out x --format sarif")]
#[case::no_out("render")]
#[case::date("check --as-of 2026-02-30")]
#[case::threads("check --threads 0")]
#[case::backend("render --out x --backend puppet")]
#[case::object("schema cluter")]
fn wrong_usage(#[case] arguments: &str) {
    let run = Place::new().run(arguments);
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(!run.err.is_empty());
}

#[test]
fn wrong_usage_says_what_was_meant() {
    assert_snapshot!(Place::new().run("rendr").err, @r"
    error: unrecognized subcommand 'rendr'

      tip: some similar subcommands exist: 'runner', 'report', 'render'

    Usage: csoc [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn colour_is_a_choice() {
    let place = Place::new();
    place.edit("fleet/fleet.yaml", "tier: dev", "teir: dev");
    let colored = |run: super::Run| run.out.contains('\u{1b}');
    assert!(!colored(place.run("check fleet")));
    assert!(colored(place.run("check fleet --color always")));
    assert!(!colored(place.run("check fleet --color never")));
    let no_color = |command: &mut std::process::Command| {
        command.env("NO_COLOR", "1");
    };
    assert!(!colored(place.run_with("check fleet", no_color)));
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let place = Place::new();
    let mut child = place
        .command("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
