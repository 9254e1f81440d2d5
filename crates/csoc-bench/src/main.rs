//! Renders fleets of several sizes and prints how long each way of rendering takes.
//!
//! ```text
//! cargo run --release -p csoc-bench -- 10 100 1000
//! ```
//!
//! Each measurement is a process of its own that loads the fleet and renders it: into a directory
//! that is not there, into one where every file changes, into one where nothing does.
#![expect(clippy::print_stdout, reason = "a program that prints")]

use std::error::Error;
use std::process::Command;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use csoc_bench::generate::{Variant, fleet};
use csoc_bench::measure::{Measurement, measure};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: usize = 5;
const WAYS: [&str; 3] = ["fresh", "rewrite", "no-op"];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [way, fleet, out] if way == "measure" => {
            let measurement = measure(fleet.as_str().into(), out.as_str().into())?;
            println!("{}", serde_json::to_string(&measurement)?);
            Ok(())
        }
        [way, environments, directory] if way == "generate" => write(
            environments.parse()?,
            Variant::First,
            directory.as_str().into(),
        ),
        [] => run(&[10, 100, 1000]),
        sizes => run(&sizes
            .iter()
            .map(|size| size.parse())
            .collect::<Result<Vec<usize>, _>>()?),
    }
}

fn run(sizes: &[usize]) -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let scratch = Utf8PathBuf::from_path_buf(scratch.path().to_owned())
        .map_err(|path| format!("{} is not UTF-8", path.display()))?;
    let threads = std::thread::available_parallelism()?;
    println!(
        "{} threads, {} on {scratch}, median of {ROUNDS}\n",
        threads,
        file_system(&scratch)
    );
    println!(
        "| environments | way | files | MB | seconds | processor seconds | peak MB | stages in ms |"
    );
    println!("|---:|---|---|---:|---:|---:|---:|---|");
    let mut medians: Vec<(usize, [Duration; 3])> = Vec::new();
    for &size in sizes {
        let first = scratch.join(format!("{size}-first"));
        let second = scratch.join(format!("{size}-second"));
        write(size, Variant::First, &first)?;
        write(size, Variant::Second, &second)?;
        let mut measured: [Vec<Measurement>; 3] = Default::default();
        let mut bytes = 0;
        // Nothing is deleted before the end: ext4 looks long for a place near inodes that were just let go.
        for round in 0..ROUNDS {
            let out = scratch.join(format!("{size}-out{round}"));
            measured[0].push(child(&first, &out)?);
            bytes = size_of(&out)?;
        }
        for round in 0..ROUNDS {
            let out = scratch.join(format!("{size}-out{round}"));
            measured[2].push(child(&first, &out)?);
        }
        for round in 0..ROUNDS {
            let out = scratch.join(format!("{size}-out{round}"));
            measured[1].push(child(&second, &out)?);
        }
        let mut row = [Duration::ZERO; 3];
        for (at, way) in WAYS.iter().enumerate() {
            let median = median(&mut measured[at]);
            row[at] = median.total;
            print_row(size, way, &median, &measured[at], bytes);
        }
        medians.push((size, row));
    }
    for pair in medians.windows(2) {
        let [(small, fewer), (large, more)] = pair else {
            continue;
        };
        let ratios: Vec<String> = WAYS
            .iter()
            .enumerate()
            .map(|(at, way)| {
                format!(
                    "{way} {:.1}",
                    more[at].as_secs_f64() / fewer[at].as_secs_f64()
                )
            })
            .collect();
        println!("\ntime({large})/time({small}): {}", ratios.join(", "));
    }
    Ok(())
}

fn child(fleet: &Utf8Path, out: &Utf8Path) -> Outcome<Measurement> {
    let output = Command::new(std::env::current_exe()?)
        .args(["measure", fleet.as_str(), out.as_str()])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn write(environments: usize, variant: Variant, directory: &Utf8Path) -> Outcome<()> {
    for (path, text) in fleet(environments, variant) {
        let path = directory.join(path);
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent)?;
        }
        fs_err::write(path, text)?;
    }
    Ok(())
}

fn median(measured: &mut [Measurement]) -> Measurement {
    measured.sort_by_key(|measurement| measurement.total);
    measured[measured.len() / 2].clone()
}

fn print_row(size: usize, way: &str, median: &Measurement, all: &[Measurement], bytes: u64) {
    let peak = all.iter().map(|measurement| measurement.peak).max();
    let stages: Vec<String> = median
        .stages
        .iter()
        .map(|(stage, duration)| format!("{stage} {:.0}", duration.as_secs_f64() * 1e3))
        .collect();
    println!(
        "| {size} | {way} | {} new, {} changed, {} same, {} pending | {:.1} | {:.3} | {:.2} | {:.0} | {} |",
        median.added,
        median.changed,
        median.unchanged,
        median.pending,
        megabytes(bytes),
        median.total.as_secs_f64(),
        median.processor.as_secs_f64(),
        megabytes(peak.unwrap_or(0)),
        stages.join(", "),
    );
}

#[expect(clippy::cast_precision_loss, reason = "it is rounded anyway")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The bytes of all files below a directory, without what is hidden.
fn size_of(directory: &Utf8Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in fs_err::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = Utf8PathBuf::from_path_buf(entry.path()).map_err(|_| "not UTF-8")?;
        sum += if entry.file_type()?.is_dir() {
            size_of(&path)?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(sum)
}

/// The type of the file system that a directory is on.
fn file_system(directory: &Utf8Path) -> String {
    let mounts = fs_err::read_to_string("/proc/mounts").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(mount, _)| directory.starts_with(mount))
        .max_by_key(|(mount, _)| mount.len())
        .map_or_else(
            || "unknown file system".to_owned(),
            |(_, kind)| kind.to_owned(),
        )
}
