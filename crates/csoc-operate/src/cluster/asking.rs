//! How clusters are asked, and why none of them can be.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// How clusters are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// How long one may take to answer, from the credentials to the last page.
    pub timeout: Duration,
    /// How many are asked at once.
    pub parallel: NonZeroUsize,
}

/// Why no cluster can be reached. What stands in the file is no part of it: that may be a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KubeconfigError {
    /// There is none.
    #[error("there is no kubeconfig: no `KUBECONFIG`, and no file `~/.kube/config`")]
    None,
    /// A file of it cannot be read.
    #[error("the kubeconfig `{path}` cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is none.
    #[error("the kubeconfig is not one that `kubectl` would read")]
    Invalid,
    /// Nothing can be asked.
    #[error("nothing can be asked of clusters")]
    Runtime(#[source] io::Error),
    /// What asks clusters was left out.
    #[error("this csoc was built without Kubernetes, and asks no clusters")]
    Unbuilt,
}

impl KubeconfigError {
    /// How to mend it, where `named` is how somebody names another file: an option, or an argument.
    pub fn help(&self, named: &str) -> Option<String> {
        match self {
            Self::Unbuilt => Some(
                "take one that was built with the feature `kubernetes`, as the wheel is".to_owned(),
            ),
            Self::Runtime(_) => None,
            _ => Some(format!(
                "name one with `{named}`; `aws eks update-kubeconfig` makes one"
            )),
        }
    }
}
