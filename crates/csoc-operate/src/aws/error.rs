//! Why there is no session, and what to do about it.

use std::error::Error;

use aws_sdk_sts::error::ProvideErrorMetadata;

use crate::told::with_causes;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsError {
    /// Nothing can be asked.
    #[error("nothing can be asked of AWS")]
    Runtime(#[source] std::io::Error),
    /// Nobody can ask for a session on this machine.
    #[error("no session can be given to what works on this machine")]
    Endpoint(#[source] std::io::Error),
    /// The surroundings say nobody, or AWS does not know them.
    #[error("AWS does not say who we are: {reason}")]
    Identity {
        /// Its code, where it answered.
        code: Option<Box<str>>,
        /// What it says, or what kept it from answering.
        reason: Box<str>,
    },
    /// A role cannot be taken.
    #[error("the role `{role}` cannot be taken: {reason}")]
    Role {
        /// The role.
        role: String,
        /// Its code, where it answered.
        code: Option<Box<str>>,
        /// What it says, or what kept it from answering.
        reason: Box<str>,
    },
    /// AWS gave no credentials for a role.
    #[error("AWS gave no credentials for the role `{role}`")]
    Empty {
        /// The role.
        role: String,
    },
    /// What is asked for cannot be asked.
    #[error("it cannot be asked for: {reason}")]
    Request {
        /// Why.
        reason: Box<str>,
    },
    /// Somebody asked to stop.
    #[error("it was stopped while AWS was asked")]
    Stopped,
    /// The session is of another account.
    #[error("the session works in the account {found}, and the stack is of {wanted}")]
    OtherAccount {
        /// The account of the stack.
        wanted: String,
        /// The account of the session.
        found: String,
    },
}

impl AwsError {
    pub(super) fn identity<E>(error: &E) -> Self
    where
        E: Error + ProvideErrorMetadata,
    {
        let (code, reason) = said(error);
        Self::Identity { code, reason }
    }

    pub(super) fn assume<E>(role: &str, error: &E) -> Self
    where
        E: Error + ProvideErrorMetadata,
    {
        let (code, reason) = said(error);
        Self::Role {
            role: role.to_owned(),
            code,
            reason,
        }
    }

    pub(super) fn of_request(error: impl Error) -> Self {
        Self::Request {
            reason: error.to_string().into(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        let code = match self {
            Self::Identity { code, .. } | Self::Role { code, .. } => code.as_deref(),
            Self::OtherAccount { .. } => {
                return Some("take credentials of that account, or a role in it");
            }
            _ => None,
        };
        match (self, code) {
            (_, Some("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired")) => {
                Some("the credentials have expired: sign in again, then run it again")
            }
            (_, Some("SignatureDoesNotMatch" | "RequestExpired" | "InvalidSignatureException")) => {
                Some(
                    "look at this machine's clock and at the secret key: AWS refuses requests that are minutes off",
                )
            }
            (
                _,
                Some(
                    "Throttling"
                    | "ThrottlingException"
                    | "RequestLimitExceeded"
                    | "TooManyRequestsException",
                ),
            ) => Some("AWS asks for fewer requests at once: try --per-account 1"),
            (_, Some("InvalidClientTokenId" | "UnrecognizedClientException")) => {
                Some("AWS does not know this key: it was taken away, or is of another partition")
            }
            (Self::Role { .. }, Some("AccessDenied" | "AccessDeniedException")) => Some(
                "the layer `access` of the account makes the role and says who may take it; roles across accounts may ask for an external id, `CSOC_EXTERNAL_ID`",
            ),
            (Self::Identity { .. }, None) => Some(
                "set AWS_PROFILE, sign in with `aws sso login`, or run where a role is given; and see that AWS can be reached",
            ),
            _ => None,
        }
    }

    /// All of it in a line: what is wrong, and what to do about it.
    pub(super) fn said(&self) -> String {
        match self.help() {
            Some(help) => format!("{self}; {help}"),
            None => self.to_string(),
        }
    }
}

/// What AWS says, or what kept it from answering. Requests, which hold tokens, are no part of it.
pub(crate) fn said<E: Error + ProvideErrorMetadata>(error: &E) -> (Option<Box<str>>, Box<str>) {
    let code = error.code().map(Into::into);
    let reason = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        (Some(code), None) => code.to_owned(),
        _ => with_causes(error),
    };
    (code, reason.into())
}
