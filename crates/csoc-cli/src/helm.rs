//! Helm as a process: arguments as a list, never through a shell, and nothing of it is fetched.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use csoc_core::{HelmRelease, HelmRendering};

use crate::terminal::interrupt;

/// A Helm that answers.
#[derive(Debug)]
pub(crate) struct Helm {
    program: PathBuf,
}

/// A chart with everything that it depends on, as Helm wants it.
#[derive(Debug)]
pub(crate) struct Chart {
    directory: PathBuf,
    /// What was made for it, and goes with it.
    temporary: Option<PathBuf>,
}

impl Helm {
    /// The program of that name or path, if it is Helm; else why not.
    pub(crate) fn find(program: &Path) -> Result<Self, String> {
        let output = Command::new(program)
            .args(["version", "--short"])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("`{}` cannot be started: {error}", program.display()))?;
        if output.status.success() {
            Ok(Self {
                program: program.to_owned(),
            })
        } else {
            Err(format!("`{} version` fails", program.display()))
        }
    }

    /// Renders every release twice, so that what differs is seen; nothing where somebody interrupted.
    pub(crate) fn render(
        &self,
        chart: &Chart,
        releases: &[HelmRelease],
        threads: usize,
    ) -> Option<Vec<HelmRendering>> {
        let next = AtomicUsize::new(0);
        let renderings: Mutex<Vec<(usize, HelmRendering)>> = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, releases.len().max(1)) {
                scope.spawn(|| {
                    while let Some((at, release)) = {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        releases.get(at).map(|release| (at, release))
                    } {
                        if interrupt::happened() {
                            return;
                        }
                        let manifests = self.template(chart, release);
                        let (manifests, said) = match manifests {
                            Ok((manifests, said)) => (Ok(manifests), said),
                            Err(reason) => (Err(reason), String::new()),
                        };
                        let again = manifests
                            .is_ok()
                            .then(|| self.template(chart, release).ok())
                            .flatten()
                            .map(|(manifests, _)| manifests);
                        let directory = &*release.directory;
                        let rendering = HelmRendering::new(directory, manifests, again).said(said);
                        renderings
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((at, rendering));
                    }
                });
            }
        });
        if interrupt::happened() {
            return None;
        }
        let mut renderings = renderings
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        renderings.sort_by_key(|(at, _)| *at);
        Some(
            renderings
                .into_iter()
                .map(|(_, rendering)| rendering)
                .collect(),
        )
    }

    /// The manifests and what was said beside them; else why there are none.
    fn template(&self, chart: &Chart, release: &HelmRelease) -> Result<(String, String), String> {
        let mut command = Command::new(&self.program);
        // A name that starts with a dash is no option.
        command
            .arg("template")
            .arg("--namespace")
            .arg(&release.namespace);
        for file in &release.values {
            command.arg("--values").arg(file);
        }
        command
            .arg("--")
            .arg(&release.release)
            .arg(&chart.directory);
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("it cannot be started: {error}"))?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if output.status.success() {
            Ok((text(output.stdout), text(output.stderr)))
        } else {
            let said = text(output.stderr);
            // Where the template stands is the last of many lines.
            Err(said
                .lines()
                .find(|line| line.starts_with("Error"))
                .unwrap_or(&said)
                .to_owned())
        }
    }
}

impl Chart {
    /// A chart directory. Where its dependencies are not in it, those that lie beside it are
    /// copied, and for those of other repositories an empty chart stands.
    pub(crate) fn prepare(source: &Path) -> Result<Self, String> {
        let text = fs_err::read_to_string(source.join("Chart.yaml"))
            .map_err(|error| format!("`{}` is no chart: {error}", source.display()))?;
        let has_charts = fs_err::read_dir(source.join("charts"))
            .is_ok_and(|mut entries| entries.next().is_some());
        let dependencies = dependencies(&text);
        if has_charts || dependencies.is_empty() {
            return Ok(Self {
                directory: source.to_owned(),
                temporary: None,
            });
        }
        let failed = |error: io::Error| format!("the chart cannot be copied: {error}");
        let temporary = temporary().map_err(failed)?;
        let chart = Self {
            directory: temporary.join(source.file_name().unwrap_or(OsStr::new("chart"))),
            temporary: Some(temporary),
        };
        copy(source, &chart.directory).map_err(failed)?;
        for dependency in dependencies {
            dependency
                .put(source, &chart.directory.join("charts"))
                .map_err(failed)?;
        }
        Ok(chart)
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        if let Some(directory) = &self.temporary {
            // What stays behind is in a directory for such things.
            let _ = fs_err::remove_dir_all(directory);
        }
    }
}

/// A directory of our own among the temporary ones.
fn temporary() -> io::Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("csoc-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match fs_err::create_dir(&path) {
            // Somebody else's stays untouched.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => return Ok(path),
        }
    }
}

/// Copies a chart without what Helm would fetch into it. Links are followed only to files.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "charts" || name == "Chart.lock" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else if entry.path().is_file() {
            fs_err::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// A line of `dependencies` in a Chart.yaml.
#[derive(Debug, Default, PartialEq, Eq)]
struct Dependency {
    name: String,
    version: String,
    repository: String,
}

impl Dependency {
    /// Puts it where Helm looks for it.
    fn put(&self, chart: &Path, charts: &Path) -> io::Result<()> {
        let target = charts.join(&self.name);
        if let Some(beside) = self.repository.strip_prefix("file://") {
            return copy(&chart.join(beside), &target);
        }
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_exact = self.version.split('.').count() == 3 && self.version.split('.').all(digits);
        let version = if is_exact { &*self.version } else { "0.0.0" };
        fs_err::create_dir_all(&target)?;
        let text = format!("apiVersion: v2\nname: {}\nversion: {version}\n", self.name);
        fs_err::write(target.join("Chart.yaml"), text)
    }
}

/// The dependencies of a chart, as far as their lines are plain.
fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("dependencies:"))
        .skip(1);
    for line in lines.take_while(|line| line.starts_with([' ', '-', '#']) || line.is_empty()) {
        let line = line.trim_start();
        let field = match line.strip_prefix("- ") {
            Some(field) => {
                found.push(Dependency::default());
                field
            }
            None => line,
        };
        let (Some(last), Some((key, value))) = (found.last_mut(), field.split_once(':')) else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default();
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        match key.trim() {
            "name" => last.name = value,
            "version" => last.version = value,
            "repository" => last.repository = value,
            _ => {}
        }
    }
    // A name is a directory's: it may not lead anywhere else.
    let is_plain = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    found.retain(|dependency| is_plain(&dependency.name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_from_plain_lines() {
        let text = "name: x\ndependencies:\n  - name: a\n    version: \"*\" # any\n    repository: \"file://../a\"\n# c\n  - name: ../b\n    version: 1.2.3\ntype: application\n- name: c\n";
        let found = dependencies(text);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&*found[0].version, &*found[0].repository),
            ("*", "file://../a")
        );
    }
}
