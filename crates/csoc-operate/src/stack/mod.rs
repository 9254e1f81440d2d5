//! Stacks: what is to be run, as a rendered tree says it.

mod id;
mod rendering;
mod selection;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::rendering::Rendering;

pub use id::StackId;
pub(crate) use selection::Subject;
pub use selection::{NoValue, Selection, SelectionError};

/// The format of `stacks.json` that this version reads.
const FORMAT: u64 = 1;

/// One Terraform root with one state in one account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Stack {
    /// Its name: the directory of its state in the bucket, `v1/111122223333/us-east-1/storage/environment/atlas/prod`.
    pub id: StackId,
    /// Its directory below `terraform/`.
    pub path: String,
    /// The object of the fleet that it is made from: `commons.atlas.environments.prod`.
    pub object: String,
    /// The layer that it is of: `storage`.
    pub kind: String,
    /// The account that it works in, twelve digits.
    pub account: String,
    /// The region that it works in; none where it is of the account as a whole.
    pub region: Option<String>,
    /// The tier of what it is for, where it is for an environment or a cluster.
    #[serde(default)]
    pub tier: Option<String>,
    /// Whether what it makes may be there already.
    #[serde(default)]
    pub mode: Mode,
    /// The stacks that must be applied before it.
    pub depends_on: Vec<StackId>,
    /// What it is given, and whether that is known.
    pub inputs: Vec<Input>,
    /// Whether it can be planned.
    pub status: Status,
    /// Who runs it.
    #[serde(default)]
    pub run_by: RunBy,
}

/// Who runs a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RunBy {
    /// Whoever may take the account's roles: a pipeline, or somebody who is one.
    #[default]
    Pipelines,
    /// People with more rights than those roles have: it decides who may run what.
    People,
}

/// Whether what a stack makes may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// It makes what there is of it.
    #[default]
    Managed,
    /// It takes over what is there: a plan that makes or destroys something is wrong.
    Adopt,
    /// It was rendered to be looked at.
    #[serde(other)]
    Observed,
}

/// One variable of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// The variable.
    pub name: String,
    /// The output that it comes from, where a stack makes it.
    pub from: Option<String>,
    /// Whether its value is recorded.
    pub state: InputState,
}

/// Whether the value of an input is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum InputState {
    /// It is.
    Known,
    /// It is not: somebody must record it, or apply the stack that makes it.
    Missing,
}

/// Whether a stack can be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// Everything that it needs is known.
    Ready,
    /// An input is missing.
    Blocked,
    /// It is not rendered any more: its root stays until it is destroyed, and nothing else is done with it.
    Leaving,
}

/// All stacks of a rendered tree, in an order in which they can be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stacks {
    root: PathBuf,
    all: Vec<Stack>,
    rendering: Rendering,
}

/// Why the stacks of a tree cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StacksError {
    /// There is no `stacks.json`, or it cannot be read.
    #[error("the stacks of a rendered tree cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// Its files are partly of one render and partly of another.
    #[error(
        "a render of `{root}` was begun and is not ended, so that its files are partly of another one: render again"
    )]
    Unsettled {
        /// The tree.
        root: PathBuf,
    },
    /// It is not what `csoc render` writes.
    #[error("`{file}` is not what `csoc render` writes")]
    Invalid {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A newer version wrote it.
    #[error(
        "`{file}` has format {found}; this version reads format {FORMAT}: take a newer csoc, or render again"
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Two stacks have one name, so that they would share a state.
    #[error("the stack `{0}` is listed twice: render again")]
    Duplicate(StackId),
    /// A stack waits for one that is not there or comes later.
    #[error("the stack `{stack}` needs `{needs}`, which is not listed before it: render again")]
    Disordered {
        /// The stack.
        stack: StackId,
        /// What it needs.
        needs: StackId,
    },
    /// The directory of a stack leads out of the tree.
    #[error("the directory `{path}` of the stack `{stack}` is not below the rendered tree")]
    Outside {
        /// The stack.
        stack: StackId,
        /// Its directory.
        path: String,
    },
}

impl Stacks {
    /// Reads the stacks of a rendered tree: `directory` is what `csoc render --out` was given, or `terraform/` in it.
    pub fn load(directory: &Path) -> Result<Self, StacksError> {
        let below = directory.join("terraform");
        let root = if below.join("stacks.json").is_file() {
            below
        } else {
            directory.to_owned()
        };
        let file = root.join("stacks.json");
        let read = Rendering::read(&root, || fs_err::read(&file));
        match read.map_err(StacksError::Unreadable)? {
            Some((rendering, text)) => Self::parse(root, rendering, &file, &text),
            None => Err(StacksError::Unsettled { root }),
        }
    }

