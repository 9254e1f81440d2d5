//! `csoc diff`: sides, formats, revisions and what keeps it from comparing.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::Place;

impl Place {
    /// Runs git here; nothing of the machine's configuration matters.
    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.org",
                "-c",
                "commit.gpgsign=false",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .current_dir(self.directory.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A repository with the fleet in a directory of it and one commit.
    #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
    fn repository() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            println!("skipped: there is no git");
            return None;
        }
        let place = Self::new();
        place.git(&["init", "-q", "-b", "main"]);
        place.commit("one");
        Some(place)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }
}

const RELEASE: &str = "release: \"2026.07\"";

fn two_fleets() -> Place {
    let place = Place::new();
    let text = place.read("fleet/fleet.yaml");
    assert!(text.contains(RELEASE), "{text}");
    place.write(
        "new/fleet.yaml",
        &text.replacen(RELEASE, "release: \"2026.08\"", 1),
    );
    place
}

#[test]
fn two_fleets_as_text() {
    let run = two_fleets().run("diff new --against fleet");
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out, @r"
    commons.demo.environments.dev
      ~ harmless   release: 2026.07 → 2026.08
                   pods restart one by one; migrations run once
                   ⤷ 14 images with it
                   in 15 places
                   at fleet.yaml:39

    1 change: 1 harmless
    ");
}

#[test]
fn an_exit_code_is_asked_for() {
    let place = two_fleets();
    assert_eq!(place.run("diff new --against fleet --exit-code").exit, 3);
    let same = place.run("diff new --against new --exit-code");
    assert_eq!((same.exit, same.out.as_str()), (0, "no differences\n"));
}

#[test]
fn every_format_says_the_same() {
    let place = two_fleets();
    let json = place.run("diff new --against fleet --format json").json();
    assert_eq!(json["old"], "fleet");
    assert_eq!(json["summary"]["worst"], "harmless");
    assert_eq!(json["changes"][0]["kind"], "release");
    assert_eq!(json["changes"][0]["new"], "2026.08");
    assert_snapshot!(place.run("diff new --against fleet --format markdown").out, @r"
    ### `fleet` → `new`

    1 change: 1 harmless

    #### `commons.demo.environments.dev`

    | danger | what | change | why, and what follows |
    |---|---|---|---|
    | harmless | release | `2026.07` → `2026.08` | pods restart one by one; migrations run once<br>⤷ 14 images with it<br>in 15 places<br>at fleet.yaml:39 |
    ");
    let html = place.run("diff new --against fleet --format html").out;
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.contains("2026.07 → 2026.08"),
        "{html}"
    );
    let coloured = place.run("diff new --against fleet --color always").out;
    assert!(coloured.contains("\u{1b}[32mharmless "), "{coloured}");
}

#[test]
fn a_fleet_and_what_it_rendered() {
    let place = two_fleets();
    assert_eq!(
        place.run("render fleet --out build --allow-pending").exit,
        0
    );
    let same = place.run("diff fleet --against build");
    assert_eq!(
        (same.exit, same.out.as_str()),
        (0, "no differences\n"),
        "{}",
        same.err
    );
    let changed = place
        .run("diff new --against build --only commons.* --format json")
        .json();
    assert_eq!(changed["changes"][0]["kind"], "release");
    assert_eq!(
        place.run("render new --out build-new --allow-pending").exit,
        0
    );
    let trees = place
        .run("diff build-new --against build --format json")
        .json();
    assert_eq!(trees["changes"][0]["new"], "2026.08");
}

#[test]
fn revisions_are_read_without_a_checkout() {
    let Some(place) = Place::repository() else {
        return;
    };
    place.edit("fleet/fleet.yaml", RELEASE, "release: \"2026.08\"");
    let since = place.run("diff fleet");
    assert!(
        since.out.contains("2026.07 → 2026.08"),
        "{} {}",
        since.out,
        since.err
    );
    place.commit("two");
    assert_eq!(place.run("diff fleet --exit-code").exit, 0);
    let between = place.run("diff fleet/fleet.yaml --against HEAD~1 --at HEAD --exit-code");
    assert_eq!(between.exit, 3, "{}", between.err);
    assert!(between.out.contains("2026.07 → 2026.08"));
    // The working copy does not matter to revisions, and stays as it is.
    place.write("fleet/fleet.yaml", "a: [");
    assert_eq!(place.run("diff fleet --against HEAD --at HEAD").exit, 0);
    assert_eq!(place.read("fleet/fleet.yaml"), "a: [");
    // A directory of the same name is one, unless it is said otherwise.
    place.write("main/notes.txt", "x");
    assert_eq!(place.run("diff fleet --against main --at HEAD").exit, 2);
    assert_eq!(place.run("diff fleet --against git:main --at HEAD").exit, 0);
}

#[test]
fn links_inside_of_the_fleet_are_followed_and_others_refused() {
    let Some(place) = Place::repository() else {
        return;
    };
    place.write("fleet/content/shared/x.json", "{}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("shared", place.path("fleet/content/linked")).unwrap();
        place.commit("a link");
        let run = place.run("diff fleet --exit-code");
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{}", run.out);
        std::os::unix::fs::symlink("../../other", place.path("fleet/content/out")).unwrap();
        place.commit("a link that leads out");
        let run = place.run("diff fleet --at HEAD");
        assert_eq!(run.exit, 2);
        assert!(run.err.contains("`content/out` lead"), "{}", run.err);
    }
}

