//! The files that a command writes of its plans: pages for people, and the plans themselves.

use std::path::Path;

use csoc_operate::{Aim, Bundle, BundleError, PlanPage};

use crate::again::quoted;
use crate::failure::Failure;
use crate::session::Session;

/// Where pages and plans are written, as far as somebody asked for them.
#[derive(Clone, Copy)]
pub(super) struct PlanFiles<'f> {
    pub(super) markdown: Option<&'f Path>,
    pub(super) html: Option<&'f Path>,
    pub(super) plans: Option<&'f Path>,
}

impl PlanFiles<'_> {
    /// Gives up on files that cannot be written, before anything is planned: that may take long.
    pub(super) fn can_be_written(&self) -> Result<(), Failure> {
        if let Some(path) = self.plans.filter(|path| path.exists()) {
            return Err(BundleError::Exists {
                path: path.to_owned(),
            }
            .into());
        }
        for path in [self.markdown, self.html, self.plans].into_iter().flatten() {
            let directory = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            let refused = |what: String| {
                Err(Failure::unusable(what).help(
                    "name a file in a directory that is there; nothing was planned".to_owned(),
                ))
            };
            if !directory.is_dir() {
                return refused(format!("there is no directory `{}`", directory.display()));
            }
            if path.is_dir() {
                return refused(format!("`{}` is a directory", path.display()));
            }
        }
        Ok(())
    }

    /// Writes the pages.
    pub(super) fn write_pages(&self, page: &PlanPage) -> Result<(), Failure> {
        if let Some(path) = self.markdown {
            fs_err::write(path, page.to_markdown())?;
        }
        if let Some(path) = self.html {
            fs_err::write(path, page.to_html())?;
        }
        Ok(())
    }

    /// Writes the plans, where that was asked for, and says which command applies them; whether it was.
    pub(super) fn write_plans(
        &self,
        bundles: &[Bundle],
        aim: Aim,
        again: &str,
        session: &Session,
    ) -> Result<bool, Failure> {
        let Some(path) = self.plans else {
            return Ok(false);
        };
        let all: Vec<&Bundle> = bundles.iter().collect();
        Bundle::pack(path, &all)?;
        let file = path.display();
        let holds = match all.len() {
            0 => "holds no plan".to_owned(),
            1 => "holds 1 plan, and is secret".to_owned(),
            count => format!("holds {count} plans, and is secret"),
        };
        let next = match all.len() {
            0 => String::new(),
            _ => format!(
                ": `{} --bundle {}{again}` applies what it holds",
                aim.command(),
                quoted(&path.to_string_lossy())
            ),
        };
        session.say(&format!("`{file}` {holds}{next}\n"));
        Ok(true)
    }
}
