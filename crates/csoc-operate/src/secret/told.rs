//! What became of secrets, in words: names, versions and reasons, and never a value.

use super::check::{Checked, FailedReplica, SecretState};
use super::rotate::Rotated;
use super::seed::{Seeded, Unseeded};
use super::wanted::Wanted;

/// How seeding a secret came out, and what there is to say besides.
pub fn seeded_in_words(
    wanted: &Wanted,
    result: &Result<Seeded, Unseeded>,
) -> (&'static str, String) {
    match result {
        Ok(Seeded::Made(version)) => ("made", short(version)),
        Ok(Seeded::Was(version)) => ("was there", short(version)),
        Ok(Seeded::SomebodyElse(version)) => ("somebody else did", short(version)),
        Ok(Seeded::Would) => ("would be made", wanted.seeder.words().to_owned()),
        Err(error) if error.is_fine() => ("comes later", error.to_string()),
        Err(error) => ("not made", error.to_string()),
    }
}

/// The first digits of a version.
pub fn short(version: &str) -> String {
    version.chars().take(12).collect()
}

impl Checked {
    /// How it is in a word or two, and what there is to say besides.
    pub fn in_words(&self) -> (&'static str, String) {
        let mut remarks = Vec::new();
        let state = match &self.state {
            SecretState::Fine => "fine",
            SecretState::Exists => "there",
            SecretState::Later => "comes later",
            SecretState::Missing => "missing",
            SecretState::Empty => "has no value",
            SecretState::Wrong { problem } => {
                remarks.push(problem.clone());
                "wrong"
            }
            SecretState::Deleted { at } => {
                remarks.push(format!("goes away at {at}"));
                "deleted"
            }
            SecretState::Unseen { problem, help } => {
                remarks.push(problem.clone());
                remarks.extend(help.map(ToOwned::to_owned));
                "not seen"
            }
        };
        if self.is_due {
            remarks.push("a new one is due".to_owned());
        }
        if self.pending.is_some() {
            remarks.push("a new version is pending".to_owned());
        }
        if !self.behind.is_empty() {
            remarks.push(format!("the copy in {} is behind", self.behind.join(", ")));
        }
        remarks.extend(self.failed.iter().map(FailedReplica::in_words));
        (state, remarks.join("; "))
    }
}

impl FailedReplica {
    /// Which one it is, why, and what to do about it.
    fn in_words(&self) -> String {
        let why = match &self.reason {
            Some(reason) => reason.trim_end_matches('.'),
            None => "AWS does not say why",
        };
        format!(
            "the copy in {} failed: {why}; once that is mended, `aws secretsmanager replicate-secret-to-regions` makes it again",
            self.region
        )
    }
}

impl Rotated {
    /// How far it went in a word, and the version that this is about.
    pub fn in_words(&self) -> (&'static str, &str) {
        match self {
            Self::Staged(version) => ("staged", version),
            Self::Current(version) => ("current", version),
            Self::Same(version) => ("same", version),
            Self::Retired(version) => ("retired", version),
            Self::Alone(version) => ("alone", version),
        }
    }

    /// Commands for people to run now: before readers have a version that is pending, or to have them take a current one.
    pub fn commands<'w>(&self, wanted: &'w Wanted) -> &'w [String] {
        match self {
            Self::Staged(_) => &wanted.rotation.before,
            Self::Current(_) => &wanted.rotation.after,
            _ => &[],
        }
    }
}
