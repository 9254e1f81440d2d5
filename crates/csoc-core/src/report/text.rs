//! The report for a terminal.

use std::fmt::Write as _;

use super::step::{BootstrapReport, ReportFact, ReportStep};

/// What is said of a fleet that brings nothing about.
pub(super) const NOTHING: &str = "The fleet has no environment, and no stack that Terraform of its own applies: there is nothing to do.";

impl BootstrapReport {
    /// The report as text: a list of steps with their commands.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        if self.tracks.is_empty() {
            let _ = writeln!(text, "{NOTHING}");
        }
        for (at, track) in self.tracks.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            let _ = writeln!(text, "{}", track.title);
            for step in &track.steps {
                write(step, &mut text);
            }
        }
        text
    }
}

fn write(step: &ReportStep, text: &mut String) {
    let _ = writeln!(text, "\n{:>3}. {}", step.number, step.title);
    let _ = writeln!(text, "     as     {}", step.who);
    if step.reach != "none" {
        let _ = writeln!(text, "     needs  {}", step.reach);
    }
    for (what, facts) in [
        ("from", &step.needs),
        ("about", &step.facts),
        ("gives", &step.gives),
        ("then", &step.then),
    ] {
        for ReportFact { name, text: said } in facts {
            let _ = writeln!(text, "     {what:<6} {name}: {said}");
        }
    }
    for script in &step.scripts {
        for line in script.text.lines() {
            let _ = writeln!(text, "     $ {line}");
        }
    }
}
