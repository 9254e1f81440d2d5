//! What keeps a stack from being destroyed, and how each of that lets go.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use crate::stack::{Mode, Stack, StackId};

/// Why a stack is not destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// It is being taken over, or only looked at: somebody else made what it has.
    NotOurs,
    /// It makes the bucket that holds all states, its own among them.
    HoldsStates,
    /// Something in its root keeps a resource, until the fleet says otherwise.
    Guarded {
        /// The resource.
        address: Box<str>,
        /// The arguments that keep it.
        by: Vec<&'static str>,
        /// The field of the model that lets go of it.
        field: String,
    },
    /// This one needs it, and still has something.
    NeededBy(StackId),
    /// This one needs it, and nobody could be asked whether it still has something.
    PerhapsNeededBy(StackId),
}

/// Arguments by which Terraform or the cloud keeps a resource.
const ARGUMENTS: [&str; 3] = [
    "prevent_destroy",
    "deletion_protection",
    "deletion_protection_enabled",
];

/// Types that a field of the model keeps, below the object of their stack; `*` is the resource's own name.
const FIELDS: [(&str, &str); 3] = [
    ("aws_eks_cluster", "deletionProtection"),
    ("aws_opensearch_domain", "search.*.deletionProtection"),
    ("aws_rds_cluster", "databases.*.deletionProtection"),
];

/// A resource that arguments of its root keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guard {
    of: String,
    name: String,
    by: Vec<&'static str>,
}

impl Guard {
    /// The guards of a root that is formatted as all are: blocks of the top level begin and end at the first column.
    pub(super) fn of_root(directory: &Path) -> io::Result<Vec<Self>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                files.push(path);
            }
        }
        files.sort();
        let mut guards = Vec::new();
        for file in files {
            read(&fs::read_to_string(file)?, &mut guards);
        }
        Ok(guards)
    }

    /// Its resource's address, whatever indexes it has.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.of, self.name)
    }

    /// Why the stack is kept by it; nothing where only Terraform keeps it, and whoever allows its address lets go.
    fn keeps(&self, stack: &Stack) -> Option<Kept> {
        let (_, field) = FIELDS.iter().find(|(of, _)| *of == self.of)?;
        let own = self.name.trim_start_matches('_').replace('_', "-");
        Some(Kept::Guarded {
            address: self.address().into(),
            by: self.by.clone(),
            field: format!("{}.{}", stack.object, field.replace('*', &own)),
        })
    }

    /// An override by which Terraform lets go of it.
    fn lifted(&self) -> Option<String> {
        self.by.contains(&"prevent_destroy").then(|| {
            format!(
                "resource \"{}\" \"{}\" {{\n  lifecycle {{\n    prevent_destroy = false\n  }}\n}}\n",
                self.of, self.name
            )
        })
    }
}

/// What keeps a stack, whatever it has.
pub(super) fn as_a_whole(stack: &Stack) -> Vec<Kept> {
    let not_ours = (stack.mode != Mode::Managed).then_some(Kept::NotOurs);
    let holds_states = (stack.kind == "bootstrap").then_some(Kept::HoldsStates);
    not_ours.into_iter().chain(holds_states).collect()
}

/// What keeps a stack that has these resources.
pub(super) fn by_guards(stack: &Stack, guards: &[Guard], has: &BTreeSet<String>) -> Vec<Kept> {
    let there = guards.iter().filter(|guard| has.contains(&guard.address()));
    there.filter_map(|guard| guard.keeps(stack)).collect()
}

/// What lets go of all that only Terraform keeps.
pub(super) fn lifted(guards: &[Guard]) -> String {
    let lifted: Vec<String> = guards.iter().filter_map(Guard::lifted).collect();
    lifted.join("\n")
}

fn read(text: &str, guards: &mut Vec<Guard>) {
    let mut block: Option<Guard> = None;
    for line in text.lines() {
        if let Some(labels) = line.strip_prefix("resource \"") {
            let mut labels = labels.split('"');
            if let (Some(of), Some(_), Some(name)) = (labels.next(), labels.next(), labels.next()) {
                let (of, name) = (of.to_owned(), name.to_owned());
                block = Some(Guard {
                    of,
                    name,
                    by: Vec::new(),
                });
            }
        } else if line == "}" {
            guards.extend(block.take().filter(|guard| !guard.by.is_empty()));
        } else if let Some(guard) = &mut block
            && let Some((name, "true")) = line
                .split_once('=')
                .map(|(name, value)| (name.trim(), value.trim()))
        {
            guard
                .by
                .extend(ARGUMENTS.into_iter().find(|argument| *argument == name));
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs => {
                f.write_str("it takes over, or looks at, what somebody else made; set its management to `managed` first")
            }
            Self::HoldsStates => f.write_str(
                "it makes the bucket that holds the states of all stacks, its own too; move its state to disk, and do it by hand",
            ),
            Self::Guarded { address, by, field } => {
                let by: Vec<String> = by.iter().map(|by| format!("`{by}`")).collect();
                write!(
                    f,
                    "`{address}` is kept by {}: say `{field}: false` in the fleet, with a waiver where a rule asks for one, and apply that first",
                    by.join(" and ")
                )
            }
            Self::NeededBy(stack) => {
                write!(f, "`{stack}` needs it, and still has resources: destroy that before it, or with it")
            }
            Self::PerhapsNeededBy(stack) => write!(
                f,
                "`{stack}` needs it, and whether that still has resources is not known: its state cannot be read by whoever you are"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guard, lifted, read};

    const ROOT: &str = r#"resource "aws_rds_cluster" "main_one" {
  deletion_protection = true
  skip_final_snapshot = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "data" {
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_rds_cluster" "other" {
  deletion_protection = false
}

variable "prevent_destroy" {
  default = true
}
"#;

    fn guards() -> Vec<Guard> {
        let mut guards = Vec::new();
        read(ROOT, &mut guards);
        guards
    }

    #[test]
    fn what_a_root_keeps_is_found() {
        let found: Vec<(String, Vec<&str>)> = guards()
            .into_iter()
            .map(|guard| (guard.address(), guard.by))
            .collect();
        let expected = [
            (
                "aws_rds_cluster.main_one".to_owned(),
                vec!["deletion_protection", "prevent_destroy"],
            ),
            ("aws_kms_key.data".to_owned(), vec!["prevent_destroy"]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_only_terraform_keeps_is_let_go_of_and_read_again_keeps_nothing() {
        let text = lifted(&guards());
        assert_eq!(text.matches("prevent_destroy = false").count(), 2);
        let mut again = Vec::new();
        read(&text, &mut again);
        assert_eq!(again, []);
    }
}
