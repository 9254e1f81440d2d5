//! The step that brings what was rendered to the repository that Argo CD reads.

use super::bootstrap::Writer;
use super::step::{ReportScript, ReportStep, ScriptKind, StepKind};
use super::words::step;

/// A clone is rendered into, so that whose file each is gets decided where all files are; and only what csoc's manifest
/// lists, or listed before, is staged.
const COMMIT: &str = include_str!("scripts/commit.sh");

impl Writer<'_> {
    /// What Argo CD reads is committed; none where nothing of it is rendered, as of a fleet that only observes.
    pub(super) fn repository(&self) -> Option<ReportStep> {
        let gitops = self.fleet.resolved().spec.gitops.as_ref()?;
        if !self.renders_gitops {
            return None;
        }
        let repository = gitops.repository.to_string();
        let revision = gitops.revision.to_string();
        let path = gitops.path.as_ref();
        let path = path.map_or_else(String::new, |path| quoted(&format!("/{path}")));
        let fill = [
            ("repository", repository.as_str()),
            ("revision", revision.as_str()),
        ];
        let mut push = step("repository", StepKind::Hand, &fill);
        let script = COMMIT
            .replace("{repository}", &quoted(&repository))
            .replace("{upstream}", &quoted(&format!("origin/{revision}")))
            .replace("{head}", &quoted(&format!("HEAD:{revision}")))
            .replace("{revision}", &quoted(&revision))
            .replace("{path}", &path);
        push.scripts = vec![ReportScript::new(ScriptKind::Hand, script)];
        Some(push)
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
