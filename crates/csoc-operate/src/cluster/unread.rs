//! Why nothing is known of a cluster.

use serde::Serialize;

/// Why nothing is known of a cluster. It says what happened in words of its own: answers and the output of other
/// programs, which may hold tokens, are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unread {
    /// No context leads to it.
    #[error("no context of the kubeconfig leads to it")]
    NoContext,
    /// Several do.
    #[error("several contexts lead to it: {}", .contexts.join(", "))]
    SeveralContexts {
        /// Their names.
        contexts: Vec<String>,
    },
    /// A context that was named is not there.
    #[error("the kubeconfig has no context `{context}`")]
    NoSuchContext {
        /// Its name.
        context: String,
    },
    /// The context cannot be used.
    #[error("its context cannot be used: {problem}")]
    Context {
        /// What is wrong with it.
        problem: String,
    },
    /// What makes its credentials fails.
    #[error("no credentials for it: {problem}")]
    Credentials {
        /// What failed.
        problem: String,
    },
    /// Nobody listens.
    #[error("connection refused")]
    Refused,
    /// It does not answer.
    #[error("no answer within {} s", .seconds)]
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
    /// Its name leads nowhere.
    #[error("its name cannot be resolved")]
    Unresolved,
    /// There is no way to it, or it was lost.
    #[error("it cannot be reached: {problem}")]
    Unreachable {
        /// What happened.
        problem: String,
    },
    /// It is not who it says, or does not speak TLS.
    #[error("TLS fails: {problem}")]
    Tls {
        /// What is wrong.
        problem: String,
    },
    /// It does not know who asks.
    #[error("401: it does not take our credentials")]
    Unauthorized,
    /// Who asks may not.
    #[error("403: we may not list Applications")]
    Forbidden,
    /// There is no Argo CD.
    #[error("404: it has no Applications of Argo CD")]
    NoArgoCd,
    /// It answers something else.
    #[error("it answers {status}")]
    Answer {
        /// The status.
        status: u16,
    },
    /// It answers something that is no list.
    #[error("what it answers is no list of Applications")]
    NoList,
}

impl Unread {
    #[cfg(feature = "kubernetes")]
    pub(super) const fn timeout(waited: std::time::Duration) -> Self {
        Self::Timeout {
            seconds: waited.as_secs(),
        }
    }

    /// Of a cluster that nobody asked.
    pub(super) fn unasked() -> Self {
        Self::Unreachable {
            problem: "it was not asked".to_owned(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoContext => {
                "name it with `--context CLUSTER=CONTEXT`; `aws eks update-kubeconfig` makes one"
            }
            Self::SeveralContexts { .. } | Self::NoSuchContext { .. } => {
                "say which one with `--context CLUSTER=CONTEXT`"
            }
            Self::Credentials { .. } | Self::Unauthorized => {
                "sign in again, and see that `kubectl get applications -A` works in that context"
            }
            Self::Timeout { .. } | Self::Unresolved | Self::Unreachable { .. } => {
                "clusters whose API is private are reached through their network: is the VPN there?"
            }
            Self::Forbidden => {
                "it takes `get` and `list` of `applications.argoproj.io` in the namespace of Argo CD"
            }
            _ => return None,
        })
    }
}