#[test]
fn submodules_are_said() {
    let Some(place) = Place::repository() else {
        return;
    };
    place.git(&["init", "-q", "other"]);
    place.git(&["-C", "other", "commit", "-q", "--allow-empty", "-m", "x"]);
    place.git(&[
        "submodule",
        "--quiet",
        "add",
        "./other",
        "fleet/content/other",
    ]);
    place.commit("a submodule");
    let run = place.run("diff fleet --at HEAD");
    assert_eq!(run.exit, 2);
    assert_snapshot!(run.err, @r"
    error: `content/other` is a submodule in `HEAD`: what is in it is in another repository
    help: compare with a directory that has it checked out: --against DIR
    ");
}

#[test]
fn large_files_are_said() {
    let Some(place) = Place::repository() else {
        return;
    };
    let large = format!("# {}\n", "x".repeat(5 << 20));
    place.write("fleet/clusters/large.yaml", &large);
    place.commit("large");
    let run = place.run("diff fleet --at HEAD --against HEAD~1");
    assert_eq!(run.exit, 2);
    assert_snapshot!(run.err, @"error: `clusters/large.yaml` has 5242883 bytes in `HEAD`; at most 4194304 are read");
}

#[test]
fn revisions_that_are_none() {
    let Some(place) = Place::repository() else {
        return;
    };
    let run = |arguments: &str| {
        let run = place.run(arguments);
        assert_eq!(run.exit, 2, "{arguments}: {}", run.out);
        run.err
    };
    assert_snapshot!(run("diff fleet --against v9"), @r"
    error: `v9` is neither a directory nor a revision of this repository
    help: `git fetch` may bring it; a shallow clone has only its last commits
    ");
    assert!(run("diff fleet --against=--output=x").contains("is no name of a revision"));
    assert!(run("diff fleet --against HEAD:fleet").contains("neither a directory nor a revision"));
    assert!(run("diff fleet --git no-such-program").contains("`no-such-program` does not start"));
    // Something that the shell would run is a name like any other.
    assert!(
        run("diff fleet --against $(touch${IFS}hacked)")
            .contains("neither a directory nor a revision")
    );
    assert!(!place.path("hacked").exists());
    place.write("elsewhere/fleet.yaml", &place.read("fleet/fleet.yaml"));
    assert!(run("diff elsewhere --against HEAD").contains("`HEAD` has no `elsewhere/fleet.yaml`"));
}

#[test]
fn a_directory_that_is_in_no_repository() {
    let place = Place::new();
    // The temporary directory may itself be in one.
    let inside = Command::new("git")
        .args(["-C", &place.path("").display().to_string(), "rev-parse"])
        .output();
    if inside.is_ok_and(|output| output.status.success()) {
        println!("skipped: the temporary directory is in a repository");
        return;
    }
    let run = place.run("diff fleet");
    assert_eq!(run.exit, 2);
    assert!(
        run.err.contains("is in no git repository") || run.err.contains("does not start"),
        "{}",
        run.err
    );
}

#[test]
fn what_is_nothing_or_broken() {
    let place = two_fleets();
    let none = place.run("diff new --against .");
    assert_eq!(none.exit, 2);
    assert_snapshot!(none.err, @"error: `.` is neither a fleet nor a rendered tree: it holds no `fleet.yaml`, no `manifest.json`, no GitOps repository and no Terraform");
    place.write("new/fleet.yaml", "commons: [\n");
    let broken = place.run("diff new --against fleet");
    assert_eq!((broken.exit, broken.out.as_str()), (1, ""));
    assert!(
        broken.err.contains("yaml-syntax")
            && broken.err.contains("the fleet at `new` does not load"),
        "{}",
        broken.err
    );
    let broken = place.run("diff fleet --against new");
    assert_eq!(broken.exit, 1);
    place.write(
        "build/gitops/manifest.json",
        r#"{"format":7,"versions":{"csoc":"9.0.0"}}"#,
    );
    let newer = place.run("diff fleet --against build");
    assert_eq!(newer.exit, 2);
    assert!(
        newer.err.contains("which csoc 9.0.0 reads"),
        "{}",
        newer.err
    );
}

#[test]
fn environments_beside_each_other() {
    let place = Place::new();
    assert!(Path::new(&place.path("fleet/fleet.yaml")).is_file());
    place.edit("fleet/fleet.yaml", "    environments:\n", "    environments:\n      next: { tier: staging, cluster: demo, hostname: next.example.org, release: \"2026.08\" }\n");
    let run = place.run("diff fleet --from demo/dev --to demo/next --format json");
    assert_eq!(run.exit, 0, "{}", run.err);
    let kinds: Vec<String> = run.json()["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(kinds.contains(&"release".to_owned()), "{kinds:?}");
    let run = place.run("diff fleet --from demo/dev --to demo/nxt");
    assert_eq!(run.exit, 2);
    assert_snapshot!(run.err, @r"
    error: there is no environment `demo/nxt`
    help: did you mean `demo/next`?
    ");
}
