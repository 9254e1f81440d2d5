//! Units that are not compiled again.

use proptest::prelude::*;

use super::*;

#[test]
fn units_are_kept_while_nothing_changed() {
    let place = Place::new();
    let job = Job::of([("a/1", "1"), ("a/2", "2"), ("b/1", "1")]).withhold("b/later");
    assert_eq!(job.run_incremental(&place.root).1, 2);
    tick();
    job.run_incremental(&place.root);
    let (report, compiled) = job.run_incremental(&place.root);
    assert_eq!(
        (compiled, report.unchanged.len(), names(&report.pending)),
        (0, 3, vec!["b/later"])
    );

    fs::remove_file(place.root.join("a/2")).unwrap();
    let (report, compiled) = job.run_incremental(&place.root);
    assert_eq!((compiled, names(&report.added)), (1, vec!["a/2"]));

    place.put("b/1", "!");
    for _ in 0..2 {
        let (report, compiled) = job.run_incremental(&place.root);
        assert_eq!((compiled, report.kept.len()), (1, 1));
    }
}

#[test]
fn findings_come_back() {
    let place = Place::new();
    let mut unit = Job::of([("a/1", "1")]).units().remove(0);
    unit.findings = b"found".to_vec();
    let (key, digest) = (unit.key.clone(), unit.digest);
    let writer = Writer::open(&place.root, Options::default(), &never).unwrap();
    assert!(writer.current(&key, &digest).unwrap().is_none());
    writer.add(unit).unwrap();
    writer.finish(&Ownership::default()).unwrap();
    let writer = Writer::open(&place.root, Options::default(), &never).unwrap();
    assert!(
        writer
            .current(&key, &Digest::of(b"other"))
            .unwrap()
            .is_none()
    );
    assert_eq!(
        writer.keep(&key, &digest).unwrap().unwrap().findings,
        b"found"
    );
    assert!(matches!(
        writer.keep(&key, &digest),
        Err(WriteError::UnitTwice { .. })
    ));
}

#[test]
fn a_manifest_of_another_branch_is_noticed() {
    let place = Place::new();
    let (old, new) = (Job::of([("a/1", "old")]), Job::of([("a/1", "new")]));
    old.run_incremental(&place.root);
    let manifest = place.text("manifest.json").unwrap();
    new.run_incremental(&place.root);
    place.put("manifest.json", &manifest);
    place.put("a/1", "old");
    let (report, compiled) = new.run_incremental(&place.root);
    assert_eq!((compiled, names(&report.changed)), (1, vec!["a/1"]));
    place.put("manifest.json", &manifest);
    let (report, compiled) = new.run_incremental(&place.root);
    assert_eq!((compiled, names(&report.unchanged)), (1, vec!["a/1"]));
}

#[test]
fn an_edit_of_the_same_size_in_the_same_tick_is_seen() {
    for _ in 0..50 {
        let place = Place::new();
        let job = Job::of([("a/1", "one"), ("1", "one")]);
        job.run_incremental(&place.root);
        place.put("a/1", "two");
        place.put("1", "two");
        let (report, _) = job.run_incremental(&place.root);
        assert_eq!(report.kept.len(), 2);
    }
}

/// Something that happens to a root between two renders.
#[derive(Debug, Clone)]
enum Event {
    Edit(usize, &'static str),
    Delete(usize),
    Render(Vec<Option<&'static str>>, bool),
    DropIndex,
}

const PATHS: [&str; 5] = ["a/1", "a/2", "b/1", "b/c/1", "top"];

fn event() -> impl Strategy<Value = Event> {
    let text = || prop::sample::select(vec!["", "x", "y", "long text"]);
    let files = prop::collection::vec(prop::option::weighted(0.8, text()), PATHS.len());
    prop_oneof![
        2 => (0..PATHS.len(), text()).prop_map(|(at, text)| Event::Edit(at, text)),
        1 => (0..PATHS.len()).prop_map(Event::Delete),
        4 => (files, any::<bool>()).prop_map(|(files, partial)| Event::Render(files, partial)),
        1 => Just(Event::DropIndex),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After any edits, a render with the index does what a render without does.
    #[test]
    fn the_index_changes_nothing(events in prop::collection::vec(event(), 1..12)) {
        let (with, without) = (Place::new(), Place::new());
        for event in events {
            match event {
                Event::Edit(at, text) => [&with, &without].iter().for_each(|place| place.put(PATHS[at], text)),
                Event::Delete(at) => for place in [&with, &without] {
                    let _ = fs::remove_file(place.root.join(PATHS[at]));
                },
                Event::DropIndex => { let _ = fs::remove_file(with.root.join(".csoc/index")); }
                Event::Render(files, partial) => {
                    let mut job = Job::of([]).scope(if partial { Scope::Partial } else { Scope::Full });
                    for (path, text) in PATHS.iter().zip(files) {
                        if let Some(text) = text {
                            job.files.insert(path, (text.to_owned(), "prod", State::Ready));
                        }
                    }
                    let _ = fs::remove_file(without.root.join(".csoc/index"));
                    let (report, _) = job.run_incremental(&with.root);
                    prop_assert_eq!(report, job.run(&without.root, Disk::default()).unwrap());
                    prop_assert_eq!(with.tree(), without.tree());
                }
            }
        }
    }
}
