//! Opening catalogs of providers, and verifying a root that someone else wrote.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use csoc_bench::generate::{self, Variant};
use csoc_core::{Catalogs, Context, Fleet, RenderOptions, SourceSet, verify_directory};

/// Catalogs whose opening is measured, by the name of their file.
const CATALOGS: [(&str, &str); 4] = [
    ("aws", "6.25.0"),
    ("aws", "5.100.0"),
    ("azurerm", "4.55.0"),
    ("google", "6.50.0"),
];

/// A fleet directory that pins one catalog, so that loading its catalogs opens that one.
fn pinned(scratch: &Utf8Path, name: &str, version: &str) -> Utf8PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../csoc-core/src/catalog/data/provider");
    let fleet = scratch.join(format!("{name}-{version}"));
    let place = fleet.join(format!(
        "catalogs/provider/hashicorp/{name}/{version}.catalog"
    ));
    fs_err::create_dir_all(place.parent().expect("below the fleet")).expect("made");
    fs_err::copy(data.join(format!("{name}-{version}.catalog")), place).expect("copied");
    let list = Catalogs::embedded().list();
    let entry = list
        .iter()
        .find(|entry| entry.name == format!("hashicorp/{name}") && entry.version == version)
        .expect("it is embedded");
    let lock = serde_json::json!({ "format": 1, "catalogs": [{
        "kind": entry.kind, "name": entry.name, "version": entry.version,
        "source": entry.source, "digest": entry.digest, "reader": 1,
    }]});
    fs_err::write(fleet.join("csoc.lock"), lock.to_string()).expect("written");
    fleet
}

/// The root with the longest text below a directory, and how long that is.
fn longest(directory: &Path) -> (std::path::PathBuf, u64) {
    let mut found = (directory.to_owned(), 0);
    let mut here = 0;
    for entry in fs_err::read_dir(directory).expect("read") {
        let entry = entry.expect("read");
        let kind = entry.file_type().expect("known");
        if kind.is_dir() {
            let below = longest(&entry.path());
            if below.1 > found.1 {
                found = below;
            }
        } else if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "tf")
        {
            here += entry.metadata().expect("known").len();
        }
    }
    if here > found.1 {
        found = (directory.to_owned(), here);
    }
    found
}

/// How often something is done where a round is asked for: the kernel counts in hundredths of seconds.
const TIMES: u32 = 50;

/// The time that processors spent on `rounds` rounds, whatever else the machine does; wall time where it is not known.
fn processor_time(rounds: u64, mut work: impl FnMut()) -> Duration {
    let spent = || {
        let text = fs_err::read_to_string("/proc/self/stat").ok()?;
        let (_, fields) = text.rsplit_once(") ")?;
        let mut fields = fields.split(' ').skip(11).map(str::parse::<u64>);
        let ticks = fields.next()?.ok()? + fields.next()?.ok()?;
        Some(Duration::from_millis(10 * ticks))
    };
    let (before, start) = (spent(), Instant::now());
    for _ in 0..rounds * u64::from(TIMES) {
        work();
    }
    let spent = before
        .zip(spent())
        .map(|(before, after)| after.saturating_sub(before));
    spent.unwrap_or_else(|| start.elapsed()) / TIMES
}

fn terraform(criterion: &mut Criterion) {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let scratch = Utf8PathBuf::from_path_buf(scratch.path().to_owned()).expect("UTF-8");
    let mut group = criterion.benchmark_group("terraform");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    for (name, version) in CATALOGS {
        let fleet = pinned(&scratch, name, version);
        group.bench_function(format!("open {name} {version}"), |bencher| {
            bencher.iter_custom(|rounds| {
                processor_time(rounds, || {
                    black_box(Catalogs::load(&fleet).expect("loaded"));
                })
            });
        });
    }
    let set: SourceSet = generate::fleet(1, Variant::First)
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes().to_vec()))
        .collect();
    let fleet = Fleet::from_sources(set, &Context::default()).expect("a fleet");
    let out = scratch.join("out");
    fleet
        .render(&RenderOptions::into_directory(&out), &Context::default())
        .expect("rendered");
    let (root, length) = longest(out.join("terraform").as_std_path());
    let root = Utf8PathBuf::from_path_buf(root).expect("UTF-8");
    let context = Context::default();
    let report = verify_directory(&root, &context).expect("verified");
    assert!(
        report.diagnostics().is_empty(),
        "{:?}",
        report.diagnostics()
    );
    group.bench_function(format!("verify a root of {length} bytes"), |bencher| {
        bencher.iter_custom(|rounds| {
            processor_time(rounds, || {
                black_box(verify_directory(&root, &context).expect("verified"));
            })
        });
    });
    group.finish();
    fs_err::remove_dir_all(&scratch).expect("removed");
}

criterion_group!(benches, terraform);
criterion_main!(benches);
