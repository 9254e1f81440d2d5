//! Why what lies beside the state cannot be read or written.

use std::io;
use std::path::PathBuf;

/// Why what lies beside the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A file cannot be read or written.
    #[error("`{path}`, which lies beside the state, cannot be used: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state's store does not answer, or refuses.
    #[error("`{place}`, which lies beside the state, cannot be {doing}: {reason}{}", help(.code.as_deref()))]
    Request {
        /// Where it is.
        place: String,
        /// `read` or `written`.
        doing: &'static str,
        /// Its code, where the store answered.
        code: Option<Box<str>>,
        /// What it says, or what kept it from answering.
        reason: Box<str>,
    },
    /// Nobody waited for the state's store to answer.
    #[error("`{place}`, which lies beside the state, was left to itself before it was {doing}")]
    Left {
        /// Where it is.
        place: String,
        /// `read` or `written`.
        doing: &'static str,
    },
    /// Nothing can be asked.
    #[error("nothing can be asked of the state's store: {0}")]
    Runtime(#[source] io::Error),
    /// It is not what csoc writes there.
    #[error("`{place}` is not what csoc writes there")]
    Unreadable {
        /// Where it is.
        place: String,
    },
    /// A newer version wrote it.
    #[error("`{place}` has format {found}, which is newer than this csoc: take a newer one")]
    Newer {
        /// Where it is.
        place: String,
        /// Its format.
        found: u32,
    },
    /// Writes are taken whatever their condition says, so that nothing is done once.
    #[error(
        "`{place}` takes writes without heeding their condition, so that two machines could apply one plan; keep the state where conditional writes are known"
    )]
    Heedless {
        /// Where it is.
        place: String,
    },
    /// The backend says something that csoc cannot do as Terraform does.
    #[error(
        "the backend of the root says `{setting}`, which csoc does not know how to follow: marks beside the state cannot be written"
    )]
    Setting {
        /// The setting.
        setting: Box<str>,
    },
    /// The state would be in the working copy, which is made anew each time.
    #[error(
        "the root does not say where its state is kept, outside of its working copy; set the fleet's `state`, and render again"
    )]
    Nowhere,
}

/// What to do about an answer.
fn help(code: Option<&str>) -> &'static str {
    match code {
        Some("AccessDenied") => {
            "; who applies must list, read and write below the state's key, who plans list and read: apply `access` and `bootstrap` as they are rendered now"
        }
        Some("NoSuchBucket") => "; the bucket of the state is gone, or is another account's",
        _ => "",
    }
}
