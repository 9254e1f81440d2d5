//! How long a large root takes. Run with `--release -- --ignored --nocapture write::tests::speed`.

use std::time::Instant;

use rayon::prelude::*;

use super::*;

const UNITS: usize = 1_000;
const FILES: usize = 35;
const BYTES: usize = 7_000;

fn unit(at: usize, edition: &str) -> Unit {
    let files = (0..FILES).map(|file| {
        let mut bytes = format!("# {edition} {at} {file}\n").into_bytes();
        bytes.resize(BYTES, b'x');
        Rendered {
            path: format!(
                "cluster-{}/environment-{at:04}/stack-{}/file-{file}.yaml",
                at / 4,
                file % 8
            )
            .into(),
            bytes,
            object: Arc::from(format!("commons.c{at}.environments.prod")),
            backend: "helm",
            state: State::Ready,
        }
    });
    Unit {
        key: UnitKey::new(format!("helm/{at:04}")),
        digest: Digest::of(edition.as_bytes()),
        files: files.collect(),
        withheld: Vec::new(),
        findings: Vec::new(),
    }
}

/// The processor time of this process so far, in milliseconds: what counts on a machine that others use too.
fn processor() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}

/// Runs one render, and prints how long it took.
fn measure(root: &Utf8Path, name: &str, edition: &str, keep: bool) -> Report {
    let (begun, worked) = (Instant::now(), processor());
    let options = Options {
        versions: BTreeMap::from([("csoc".into(), "0.1.0".into())]),
        ..Options::default()
    };
    let writer = Writer::open(root, options, &never).unwrap();
    let opened = begun.elapsed();
    (0..UNITS).into_par_iter().for_each(|at| {
        let key = UnitKey::new(format!("helm/{at:04}"));
        if !keep
            || writer
                .keep(&key, &Digest::of(edition.as_bytes()))
                .unwrap()
                .is_none()
        {
            writer.add(unit(at, edition)).unwrap();
        }
    });
    let added = begun.elapsed();
    let report = writer.finish(&Ownership::default()).unwrap();
    let all = begun.elapsed();
    println!(
        "{name:34} {:5} ms (processor {:5}) = open {:4} + units {:4} + finish {:4}",
        all.as_millis(),
        processor() - worked,
        opened.as_millis(),
        added.saturating_sub(opened).as_millis(),
        all.saturating_sub(added).as_millis(),
    );
    report
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let place = Place::new();
    println!(
        "{} files, {} MB, {} threads",
        UNITS * FILES,
        UNITS * FILES * BYTES / 1_000_000,
        rayon::current_num_threads()
    );
    let begun = Instant::now();
    let bytes: usize = (0..UNITS)
        .into_par_iter()
        .map(|at| unit(at, "none").files.len())
        .sum();
    println!(
        "{:34} {:5} ms ({bytes} files)",
        "making the input alone",
        begun.elapsed().as_millis()
    );
    for round in 0..3 {
        let place = Place::new();
        assert_eq!(
            measure(
                &place.root,
                &format!("fresh root, round {round}"),
                "1",
                true
            )
            .added
            .len(),
            UNITS * FILES
        );
    }
    measure(&place.root, "fresh root", "1", true);
    tick();
    assert_eq!(
        measure(&place.root, "no-op, last tick read again", "1", true)
            .unchanged
            .len(),
        UNITS * FILES
    );
    assert_eq!(
        measure(&place.root, "no-op by units", "1", true)
            .unchanged
            .len(),
        UNITS * FILES
    );
    assert_eq!(
        measure(&place.root, "no-op by units", "1", true)
            .unchanged
            .len(),
        UNITS * FILES
    );
    assert_eq!(
        measure(&place.root, "no-op, everything rendered", "1", false)
            .unchanged
            .len(),
        UNITS * FILES
    );
    fs::remove_file(place.root.join(".csoc/index")).unwrap();
    assert_eq!(
        measure(&place.root, "no-op, without an index", "1", true)
            .unchanged
            .len(),
        UNITS * FILES
    );
    assert_eq!(
        measure(&place.root, "full rewrite", "2", true)
            .changed
            .len(),
        UNITS * FILES
    );
    let sizes = ["manifest.json", ".csoc/index"]
        .map(|path| place.root.join(path).metadata().unwrap().len() / 1000);
    println!("manifest {} kB, index {} kB", sizes[0], sizes[1]);
}
