//! Plan bundles: a plan with everything that says of what it is one, and that is applied at most once.
//!
//! A bundle is a directory that only its owner may look into, named by the digest of all that is in it. The plan in it
//! holds secrets in the clear, as every plan of Terraform does, and is never shown; what people see is
//! [`PlanSummary`](crate::PlanSummary), which has no values. Once nobody may apply it any more the plan itself goes, and all
//! else stays.

mod packed;
mod refused;
mod spent;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use refused::{Now, Refused};
pub(crate) use spent::{Stale, is_file};

use crate::digest::Digest;
use crate::plan::{Action, Aim, PlanSummary};
use crate::stack::StackId;
use crate::terraform::{Version, make_private, write_private};

/// The format that this version writes and reads.
const FORMAT: u32 = 1;

const FACTS: &str = "bundle.json";
const PLAN: &str = "plan.tfplan";
const LOCK: &str = "terraform.lock.hcl";
const USED: &str = "used";

const ACTIONS: [Action; 6] = [
    Action::Import,
    Action::Create,
    Action::Update,
    Action::Forget,
    Action::Replace,
    Action::Destroy,
];

/// What a plan is one of, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The format of the bundle.
    pub format: u32,
    /// The stack.
    pub stack: StackId,
    /// What it is for.
    #[serde(default)]
    pub aim: Aim,
    /// The digest of its root, as it was rendered.
    pub root: Digest,
    /// The digest of the plan.
    pub plan: Digest,
    /// The digest of the lock file of its providers.
    pub lock: Digest,
    /// What planned it; nothing else can apply it.
    pub program: Version,
    /// The state that it is a plan of; none where there was none.
    pub state: Option<StateMark>,
    /// What was done to the stack last when it was planned, by whichever machine: the digest of that line of its journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Digest>,
    /// The run that it comes from.
    pub run: Box<str>,
    /// Who ran it.
    pub actor: Box<str>,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it may be applied.
    pub expires: Timestamp,
    /// What it would do.
    pub summary: PlanSummary,
}

/// Which state a plan is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMark {
    /// Which one, from its beginning.
    pub lineage: Box<str>,
    /// Which of its versions.
    pub serial: u64,
}

/// A bundle on disk, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    directory: PathBuf,
    digest: Digest,
    facts: Facts,
}

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It cannot be read or written.
    #[error("the bundle `{path}` cannot be used")]
    Io {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is none, or not whole. What is wrong in it is not told.
    #[error("`{path}` is no bundle, or something in it was changed: plan again")]
    Changed {
        /// Where it is.
        path: PathBuf,
    },
    /// A newer version wrote it.
    #[error(
        "the bundle `{path}` has format {found}; this version reads format {FORMAT}: take a newer csoc"
    )]
    Newer {
        /// Where it is.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A file is to be written that is there.
    #[error("`{path}` is there already, and plans are written over nothing")]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// It is no file of plans, or not whole. What is wrong in it is not told.
    #[error("`{path}` is no file of plans, or something in it was changed")]
    NoPlans {
        /// Where it is.
        path: PathBuf,
    },
    /// There is none of that name, or several.
    #[error("{count} bundles in `{all}` are named `{name}`; name one by twelve digits or more")]
    NotOne {
        /// Where they are.
        all: PathBuf,
        /// What was asked for.
        name: Box<str>,
        /// How many there are.
        count: usize,
    },
}

impl BundleError {
    /// How to mend it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Exists { .. } => Some("name another file, or take that one away"),
            Self::NoPlans { .. } => Some(
                "a plan is named by twelve or more of its digits, a file of plans is what `csoc plan --out FILE` wrote",
            ),
            _ => None,
        }
    }
}

