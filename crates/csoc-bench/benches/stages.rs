//! Each stage of the way from a directory to a directory, on a fleet of 20 environments.

use std::hint::black_box;
use std::time::Duration;

use camino::Utf8PathBuf;
use criterion::{Criterion, criterion_group, criterion_main};
use csoc_bench::generate::{self, Variant};
use csoc_bench::stamps::Stamps;
use csoc_core::{CompileOptions, Context, Fleet, Limits, RenderOptions, SourceSet, read_directory};

const ENVIRONMENTS: usize = 20;

fn stages(criterion: &mut Criterion) {
    let files = generate::fleet(ENVIRONMENTS, Variant::First);
    let set: SourceSet = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes().to_vec()))
        .collect();
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let scratch = Utf8PathBuf::from_path_buf(scratch.path().to_owned()).expect("UTF-8");
    let directory = scratch.join("fleet");
    for (path, text) in &files {
        let path = directory.join(path);
        fs_err::create_dir_all(path.parent().expect("below the fleet")).expect("made");
        fs_err::write(path, text).expect("written");
    }
    let fleet = Fleet::from_sources(set.clone(), &Context::default()).expect("a fleet");
    let (tree, report) = fleet
        .compile(&CompileOptions::default(), &Context::default())
        .expect("compiled");
    assert!(!report.has_failures(), "{:?}", report.diagnostics());

    let mut group = criterion.benchmark_group("stages");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(3));
    group.bench_function("read", |bencher| {
        bencher.iter(|| read_directory(directory.as_std_path(), Limits::default()).expect("read"));
    });
    for stage in ["parse", "resolve", "link"] {
        group.bench_function(stage, |bencher| {
            bencher.iter_custom(|rounds| {
                (0..rounds)
                    .map(|_| {
                        let stamps = Stamps::start();
                        let loaded = Fleet::from_sources(set.clone(), &stamps.context());
                        black_box(loaded.expect("a fleet"));
                        stamps.duration(stage)
                    })
                    .sum()
            });
        });
    }
    group.bench_function("check and compile", |bencher| {
        bencher.iter(|| {
            fleet
                .compile(&CompileOptions::default(), &Context::default())
                .expect("compiled")
        });
    });
    group.bench_function("print", |bencher| {
        bencher.iter(|| tree.iter().map(|file| file.bytes().len()).sum::<usize>());
    });
    let mut round = 0_u32;
    let mut out = || {
        round += 1;
        scratch.join(format!("out{round}"))
    };
    for stage in ["check", "prepare", "compile", "write"] {
        group.bench_function(format!("render: {stage}"), |bencher| {
            bencher.iter_custom(|rounds| {
                (0..rounds)
                    .map(|_| {
                        let out = out();
                        let stamps = Stamps::start();
                        fleet
                            .render(&RenderOptions::into_directory(&out), &stamps.context())
                            .expect("rendered");
                        let duration = stamps.duration(stage);
                        fs_err::remove_dir_all(&out).expect("removed");
                        duration
                    })
                    .sum()
            });
        });
    }
    let kept = out();
    let options = RenderOptions::into_directory(&kept);
    fleet
        .render(&options, &Context::default())
        .expect("rendered");
    group.bench_function("render: nothing new", |bencher| {
        bencher.iter(|| {
            fleet
                .render(&options, &Context::default())
                .expect("rendered")
        });
    });
    group.finish();
    fs_err::remove_dir_all(&scratch).expect("removed");
}

criterion_group!(benches, stages);
criterion_main!(benches);
