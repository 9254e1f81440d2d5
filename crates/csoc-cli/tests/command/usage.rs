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

/// A full disk, a pipeline's log that takes no more: whatever could not be printed is no success.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let terraform = "#!/bin/sh\ncase \"$1\" in\n  output) echo {} ;;\n  version) echo '{\"terraform_version\":\"1.11.4\"}' ;;\n  init) mkdir -p .terraform; echo '{\"backend\":{\"type\":\"pretended\",\"config\":{}}}' >.terraform/terraform.tfstate ;;\nesac\n";
    place.write("terraform", terraform);
    let ours = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(place.path("terraform"), ours).unwrap();
    assert_eq!(place.run("render fleet --out out").exit, 0);
    place.write(
        "other/fleet.yaml",
        &place
            .read("fleet/fleet.yaml")
            .replace("tier: dev", "tier: prod"),
    );
    let commands = [
        "--help",
        "help plan",
        "--version",
        "accounts --help",
        "check fleet",
        "check fleet --format json",
        "check fleet --format sarif",
        "check other",
        "render fleet --out out --format json",
        "verify out",
        "verify out --format json",
        "diff other --against out",
        "diff other --against out --format json",
        "explain commons.demo.environments.dev.hostname fleet",
        "graph fleet",
        "graph fleet --format json",
        "graph fleet --stacks",
        "schema",
        "schema environment",
        "network show fleet",
        "network show fleet --format json",
        "outputs list fleet",
        "outputs list fleet --format json",
        "outputs check fleet",
        "outputs pull fleet --terraform ./terraform",
        "outputs pull fleet --terraform ./terraform --format json",
        "secrets list fleet",
        "secrets list fleet --format json",
        "plan fleet --terraform ./terraform",
        "plan fleet --terraform ./terraform --format json",
        "drift fleet --terraform ./terraform",
        "drift fleet --terraform ./terraform --format json",
        "runs list fleet",
        "runs list fleet --format json",
        "runs verify fleet",
        "runner manifest fleet",
        "catalog list",
        "catalog list --format json",
        "report controls fleet",
        "report controls fleet --format json",
        "report bootstrap fleet",
        "completions bash",
        "completions bash --format json",
        "import gen3-gitops nowhere --out in",
        "promote demo/dev --to demo/prod fleet",
    ];
    let mut printed = 0;
    for command in commands {
        let well = place.run(command);
        let full = fs_err::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let run = place
            .command(command)
            .stdout(full.into_file())
            .output()
            .unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(!said.contains("panicked"), "{command}: {said}");
        if well.out.is_empty() {
            assert_eq!(run.status.code(), Some(well.exit), "{command}: {said}");
            continue;
        }
        printed += 1;
        assert_eq!(run.status.code(), Some(2), "{command}: {said}");
        let says = "error: standard output cannot be written: No space left on device";
        assert_eq!(said.matches(says).count(), 1, "{command}: {said}");
    }
    assert!(printed > 30, "{printed}");
}
