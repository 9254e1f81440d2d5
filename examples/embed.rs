//! A program that has gen3-csoc inside: it loads a fleet, says what is wrong with it, and lists what it renders.
//!
//! ```text
//! cargo run -p csoc-core --example embed -- examples/quickstart
//! ```
#![expect(clippy::print_stdout, reason = "a program that prints")]

use std::collections::BTreeMap;
use std::process::ExitCode;

use csoc_core::{CompileOptions, Context, Fleet, FleetError};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "examples/quickstart".to_owned());
    // The day, threads and who watches come from outside: the library reads no clock and no environment.
    let context = Context::default();

    let fleet = match Fleet::load(&path, &context) {
        Ok(fleet) => fleet,
        // Everything that is wrong with the files, not only the first.
        Err(FleetError::Invalid(report)) => {
            for diagnostic in &report {
                println!("{}: {}", diagnostic.severity, diagnostic.message);
            }
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    println!("The fleet `{}`:", fleet.spec().name);
    for (commons, name, environment) in fleet.environments() {
        println!(
            "  {commons}/{name}  {}  {}",
            environment.hostname, environment.release
        );
    }

    // The same tree that `csoc render` writes, in memory.
    let (tree, report) = fleet.compile(&CompileOptions::default(), &context)?;
    for diagnostic in &report {
        let place = diagnostic.labels.first();
        let place = place.map_or(String::new(), |label| {
            format!(" ({}:{})", label.file, label.line)
        });
        println!(
            "{} {}{place}: {}",
            diagnostic.severity, diagnostic.code, diagnostic.message
        );
    }
    let mut sizes: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for file in tree.iter() {
        let (files, bytes) = sizes.entry(file.backend()).or_default();
        *files += 1;
        *bytes += file.bytes().len();
    }
    for (backend, (files, bytes)) in sizes {
        println!("{backend}: {files} files, {bytes} bytes");
    }
    for file in tree.pending() {
        println!(
            "{} waits for {}",
            file.path(),
            file.pending_outputs().join(", ")
        );
    }
    Ok(if report.has_failures() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
