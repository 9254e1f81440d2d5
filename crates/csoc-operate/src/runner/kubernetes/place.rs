//! Where Jobs are made.

use std::path::PathBuf;
use std::time::Duration;

use crate::runner::left::Left;

/// How long a Job may take until it begins: a machine may have to be made for it, and an image be fetched.
const BEGIN: Duration = Duration::from_mins(15);
/// How long the cluster may be silent until a Job is left to itself.
const SILENCE: Duration = Duration::from_mins(10);

/// Where Jobs are made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobPlace {
    /// The kubeconfig; that of the surroundings where it is not said.
    pub kubeconfig: Option<PathBuf>,
    /// The context of it; the current one where it is not said, or the cluster that we are in.
    pub context: Option<String>,
    /// The namespace.
    pub namespace: String,
    /// How long a Job may take until it begins.
    pub begin: Duration,
    /// How long the cluster may be silent until a Job is left to itself.
    pub silence: Duration,
}

impl JobPlace {
    /// A namespace of the current context.
    pub fn new(namespace: impl Into<String>) -> Self {
        Self {
            kubeconfig: None,
            context: None,
            namespace: namespace.into(),
            begin: BEGIN,
            silence: SILENCE,
        }
    }

    /// What is noted of a Job that applies.
    pub(super) fn left(&self, job: &str) -> Left {
        Left {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            namespace: self.namespace.clone(),
            job: job.to_owned(),
        }
    }

    /// Where a Job was left.
    pub(super) fn of(left: &Left) -> Self {
        Self {
            kubeconfig: left.kubeconfig.clone(),
            context: left.context.clone(),
            ..Self::new(&*left.namespace)
        }
    }
}
