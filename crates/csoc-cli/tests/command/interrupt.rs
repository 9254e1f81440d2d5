//! Ctrl-C, as a terminal sends it.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::Place;

/// So many that no machine is done before the signal comes.
const ENVIRONMENTS: usize = 1_000;

/// An interrupted render says so by its status, and leaves nothing behind.
#[test]
fn a_render_that_is_interrupted_has_written_nothing() {
    let place = Place::new();
    let environments: Vec<String> = (0..ENVIRONMENTS)
        .map(|number| {
            format!(
                "      e{number}: {{ cluster: demo, hostname: e{number}.example.org, tier: dev, release: \"2026.07\" }}\n"
            )
        })
        .collect();
    let fleet = place.read("fleet/fleet.yaml");
    place.write("fleet/fleet.yaml", &(fleet + &environments.concat()));
    let mut render = place
        .command("render fleet --out out")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(400));
    let sent = Command::new("kill")
        .args(["-INT", &render.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(render.wait().unwrap().code(), Some(130));
    assert!(!place.path("out/gitops").exists() && !place.path("out/terraform").exists());
}
