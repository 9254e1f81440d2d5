//! Values files of production against the chart that they are for, reading included.

#![expect(clippy::print_stdout, reason = "a bench says what it leaves out")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use csoc_core::Catalogs;

/// Values files of production, beside the repository, where they are there.
const FILES: [&str; 2] = [
    "midrcprod/data.midrc.org/values/values.yaml",
    "healprod/healdata.org/values/values.yaml",
];

fn values(criterion: &mut Criterion) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/gen3-gitops");
    let mut group = criterion.benchmark_group("values");
    // The first call opens the catalog, which the others do not.
    let catalogs = Catalogs::embedded();
    let start = Instant::now();
    catalogs.check_values("gen3", [("values.yaml", "")]);
    println!("the catalog of gen3 opens in {:?}", start.elapsed());
    for name in FILES {
        let Ok(text) = fs_err::read_to_string(place.join(name)) else {
            println!("skipped: no ../shared/data/gen3-gitops/{name}");
            continue;
        };
        let title = format!("{name} ({} KB)", text.len() / 1000);
        group.bench_function(title, |bencher| {
            bencher.iter(|| black_box(catalogs.check_values("gen3", [(name, text.as_str())])));
        });
    }
    group.finish();
}

criterion_group!(benches, values);
criterion_main!(benches);
