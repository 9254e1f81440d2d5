//! The report as a page.

use std::fmt::Write as _;

use super::step::{BootstrapReport, ReportFact, ReportStep, ScriptKind};
use super::text::NOTHING;

/// What stands above the first track.
const HEAD: &str = "\
Each block of commands says what it needs: `csoc` runs anywhere; `terraform` with the role of its step, in a shell that
keeps `FLEET`, `BUILD`, `GITOPS` and `STACK`; what is by hand no program of the fleet does. A plan is read before it is applied.
";

impl BootstrapReport {
    /// The report as a page of Markdown.
    pub fn to_markdown(&self) -> String {
        let mut page = format!(
            "<!-- Generated: csoc report bootstrap --format markdown -->\n\n# Bootstrap of the fleet {}\n\n{HEAD}",
            self.fleet
        );
        if self.tracks.is_empty() {
            let _ = write!(page, "\n{NOTHING}\n");
        }
        for track in &self.tracks {
            let _ = write!(page, "\n## {}\n", track.title);
            for step in &track.steps {
                write(step, &mut page);
            }
        }
        page
    }
}

fn write(step: &ReportStep, page: &mut String) {
    let _ = write!(page, "\n### {}. {}\n\n", step.number, step.title);
    if !step.text.is_empty() {
        let _ = write!(page, "{}\n\n", step.text);
    }
    let _ = write!(page, "| | |\n|---|---|\n| as | {} |\n", step.who);
    if step.reach != "none" {
        let _ = writeln!(page, "| reaches | {} |", step.reach);
    }
    for (what, facts) in [
        ("needs", &step.needs),
        ("", &step.facts),
        ("gives", &step.gives),
        ("then", &step.then),
    ] {
        for ReportFact { name, text } in facts {
            let what = if what.is_empty() {
                format!("`{name}`")
            } else {
                what.to_owned()
            };
            let _ = if what.starts_with('`') {
                writeln!(page, "| {what} | {text} |")
            } else {
                writeln!(page, "| {what} | `{name}`: {text} |")
            };
        }
    }
    for script in &step.scripts {
        let head = match script.kind {
            ScriptKind::Hand => "sh\n# by hand".to_owned(),
            kind => format!("sh {kind}"),
        };
        let _ = write!(page, "\n```{head}\n{}\n```\n", script.text.trim_end());
    }
}
