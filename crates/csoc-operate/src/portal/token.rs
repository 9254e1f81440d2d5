//! What whoever drives runs must show.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::random::random;

/// The least length of a token, in characters.
const LEAST: usize = 32;

/// The most that is read of a file of it, in bytes.
const MOST: u64 = 4096;

/// A bearer token, of which only the digest is kept.
pub struct Token(Digest);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The file cannot be read or made.
    #[error("the token file `{path}` cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read the file.
    #[error("the token file `{path}` may be read by others than its owner; `chmod 600` it")]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It is none.
    #[error("the token file `{path}` must hold one line of at least {LEAST} printable characters")]
    Unfit {
        /// The file.
        path: PathBuf,
    },
}

impl Token {
    /// The token in a file that only its owner may read; where there is no file, one is made.
    pub fn of_file(path: &Path) -> Result<Self, TokenError> {
        let error = |source| TokenError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                let text = random().map_err(error)?;
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(path).map_err(error)?;
                writeln!(file, "{text}").map_err(error)?;
                return Ok(Self::of(&text));
            }
            Err(source) => return Err(error(source)),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = file.metadata().map_err(error)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(TokenError::Open {
                    path: path.to_owned(),
                });
            }
        }
        let mut text = String::new();
        Read::take(&mut file, MOST)
            .read_to_string(&mut text)
            .map_err(error)?;
        let line = text.trim_end_matches(['\n', '\r']);
        if line.len() < LEAST || !line.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Unfit {
                path: path.to_owned(),
            });
        }
        Ok(Self::of(line))
    }

    fn of(text: &str) -> Self {
        Self(Digest::of(text.as_bytes()))
    }

    /// Whether this is what a request says in `Authorization`.
    pub(super) fn is_shown(&self, header: Option<&str>) -> bool {
        let shown = header.and_then(|header| {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token)
        });
        // Digests are compared: how long that takes says nothing about the token.
        shown.is_some_and(|token| Self::of(token).0 == self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, TokenError};

    #[test]
    fn a_token_is_made_once_and_shown_by_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let token = Token::of_file(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.trim_end();
        assert_eq!(text.len(), 64);
        assert!(token.is_shown(Some(&format!("Bearer {text}"))));
        assert!(token.is_shown(Some(&format!("bearer {text}"))));
        for other in [
            None,
            Some(""),
            Some("Bearer "),
            Some("Basic abc"),
            Some(text),
            Some("Bearer 0000"),
        ] {
            assert!(!token.is_shown(other), "{other:?}");
        }
        assert_eq!(format!("{token:?}"), "Token(…)");
        let again = Token::of_file(&path).unwrap();
        assert!(again.is_shown(Some(&format!("Bearer {text}"))));
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_may_read_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        std::fs::write(&path, "x".repeat(40)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = Token::of_file(&path).unwrap_err();
        assert!(matches!(error, TokenError::Open { .. }), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        Token::of_file(&path).unwrap();
        for unfit in ["", "short\n", &"with space ".repeat(8), &"é".repeat(40)] {
            std::fs::write(&path, unfit).unwrap();
            let error = Token::of_file(&path).unwrap_err();
            assert!(matches!(error, TokenError::Unfit { .. }), "{unfit:?}");
            assert!(unfit.is_empty() || !error.to_string().contains(unfit));
        }
        assert!(matches!(
            Token::of_file(&directory.path().join("no/such")),
            Err(TokenError::Io { .. })
        ));
    }
}
