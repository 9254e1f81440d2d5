//! What is written, kept and removed.

use super::*;
use crate::write::report::Vanished;

fn kept(report: &Report) -> Vec<(&str, Reason)> {
    report
        .kept
        .iter()
        .map(|kept| (kept.path.as_str(), kept.reason))
        .collect()
}

#[test]
fn a_fresh_root_gets_everything() {
    let place = Place::new();
    let report = place.render(&Job::of([
        ("README.md", "r"),
        ("a/b/c.tf", "c"),
        ("a/b/d.tf", "d"),
    ]));
    assert_eq!(names(&report.added), ["README.md", "a/b/c.tf", "a/b/d.tf"]);
    assert_eq!(place.text("a/b/c.tf").unwrap(), "c");
    assert_eq!(place.text(".csoc/.gitignore").unwrap(), "*\n");
    assert_eq!(place.tree().len(), 4);
}

#[test]
fn a_second_render_changes_nothing() {
    let place = Place::new();
    let job = Job::of([("a/b.tf", "b"), ("c.tf", "c")]);
    place.render(&job);
    tick();
    place.render(&job);
    let modified = |path: &str| {
        place
            .root
            .join(path)
            .metadata()
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = ["a/b.tf", "manifest.json", ".csoc/index"].map(modified);
    let report = place.render(&job);
    assert_eq!(names(&report.unchanged), ["a/b.tf", "c.tf"]);
    assert!(!report.is_change());
    assert_eq!(
        ["a/b.tf", "manifest.json", ".csoc/index"].map(modified),
        before
    );
}

#[test]
fn changes_additions_and_removals() {
    let place = Place::new();
    place.render(&Job::of([
        ("a/b.tf", "1"),
        ("a/gone/x.tf", "x"),
        ("c.tf", "c"),
    ]));
    let report = place.render(&Job::of([
        ("a/b.tf", "2"),
        ("a/new/y.tf", "y"),
        ("c.tf", "c"),
    ]));
    assert_eq!(names(&report.changed), ["a/b.tf"]);
    assert_eq!(names(&report.added), ["a/new/y.tf"]);
    assert_eq!(names(&report.removed), ["a/gone/x.tf"]);
    assert_eq!(names(&report.unchanged), ["c.tf"]);
    assert!(!place.root.join("a/gone").exists());
}

#[test]
fn edited_files_are_kept_until_forced() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "1"), ("b.tf", "1"), ("dir/c.tf", "1")]));
    for path in ["a.tf", "b.tf", "dir/c.tf"] {
        place.put(path, "mine");
    }
    let job = Job::of([("a.tf", "2"), ("dir/c.tf", "1")]);
    for _ in 0..2 {
        let report = place.render(&job);
        let edited = ["a.tf", "b.tf", "dir/c.tf"].map(|path| (path, Reason::Edited));
        assert_eq!(kept(&report), edited);
        assert_eq!(place.text("a.tf").unwrap(), "mine");
    }
    let report = place.render(&job.clone().force("a.tf").force("dir").force("b.tf"));
    assert_eq!(names(&report.changed), ["a.tf", "dir/c.tf"]);
    assert_eq!(names(&report.removed), ["b.tf"]);
    assert_eq!(place.text("a.tf").unwrap(), "2");
}

#[test]
fn an_edit_to_what_is_rendered_now_is_taken_over() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "1")]));
    place.put("a.tf", "2");
    let report = place.render(&Job::of([("a.tf", "2")]));
    assert_eq!(names(&report.unchanged), ["a.tf"]);
    assert_eq!(
        names(&place.render(&Job::of([("a.tf", "3")])).changed),
        ["a.tf"]
    );
}

#[test]
fn unlisted_files_are_kept_or_taken_over_if_equal() {
    let place = Place::new();
    place.put("same.tf", "s");
    place.put("other.tf", "mine");
    place.put("elsewhere.tf", "mine");
    let report = place.render(&Job::of([("same.tf", "s"), ("other.tf", "o")]));
    assert_eq!(names(&report.unchanged), ["same.tf"]);
    assert_eq!(kept(&report), [("other.tf", Reason::Unlisted)]);
    assert_eq!(names(&place.render(&Job::of([])).removed), ["same.tf"]);
    assert_eq!(place.text("other.tf").unwrap(), "mine");
    assert_eq!(place.text("elsewhere.tf").unwrap(), "mine");
}

#[test]
fn a_partial_render_removes_nothing() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "a"), ("b.tf", "b")]));
    let report = place.render(&Job::of([("a.tf", "2")]).scope(Scope::Partial));
    assert_eq!(
        (names(&report.changed), names(&report.removed)),
        (vec!["a.tf"], vec![])
    );
    assert_eq!(
        names(&place.render(&Job::of([("a.tf", "2")])).removed),
        ["b.tf"]
    );
}

#[test]
fn vanished_objects_lose_nothing_and_retired_ones_do() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "a")]));
    for _ in 0..2 {
        let report = place.render(&Job::of([]).objects(&["dev"]));
        assert_eq!(
            report.vanished,
            [Vanished {
                path: "a.tf".into(),
                object: "prod".into()
            }]
        );
        assert!(report.removed.is_empty() && place.text("a.tf").is_some());
    }
    let report = place.render(&Job::of([]).objects(&["dev"]).retired(&["prod"]));
    assert_eq!(names(&report.removed), ["a.tf"]);
    assert!(place.manifest().files.is_empty());
}

