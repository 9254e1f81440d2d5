//! What is there is shared where a lock file says that it is it, and nothing is written over.

use std::path::Path;

use super::{FETCHED, Plugins, Share, Turn, checksum, locked, unencoded};

const PLACE: &str = "registry.terraform.io/hashicorp/null/3.2.3";

/// A lock file as Terraform writes it for what `unpack` unpacks.
const LOCK: &str = r#"# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/null" {
  version     = "3.2.3"
  constraints = "3.2.3"
  hashes = [
    "h1:I0Um8UkrMUb81Fxq/dxbr3HLP2cecTH2WMJiwKSrwQY=",
    "h1:JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZujY=",
    "zh:22d062e5278d872fe7aed834f5577ba0a5afe34a3bdac2b81f828d8d3e6706d2",
  ]
}
"#;

/// Unpacks a provider for a platform.
fn unpack(all: &Path, program: &str) {
    let platform = all.join(PLACE).join("linux_amd64");
    fs_err::create_dir_all(&platform).expect("it is made");
    fs_err::write(platform.join("LICENSE.txt"), "license\n").expect("it is written");
    let file = platform.join("terraform-provider-null_v3.2.3_x5");
    fs_err::write(file, program).expect("it is written");
}

const PROGRAM: &str = "#!/bin/sh\n";

/// A directory of providers, and a lock file.
fn bench(lock: &str) -> (tempfile::TempDir, Plugins, std::path::PathBuf) {
    let directory = tempfile::tempdir().expect("there is room");
    let plugins = Plugins::new(&directory.path().join("plugins"));
    plugins.make().expect("it is made");
    let path = directory.path().join("lock.hcl");
    fs_err::write(&path, lock).expect("it is written");
    (directory, plugins, path)
}

#[test]
fn a_lock_file_of_terraform_has_the_checksum_of_what_is_unpacked() {
    let (_directory, plugins, _) = bench(LOCK);
    unpack(plugins.directory(), PROGRAM);
    let all = locked(LOCK).expect("it is one");
    assert_eq!((all.len(), &*all[0].place), (1, PLACE));
    assert_eq!(all[0].checksums.len(), 2);
    let platform = plugins.directory().join(PLACE).join("linux_amd64");
    let checksum = checksum(&platform).expect("it is read");
    assert_eq!(all[0].checksums[1], checksum);
    for wrong in [
        "",
        "JEuN",
        "JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZuj!=",
        "JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZujY",
        "JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZujZ=",
    ] {
        assert_eq!(unencoded(wrong), None, "{wrong}");
    }
}

#[test]
fn what_is_missing_is_fetched_once_and_linked_from_then_on() {
    let (_directory, plugins, lock) = bench(LOCK);
    let Share::Fetched(fetched) = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read")
    else {
        panic!("nothing is there")
    };
    unpack(plugins.directory(), PROGRAM);
    fetched.end().expect("it can be said");
    let share = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(matches!(share, Share::Linked), "{share:?}");
}

#[test]
fn who_has_its_own_fetches_nothing_for_others() {
    let (directory, plugins, lock) = bench(LOCK);
    let copy = directory.path().join("copy");
    unpack(&copy.join(".terraform/providers"), PROGRAM);
    let share = plugins.share(&lock, &copy).expect("it is read");
    assert!(matches!(share, Share::Own), "{share:?}");
    // What is there for all is linked in its place.
    unpack(plugins.directory(), PROGRAM);
    let share = plugins.share(&lock, &copy).expect("it is read");
    assert!(matches!(share, Share::Linked), "{share:?}");
}

#[test]
fn what_was_not_fetched_to_its_end_is_fetched_again() {
    let (_directory, plugins, lock) = bench(LOCK);
    let share = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(matches!(share, Share::Fetched(_)), "{share:?}");
    unpack(plugins.directory(), "#!/b");
    let share = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(matches!(share, Share::Fetched(_)), "{share:?}");
    assert!(!plugins.directory().join(PLACE).exists());
}

#[test]
fn what_is_there_is_neither_taken_for_another_nor_written_over() {
    let (_directory, plugins, lock) = bench(LOCK);
    unpack(plugins.directory(), "#!/bin/other\n");
    let share = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(matches!(share, Share::Own), "{share:?}");
    assert!(plugins.directory().join(PLACE).exists());
}

#[rstest::rstest]
#[case::without_what_can_be_compared(&LOCK.replace("\"h1:", "\"xx:"))]
#[case::that_leads_elsewhere(&LOCK.replace("hashicorp", ".."))]
#[case::of_a_provider_without_a_version(&LOCK.replace("  version ", "  other "))]
#[case::cut_off(LOCK.split_at(200).0)]
#[case::empty("")]
fn a_lock_file_shares_nothing(#[case] text: &str) {
    let (_directory, plugins, lock) = bench(text);
    let share = plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(matches!(share, Share::Own), "{share:?}");
    assert!(!plugins.directory().join(FETCHED).exists());
}

#[test]
fn a_note_leads_nowhere_else() {
    let (directory, plugins, lock) = bench(LOCK);
    let kept = directory.path().join("a/b/c/d");
    fs_err::create_dir_all(&kept).expect("it is made");
    let note = format!("../a/b/c\n../../../..\n{}\n", kept.display());
    fs_err::write(plugins.directory().join(FETCHED), note).expect("it is written");
    plugins
        .share(&lock, Path::new("/nowhere"))
        .expect("it is read");
    assert!(kept.exists());
}

#[test]
fn one_has_the_turn() {
    let directory = tempfile::tempdir().expect("there is room");
    let turn = Turn::ask(directory.path());
    assert!(matches!(turn, Turn::Ours(_)), "{turn:?}");
    let other = Turn::ask(directory.path());
    assert!(matches!(other, Turn::Theirs), "{other:?}");
    drop(turn);
    let other = Turn::ask(directory.path());
    assert!(matches!(other, Turn::Ours(_)), "{other:?}");
    let nowhere = Turn::ask(&directory.path().join("nowhere"));
    assert!(matches!(nowhere, Turn::Free), "{nowhere:?}");
}

#[cfg(unix)]
#[test]
fn links_into_it_are_taken_out_of_a_working_copy_and_nothing_else() {
    let (directory, plugins, _) = bench(LOCK);
    unpack(plugins.directory(), PROGRAM);
    let copy = directory.path().join("copy");
    let version = copy.join(".terraform/providers").join(PLACE);
    fs_err::create_dir_all(&version).expect("it is made");
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, version.join(name)).expect("it is made");
    };
    link(
        &plugins.directory().join(PLACE).join("linux_amd64"),
        "linux_amd64",
    );
    link(directory.path(), "darwin_arm64");
    link(&directory.path().join("nowhere"), "freebsd_amd64");
    fs_err::create_dir(version.join("windows_amd64")).expect("it is made");
    Plugins::unlink(plugins.directory(), &copy).expect("it can be");
    let left = fs_err::read_dir(&version).expect("it is there");
    let mut left: Vec<_> = left
        .map(|entry| entry.expect("it is one").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["darwin_arm64", "windows_amd64"]);
    assert!(plugins.directory().join(PLACE).join("linux_amd64").is_dir());
    Plugins::unlink(plugins.directory(), &directory.path().join("nowhere")).expect("it can be");
}