    fn parse(
        root: PathBuf,
        rendering: Rendering,
        file: &Path,
        text: &[u8],
    ) -> Result<Self, StacksError> {
        #[derive(Deserialize)]
        struct Header {
            format: u64,
        }
        #[derive(Deserialize)]
        struct Listing {
            stacks: Vec<Stack>,
        }
        let invalid = |source| StacksError::Invalid {
            file: file.to_owned(),
            source,
        };
        // The format is looked at first: a newer one may be of any shape.
        let header: Header = serde_json::from_slice(text).map_err(invalid)?;
        if header.format != FORMAT {
            return Err(StacksError::Newer {
                file: file.to_owned(),
                found: header.format,
            });
        }
        let listing: Listing = serde_json::from_slice(text).map_err(invalid)?;
        let mut seen = BTreeSet::new();
        for stack in &listing.stacks {
            if let Some(needs) = stack.depends_on.iter().find(|id| !seen.contains(*id)) {
                return Err(StacksError::Disordered {
                    stack: stack.id.clone(),
                    needs: needs.clone(),
                });
            }
            if !seen.insert(&stack.id) {
                return Err(StacksError::Duplicate(stack.id.clone()));
            }
            if !is_below(&stack.path) {
                return Err(StacksError::Outside {
                    stack: stack.id.clone(),
                    path: stack.path.clone(),
                });
            }
        }
        Ok(Self {
            root,
            all: listing.stacks,
            rendering,
        })
    }

    /// The stacks, in an order in which they can be applied.
    pub fn iter(&self) -> std::slice::Iter<'_, Stack> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a stack's root, which was read before this is asked, is of the same render as the stacks.
    pub(crate) fn is_of_one_render(&self, stack: &Stack) -> bool {
        self.rendering.has(&self.root, &stack.path)
    }

    /// The directory of a stack's root.
    pub fn directory(&self, stack: &Stack) -> PathBuf {
        self.root.join(&stack.path)
    }

    /// The stacks that a selection means, in order.
    pub fn select<'s>(&'s self, selection: &'s Selection) -> impl Iterator<Item = &'s Stack> {
        self.all.iter().filter(|stack| selection.matches(stack))
    }

    /// Says so where selections compare a field with what no stack has in it.
    pub fn have(&self, selections: &[Selection]) -> Result<(), NoValue> {
        let mut selections = selections.iter();
        selections.try_for_each(|one| one.is_of(&self.all))
    }

    /// The stacks that each of some stacks waits for, among those alone: through others, too.
    pub fn needs<'s>(
        &'s self,
        chosen: &[&'s Stack],
    ) -> BTreeMap<&'s StackId, BTreeSet<&'s StackId>> {
        let is_chosen: BTreeSet<&StackId> = chosen.iter().map(|stack| &stack.id).collect();
        let mut above: BTreeMap<&StackId, BTreeSet<&StackId>> = BTreeMap::new();
        // What a stack needs stands before it, so that one pass is enough.
        for stack in &self.all {
            let mut needs = BTreeSet::new();
            for id in &stack.depends_on {
                if is_chosen.contains(id) {
                    needs.insert(id);
                } else {
                    needs.extend(above.get(id).into_iter().flatten().copied());
                }
            }
            above.insert(&stack.id, needs);
        }
        above.retain(|id, _| is_chosen.contains(id));
        above
    }

    /// All stacks that each stack needs, through others, too.
    pub(crate) fn all_needs(&self) -> BTreeMap<&StackId, BTreeSet<&StackId>> {
        let mut above: BTreeMap<&StackId, BTreeSet<&StackId>> = BTreeMap::new();
        for stack in &self.all {
            let mut needs: BTreeSet<&StackId> = stack.depends_on.iter().collect();
            for id in &stack.depends_on {
                needs.extend(above.get(id).into_iter().flatten().copied());
            }
            above.insert(&stack.id, needs);
        }
        above
    }
}

impl<'s> IntoIterator for &'s Stacks {
    type Item = &'s Stack;
    type IntoIter = std::slice::Iter<'s, Stack>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Stack {
    /// Whether the fleet no longer renders it, so that all that is left to do is to destroy it.
    pub fn is_leaving(&self) -> bool {
        self.status == Status::Leaving
    }

    /// The name of its account in the fleet: the first directory of its path.
    pub fn account_name(&self) -> Option<&str> {
        self.path.split('/').next()
    }
}

/// Whether a path leads below where it is joined to.
fn is_below(path: &str) -> bool {
    use std::path::Component;
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|component| matches!(component, Component::Normal(_)))
}

#[cfg(test)]
mod tests;