#[test]
fn withheld_files_stay_and_are_marked() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "a"), ("b.tf", "b")]));
    let job = Job::of([("b.tf", "b")])
        .withhold("a.tf")
        .withhold("never.tf");
    let report = place.render(&job);
    assert_eq!(names(&report.pending), ["a.tf", "never.tf"]);
    assert_eq!(place.text("a.tf").unwrap(), "a");
    let manifest = place.manifest();
    let states: Vec<_> = manifest.files.values().map(|entry| entry.state).collect();
    assert_eq!(states, [State::Pending, State::Ready]);
    assert_eq!(
        names(
            &place
                .render(&Job::of([("a.tf", "2"), ("b.tf", "b")]))
                .changed
        ),
        ["a.tf"]
    );
}

#[test]
fn a_pending_file_that_is_rendered_is_written_and_said_to_be_pending() {
    let place = Place::new();
    let mut job = Job::of([("a.tf", "a")]);
    job.files
        .insert("b.tf", ("marker".into(), "prod", State::Pending));
    let report = place.render(&job);
    assert_eq!(
        (names(&report.added), names(&report.pending)),
        (vec!["a.tf", "b.tf"], vec!["b.tf"])
    );
}

#[test]
fn emptied_files_are_damaged_not_edited() {
    let place = Place::new();
    place.render(&Job::of([("a.tf", "1"), ("b.tf", "1"), ("empty.tf", "")]));
    place.put("a.tf", "");
    place.put("b.tf", "");
    let report = place.render(&Job::of([("a.tf", "1"), ("empty.tf", "")]));
    assert_eq!(names(&report.damaged), ["a.tf"]);
    assert_eq!(names(&report.removed), ["b.tf"]);
    assert_eq!(names(&report.unchanged), ["empty.tf"]);
}

#[test]
fn deleted_files_come_back() {
    let place = Place::new();
    let job = Job::of([("a/b.tf", "b"), ("a/c.tf", "c")]);
    place.render(&job);
    tick();
    place.render(&job);
    fs::remove_file(place.root.join("a/b.tf")).unwrap();
    assert_eq!(names(&place.render(&job).added), ["a/b.tf"]);
    fs::remove_dir_all(place.root.join("a")).unwrap();
    assert_eq!(place.render(&job).added.len(), 2);
}

#[test]
fn a_file_may_become_a_directory_and_back() {
    let place = Place::new();
    place.render(&Job::of([("a", "file")]));
    let report = place.render(&Job::of([("a/b", "1"), ("a/c/d", "2")]));
    assert_eq!((report.added.len(), names(&report.removed)), (2, vec!["a"]));
    place.put("a/mine", "mine");
    let report = place.render(&Job::of([("a", "file")]));
    assert_eq!(kept(&report), [("a", Reason::Obstructed)]);
    assert_eq!(
        place.tree().keys().collect::<Vec<_>>(),
        ["a/mine", "manifest.json"]
    );
    fs::remove_file(place.root.join("a/mine")).unwrap();
    place.render(&Job::of([("a/b", "1"), ("a/c/d", "2")]));
    place.render(&Job::of([("a", "file")]));
    assert_eq!(place.text("a").unwrap(), "file");
}

#[test]
fn tools_directories_are_neither_ours_nor_in_the_way() {
    let place = Place::new();
    place.put("a/.terraform/providers/x", "x");
    assert_eq!(
        names(&place.render(&Job::of([("a/main.tf", "m")])).added),
        ["a/main.tf"]
    );
    assert_eq!(names(&place.render(&Job::of([])).removed), ["a/main.tf"]);
    assert!(place.text("a/.terraform/providers/x").is_some());
}

#[test]
fn comparing_touches_nothing() {
    let place = Place::new();
    let job = Job::of([("a.tf", "1"), ("b/c.tf", "1")]);
    assert_eq!(
        job.clone()
            .compare()
            .run(&place.root, Disk::default())
            .unwrap()
            .added
            .len(),
        2
    );
    assert!(!place.root.exists());
    place.render(&job);
    let before = place.tree();
    let next = Job::of([("a.tf", "2"), ("d.tf", "1")]);
    let told = next
        .clone()
        .compare()
        .run(&place.root, Disk::default())
        .unwrap();
    assert_eq!(place.tree(), before);
    assert_eq!(told, place.render(&next));
}

#[test]
fn threads_and_order_do_not_matter() {
    let files = || {
        (0..200).map(|at| {
            (
                format!("d{}/e{}/f{at}.tf", at % 7, at % 3),
                format!("text {at}"),
            )
        })
    };
    let mut trees = Vec::new();
    for threads in [1, 2, 5] {
        let place = Place::new();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let writer = Writer::open(&place.root, Options::default(), &never).unwrap();
        let unit = |(at, (path, text)): (usize, (String, String))| Unit {
            key: UnitKey::new(at.to_string()),
            digest: Digest::of(text.as_bytes()),
            files: vec![Rendered {
                path: path.into(),
                bytes: text.into(),
                object: Arc::from("o"),
                backend: "helm",
                state: State::Ready,
            }],
            withheld: Vec::new(),
            findings: Vec::new(),
        };
        let mut units: Vec<_> = files().enumerate().map(unit).collect();
        units.rotate_left(threads * 31);
        pool.install(|| {
            use rayon::prelude::*;
            units
                .into_par_iter()
                .for_each(|unit| writer.add(unit).unwrap());
            writer.finish(&Ownership::default()).unwrap();
        });
        trees.push(place.tree());
    }
    assert!(
        trees
            .iter()
            .all(|tree| *tree == trees[0] && tree.len() == 201)
    );
}
