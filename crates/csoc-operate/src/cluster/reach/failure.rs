//! Why a cluster does not answer, in our own words.

use std::error::Error;
use std::io;

use kube::client::AuthError;

use crate::cluster::unread::Unread;

/// What an error means. What other programs printed, what servers answered and what requests held is no part of it.
pub(super) fn of(error: &kube::Error, program: Option<&str>) -> Unread {
    match error {
        kube::Error::Auth(error) => credentials(error, program),
        kube::Error::Api(status) => answer(status.code),
        kube::Error::ProxyProtocolUnsupported { .. }
        | kube::Error::ProxyProtocolDisabled { .. } => Unread::Context {
            problem: "its proxy speaks nothing that is known here".to_owned(),
        },
        kube::Error::RustlsTls(_) => Unread::Context {
            problem: "its certificates cannot be used".to_owned(),
        },
        kube::Error::FromUtf8(_) | kube::Error::SerdeError(_) => Unread::NoList,
        error => on_the_way(error).unwrap_or_else(|| Unread::Unreachable {
            problem: "the connection was lost".to_owned(),
        }),
    }
}

/// What a status means that is no list.
pub(super) const fn answer(status: u16) -> Unread {
    match status {
        401 => Unread::Unauthorized,
        403 => Unread::Forbidden,
        404 => Unread::NoArgoCd,
        status => Unread::Answer { status },
    }
}

fn credentials(error: &AuthError, program: Option<&str>) -> Unread {
    let program = program.unwrap_or("the program that makes them");
    let problem = match error {
        AuthError::AuthExecStart(source) => {
            format!("`{program}` cannot be started: {}", source.kind())
        }
        AuthError::AuthExecRun { out, .. } => format!("`{program}` failed with {}", out.status),
        AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
            format!("`{program}` prints none")
        }
        AuthError::ReadTokenFile(source, path) => {
            format!(
                "the file `{}` cannot be read: {}",
                path.display(),
                source.kind()
            )
        }
        _ => "they are not of a kind that can be used here".to_owned(),
    };
    Unread::Credentials { problem }
}

/// What happened on the way: the innermost cause says most.
fn on_the_way(error: &(dyn Error + 'static)) -> Option<Unread> {
    let mut unread = None;
    let mut at = Some(error);
    while let Some(cause) = at {
        if let Some(auth) = cause.downcast_ref::<AuthError>() {
            return Some(credentials(auth, None));
        }
        // Of a name: the library says so, and wraps whatever the system says.
        if cause.to_string().starts_with("dns error") {
            return Some(Unread::Unresolved);
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            // What it wraps is not among its causes.
            let wrapped = error.get_ref().and_then(|inner| on_the_way(inner));
            unread = wrapped.or_else(|| Some(io(error)));
        }
        at = cause.source();
    }
    unread
}

fn io(error: &io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Unread::Refused,
        // TLS says what is wrong with certificates and records, and holds nothing of what was sent.
        io::ErrorKind::InvalidData => Unread::Tls {
            problem: error.to_string(),
        },
        io::ErrorKind::UnexpectedEof => Unread::Unreachable {
            problem: "the connection was closed".to_owned(),
        },
        kind => Unread::Unreachable {
            problem: kind.to_string(),
        },
    }
}
