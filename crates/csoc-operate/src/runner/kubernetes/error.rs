//! Why nothing is run in a cluster.

use std::path::PathBuf;

use crate::cluster::Unread;

/// Why nothing is run in a cluster. What servers answered and requests held is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The cluster is not reached.
    #[error("the cluster that runs Jobs is not reached: {0}")]
    Unread(#[from] Unread),
    /// Who asks may not.
    #[error(
        "403: we may not {what} in the namespace `{namespace}`; `csoc runner manifest` prints what it takes"
    )]
    Forbidden {
        /// What was asked for.
        what: &'static str,
        /// Where.
        namespace: String,
    },
    /// Something that it takes is not there.
    #[error(
        "404: we cannot {what} in the namespace `{namespace}`: it is not there; `csoc runner manifest` prints what it takes"
    )]
    Missing {
        /// What was asked for.
        what: &'static str,
        /// Where.
        namespace: String,
    },
    /// The cluster does not take it.
    #[error("the cluster answers {status} to `{what}` in the namespace `{namespace}`")]
    Answer {
        /// What was asked for.
        what: &'static str,
        /// Where.
        namespace: String,
        /// The status.
        status: u16,
    },
    /// A Job of the stack is there.
    #[error(
        "the Job `{job}` of `{maker}` works on it, with `{step}`: wait for its end; one that nobody is there for any more is taken away with `kubectl delete job {job}`"
    )]
    Occupied {
        /// The Job.
        job: String,
        /// What it does.
        step: String,
        /// The machine and the process that made it.
        maker: String,
    },
    /// A root and its plan are more than a Secret holds.
    #[error(
        "its root and its plan have {bytes} bytes, and what a Job is given may have {room}: run this stack with `--runner local` or `docker`"
    )]
    TooLarge {
        /// How many they have.
        bytes: usize,
        /// How many there may be.
        room: usize,
    },
    /// A path of the root cannot be one in a pod.
    #[error("`{0}` is no text, and cannot be seen in a pod")]
    Path(PathBuf),
    /// Its state would go with the pod.
    #[error(
        "its state would be in a file of the pod, and go with it: with `--runner kubernetes` it must be in a bucket, as `s3` keeps it"
    )]
    LocalState,
    /// Its pod ended without its program.
    #[error("the Job `{job}` came to no end that was seen: {why}")]
    Gone {
        /// The Job.
        job: String,
        /// What is known of it.
        why: String,
    },
    /// There is no pod that could be asked.
    #[error("no pod of the stack is there to be asked")]
    NoPod,
    /// A pod does not hand over a file.
    #[error("the pod of the Job `{job}` does not hand over `{file}`")]
    Kept {
        /// The Job.
        job: String,
        /// The file.
        file: String,
    },
    /// Something of ours is no object of Kubernetes: a mistake of ours.
    #[error("what was to be asked of the cluster is none of its objects")]
    Unreadable,
    /// A file of this machine cannot be read or written.
    #[error("`{path}` cannot be used: {kind}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        kind: std::io::ErrorKind,
    },
}
