//! Who holds the lock of a state, as Terraform wrote it down.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many characters of a field are kept.
const LONGEST: usize = 300;

/// Who holds the lock of a state, as Terraform wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Holder {
    /// The lock's own name, which who takes it away must say.
    #[serde(rename = "ID", default)]
    pub id: Box<str>,
    /// What it is held for: `OperationTypeApply`.
    #[serde(rename = "Operation", default)]
    pub operation: Box<str>,
    /// A user and a machine.
    #[serde(rename = "Who", default)]
    pub who: Box<str>,
    /// The version of Terraform.
    #[serde(rename = "Version", default)]
    pub version: Box<str>,
    /// Since when.
    #[serde(rename = "Created", default)]
    pub created: Box<str>,
    /// The state.
    #[serde(rename = "Path", default)]
    pub path: Box<str>,
}

impl Holder {
    /// What stands there; of what is no lock of Terraform's, nothing is known.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let read: Self = serde_json::from_slice(bytes).unwrap_or_default();
        // Whoever may write a lock may write anything: it is shown on a terminal.
        let plain = |text: &str| -> Box<str> {
            let kept = text.chars().filter(|one| !one.is_control());
            kept.take(LONGEST).collect()
        };
        Self {
            id: plain(&read.id),
            operation: plain(&read.operation),
            who: plain(&read.who),
            version: plain(&read.version),
            created: plain(&read.created),
            path: plain(&read.path),
        }
    }

    /// What it is held for, in a word.
    pub fn doing(&self) -> String {
        let word = self.operation.trim_start_matches("OperationType");
        if word.is_empty() {
            "something".to_owned()
        } else {
            word.to_ascii_lowercase()
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &str| if text.is_empty() { "?" } else { text }.to_owned();
        write!(
            f,
            "{} since {}, for {}, as lock {}",
            known(&self.who),
            known(&self.created),
            self.doing(),
            known(&self.id)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Holder;

    #[test]
    fn who_holds_a_lock_is_said() {
        let text = br#"{"ID":"7baa147a","Operation":"OperationTypeApply","Info":"","Who":"ada@hub","Version":"1.11.4","Created":"2026-11-26T16:46:36.9Z","Path":"x"}"#;
        assert_eq!(
            Holder::read(text).to_string(),
            "ada@hub since 2026-11-26T16:46:36.9Z, for apply, as lock 7baa147a"
        );
        assert_eq!(
            &*Holder::read(b"{\"Who\":\"a\\u001b[2J\\nb\"}").who,
            "a[2Jb"
        );
        assert_eq!(
            Holder::read(b"no JSON").to_string(),
            "? since ?, for something, as lock ?"
        );
    }
}