impl Facts {
    /// How many resources would undergo what.
    pub(crate) fn changes(&self) -> Vec<(Action, usize)> {
        let changes = ACTIONS.map(|action| (action, self.summary.count(action)));
        changes
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

impl Bundle {
    /// Writes a bundle below `all`; it is there as a whole, or not at all.
    ///
    /// `lock` is the lock file of the providers that made the plan, which must apply it.
    pub fn write(all: &Path, facts: Facts, plan: &[u8], lock: &[u8]) -> Result<Self, BundleError> {
        let facts = Facts {
            format: FORMAT,
            plan: Digest::of(plan),
            lock: Digest::of(lock),
            ..facts
        };
        let error = |source| BundleError::Io {
            path: all.to_owned(),
            source,
        };
        let mut text = serde_json::to_vec_pretty(&facts).map_err(|source| error(source.into()))?;
        text.push(b'\n');
        Self::put(all, facts, &text, plan, lock)
    }

    /// Writes a bundle of which the facts are `text`.
    fn put(
        all: &Path,
        facts: Facts,
        text: &[u8],
        plan: &[u8],
        lock: &[u8],
    ) -> Result<Self, BundleError> {
        let error = |source| BundleError::Io {
            path: all.to_owned(),
            source,
        };
        let digest = Digest::of(text);
        let directory = all.join(digest.to_string());
        let staged = all.join(format!(".{digest}"));
        let write = || {
            let _writing = spent::begin_to_write(all)?;
            make_private(&staged)?;
            write_private(&staged.join(PLAN), plan)?;
            write_private(&staged.join(LOCK), lock)?;
            write_private(&staged.join(FACTS), text)?;
            if directory.exists() {
                // Equal in every byte: planned twice by one run.
                return fs::remove_dir_all(&staged);
            }
            fs::rename(&staged, &directory)
        };
        write().map_err(error)?;
        Ok(Self {
            directory,
            digest,
            facts,
        })
    }

    /// Reads a bundle, and checks that nothing in it was changed; that its plan was taken away is no change of it.
    pub fn open(directory: &Path) -> Result<Self, BundleError> {
        #[derive(Deserialize)]
        struct Header {
            format: u32,
        }
        let path = || directory.to_owned();
        let changed = || BundleError::Changed { path: path() };
        let read = |name: &str| {
            fs::read(directory.join(name)).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => changed(),
                _ => BundleError::Io {
                    path: path(),
                    source,
                },
            })
        };
        let is_plan = |plan: Digest| match fs::read(directory.join(PLAN)) {
            Ok(bytes) => Ok(Digest::of(&bytes) == plan),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(source) => Err(BundleError::Io {
                path: path(),
                source,
            }),
        };
        let text = read(FACTS)?;
        let header: Header = serde_json::from_slice(&text).map_err(|_| changed())?;
        if header.format != FORMAT {
            return Err(BundleError::Newer {
                path: path(),
                found: header.format,
            });
        }
        let facts: Facts = serde_json::from_slice(&text).map_err(|_| changed())?;
        let digest = Digest::of(&text);
        let name = directory
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        // The lock file, too: it says which providers apply the plan.
        let is_whole = name.as_deref() == Some(&*digest.to_string())
            && is_plan(facts.plan)?
            && Digest::of(&read(LOCK)?) == facts.lock;
        if !is_whole {
            return Err(changed());
        }
        Ok(Self {
            directory: path(),
            digest,
            facts,
        })
    }

    /// The bundle below `all` that people name by the first digits of its digest, twelve at least.
    pub fn find(all: &Path, name: &str) -> Result<Self, BundleError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(all).map_err(|source| BundleError::Io {
            path: all.to_owned(),
            source,
        })? {
            let entry = entry.map_err(|source| BundleError::Io {
                path: all.to_owned(),
                source,
            })?;
            let digest = entry
                .file_name()
                .to_str()
                .and_then(|text| text.parse::<Digest>().ok());
            if digest.is_some_and(|digest| digest.is_named(name)) {
                found.push(entry.path());
            }
        }
        match &*found {
            [one] => Self::open(one),
            _ => Err(BundleError::NotOne {
                all: all.to_owned(),
                name: name.into(),
                count: found.len(),
            }),
        }
    }

    /// The digest of all that is in it: its name.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it is a plan of.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Where the plan itself is: secret.
    pub(crate) fn plan(&self) -> PathBuf {
        self.directory.join(PLAN)
    }

    /// The lock file of the providers that made the plan.
    pub(crate) fn lock(&self) -> PathBuf {
        self.directory.join(LOCK)
    }

    /// Whether somebody began to apply it.
    pub fn is_used(&self) -> bool {
        self.directory.join(USED).exists()
    }

    /// Marks it as used, for good: true for exactly one of all who ask.
    pub(crate) fn claim(&self, run: &str) -> Result<bool, BundleError> {
        let path = self.directory.join(USED);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let claimed = options.open(&path).and_then(|mut file| {
            file.write_all(run.as_bytes())?;
            file.sync_all()?;
            File::open(&self.directory)?.sync_all()
        });
        match claimed {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(BundleError::Io { path, source }),
        }
    }
}

#[cfg(test)]
mod tests;
