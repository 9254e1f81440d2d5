//! `csoc render`.

use insta::assert_snapshot;

use super::Place;

/// A summary without what later backends change: the counts of files.
fn last_counts(err: &str) -> String {
    err.lines()
        .find(|line| line.contains(" added, "))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_second_render_changes_nothing() {
    let place = Place::new();
    let first = place.run("render fleet --out out");
    assert_eq!((first.exit, first.out.as_str()), (0, ""), "{}", first.err);
    assert!(first.err.contains("commons.demo.environments.dev"));
    assert!(first.err.contains("pending until these stacks have run"));
    assert!(
        first
            .err
            .contains("v1/111122223333/us-east-1/dns/environment/demo/dev")
    );
    assert!(first.err.contains("`csoc secrets list`"));
    assert!(first.err.contains("next: out/terraform/README.md"));
    let before = place.files("out");
    assert!(before.len() > 10);

    let second = place.run("render fleet --out out");
    assert_eq!(second.exit, 0);
    assert!(
        last_counts(&second.err).starts_with("0 added, 0 changed, 0 removed, "),
        "{}",
        second.err
    );
    assert_eq!(place.files("out"), before);
}

#[test]
fn threads_change_nothing() {
    let place = Place::new();
    assert_eq!(place.run("render fleet --out one --threads 1").exit, 0);
    assert_eq!(place.run("render fleet --out two --threads 2").exit, 0);
    assert_eq!(place.files("one"), place.files("two"));
}

#[test]
fn edited_files_are_kept_until_forced() {
    let place = Place::new();
    place.run("render fleet --out out");
    place.write("out/terraform/stacks.json", "mine\n");
    place.edit("fleet/fleet.yaml", "us-east-1\n", "us-west-2\n");
    let run = place.run("render fleet --out out --dry-run");
    assert_eq!(run.exit, 1);
    assert!(run.err.contains("would be: "), "{}", run.err);
    let run = place.run("render fleet --out out");
    assert_eq!(run.exit, 1);
    assert!(
        run.err.contains("terraform/stacks.json  (edited)"),
        "{}",
        run.err
    );
    assert_eq!(place.read("out/terraform/stacks.json"), "mine\n");
    let run = place.run("render fleet --out out --force out/terraform/stacks.json");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert_ne!(place.read("out/terraform/stacks.json"), "mine\n");
}

#[test]
fn errors_write_nothing() {
    let place = Place::new();
    place.edit("fleet/fleet.yaml", "cluster: demo", "cluster: dmeo");
    let run = place.run("render fleet --out out");
    assert_eq!((run.exit, run.out.as_str()), (1, ""));
    assert!(
        run.err.contains("nothing was written: 1 error\n"),
        "{}",
        run.err
    );
    assert!(!place.path("out").exists());
    let json = place.run("render fleet --out out --format json");
    assert_eq!(json.exit, 1);
    assert_eq!(json.json()["written"], false);
    assert_eq!(json.json()["summary"]["errors"], 1);
    assert!(!place.path("out").exists());
}

#[test]
fn json_says_what_happened_to_each_file() {
    let place = Place::new();
    let run = place.run("render fleet --out out --format json");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    let json = run.json();
    assert_eq!(json["written"], true);
    let added = json["added"].as_array().unwrap();
    assert!(added.contains(&"terraform/stacks.json".into()));
    // An application waits with the values of its object, and for no output of its own.
    let waits = |file: &serde_json::Value, output: &str| {
        file["outputs"].as_array().unwrap().contains(&output.into())
    };
    let certificate = "v1/111122223333/us-east-1/dns/environment/demo/dev#certificate_arn";
    let pending = json["pending"].as_array().unwrap();
    assert!(pending.iter().any(|file| waits(file, certificate)));
    assert!(json["objects"]["commons.demo.environments.dev"]["helm"].is_u64());
    assert_eq!(json["diagnostics"], serde_json::json!([]));
    assert_eq!(json["summary"]["errors"], 0);
}

#[test]
fn an_output_that_is_a_file_exits_with_2() {
    let place = Place::new();
    place.write("out", "mine");
    let run = place.run("render fleet --out out");
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    assert_snapshot!(run.err, @"error: failed to read `out/terraform`: Not a directory (os error 20)");
    assert_eq!(place.read("out"), "mine");
}

#[cfg(unix)]
#[test]
fn a_read_only_output_exits_with_2() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let out = place.path("out");
    fs_err::create_dir(&out).unwrap();
    fs_err::set_permissions(&out, std::fs::Permissions::from_mode(0o555)).unwrap();
    if fs_err::write(out.join("probe"), "").is_ok() {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: this user may write everywhere\n",
        );
        return;
    }
    let run = place.run("render fleet --out out");
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
}

#[test]
fn two_at_once_are_both_right_or_one_refuses() {
    let place = Place::new();
    let mut children: Vec<_> = (0..2)
        .map(|_| {
            place
                .command("render fleet --out out")
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let exits: Vec<_> = children
        .iter_mut()
        .map(|child| child.wait().unwrap().code().unwrap())
        .collect();
    assert!(exits.iter().all(|exit| matches!(exit, 0 | 2)), "{exits:?}");
    assert!(exits.contains(&0), "{exits:?}");
    assert_eq!(place.run("verify out").exit, 0);
    assert_eq!(place.run("render alone --out x").exit, 2);
    place.run("render fleet --out alone");
    assert_eq!(place.files("out"), place.files("alone"));
}

#[test]
fn backends_go_into_repositories_of_their_own() {
    let place = Place::new();
    let run = place.run("render fleet --out out --terraform roots --allow-pending");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.err.contains("warning[value-pending]"), "{}", run.err);
    assert!(place.path("roots/manifest.json").is_file());
    assert!(!place.path("out/terraform").exists());
    let run = place.run("render fleet --out part --only commons.* --backend terraform");
    assert_eq!(run.exit, 0, "{}", run.err);
    let files = place.files("part/terraform");
    assert!(files.iter().all(|(path, _)| !path.contains("global")));
}
