//! Where runs keep what they need: working copies, bundles, the journal, and who runs which stack.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::Step;
use crate::digest::Digest;
use crate::runner::Left;
use crate::stack::StackId;
use crate::terraform::make_private;

/// A directory of runs; only its owner may look into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

/// Why it cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the directory of runs `{path}` cannot be used")]
pub struct HomeError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// For how long a stack is held by who only asks whether it is, or takes away what is left of its plans: at most.
const MOMENT: Duration = Duration::from_millis(250);

/// How often it is tried meanwhile.
const PAUSE: Duration = Duration::from_millis(10);

/// A stack that this process runs, and no other on this machine while it is held.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Held {
    /// The locked file: a process that gets it holds the stack for as long as it runs.
    pub(crate) const fn file(&self) -> &File {
        &self.0
    }
}

impl Home {
    /// Opens it, or makes it.
    pub fn open(path: &Path) -> Result<Self, HomeError> {
        // The program works in another directory, and is told where its plan is.
        let path = std::path::absolute(path).map_err(|source| HomeError {
            path: path.to_owned(),
            source,
        })?;
        let home = Self(path);
        for below in [home.bundles(), home.workspaces(), home.locks(), home.logs()] {
            make_private(&below).map_err(|source| home.error(source))?;
        }
        Ok(home)
    }

    /// A home as it is, for those who only look: nothing is made.
    pub fn at(path: &Path) -> Result<Self, HomeError> {
        let absolute = std::path::absolute(path);
        absolute.map(Self).map_err(|source| HomeError {
            path: path.to_owned(),
            source,
        })
    }

    /// Where bundles are.
    pub fn bundles(&self) -> PathBuf {
        self.0.join("bundles")
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.jsonl")
    }

    /// Where it is, from the root.
    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn workspaces(&self) -> PathBuf {
        self.0.join("work")
    }

    /// Where what the program printed is, by stack and step; what comes later takes the place of what was before.
    pub(crate) fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    /// Working copies of stacks on which somebody works while others look.
    pub(crate) fn looks(&self) -> PathBuf {
        self.0.join("look")
    }

    /// Where providers are that stacks have in common.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.0.join("plugins")
    }

    fn locks(&self) -> PathBuf {
        self.0.join("locks")
    }

    /// Holds a stack; none where another process of this machine does.
    pub(crate) fn hold(&self, stack: &StackId) -> Result<Option<Held>, HomeError> {
        self.lock(&self.locks().join(plain(stack)))
    }

    /// The same for who works on it: whoever holds it for a moment alone is waited for.
    pub(crate) fn hold_to_work(&self, stack: &StackId) -> Result<Option<Held>, HomeError> {
        let began = Instant::now();
        loop {
            match self.hold(stack)? {
                None if began.elapsed() < MOMENT => std::thread::sleep(PAUSE),
                held => return Ok(held),
            }
        }
    }

    /// Holds the copy of a stack in which one looks while somebody works on the stack; none where another looks, too.
    pub(crate) fn hold_to_look(&self, stack: &StackId) -> Result<Option<Held>, HomeError> {
        self.lock(&self.locks().join(format!("{}~look", plain(stack))))
    }

    fn lock(&self, path: &Path) -> Result<Option<Held>, HomeError> {
        let mut options = OpenOptions::new();
        // The program reads it as its input, of which there is none.
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path).map_err(|source| self.error(source))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(self.error(source)),
        }
    }

    /// Whether something works on a stack from this home, of which nothing is made; none where it never held the stack.
    pub(crate) fn works(&self, stack: &StackId) -> io::Result<Option<bool>> {
        let file = match File::open(self.locks().join(plain(stack))) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            // A Job holds no lock of ours.
            Ok(()) => Ok(Some(Left::read(&self.log_of_apply(stack))?.is_some())),
            Err(TryLockError::WouldBlock) => Ok(Some(true)),
            Err(TryLockError::Error(source)) => Err(source),
        }
    }

    /// What another machine did to a stack that was told here last: the line of its journal.
    pub(crate) fn told(&self, stack: &StackId) -> Option<Digest> {
        let text = fs::read_to_string(self.0.join("told").join(plain(stack))).ok()?;
        text.parse().ok()
    }

    /// Notes that it was told. What cannot be noted is told again.
    pub(crate) fn note_told(&self, stack: &StackId, line: Digest) {
        let all = self.0.join("told");
        let _ =
            make_private(&all).and_then(|()| fs::write(all.join(plain(stack)), line.to_string()));
    }

    /// Whether something works on a stack: a csoc of this machine, or a Terraform that was left to itself.
    pub fn is_held(&self, stack: &StackId) -> Result<bool, HomeError> {
        Ok(self.hold(stack)?.is_none() || self.left(stack)?.is_some())
    }

    /// Where what an apply of a stack says is kept.
    pub(super) fn log_of_apply(&self, stack: &StackId) -> PathBuf {
        self.logs().join(stack.as_str()).join(Step::Apply.log())
    }

    /// The Job that applies a stack, or did, of which no end was seen.
    pub(super) fn left(&self, stack: &StackId) -> Result<Option<Left>, HomeError> {
        Left::read(&self.log_of_apply(stack)).map_err(|source| self.error(source))
    }

    pub(crate) fn error(&self, source: io::Error) -> HomeError {
        HomeError {
            path: self.0.clone(),
            source,
        }
    }
}

/// A stack as the name of one file.
fn plain(stack: &StackId) -> String {
    stack.as_str().replace('/', "~")
}

#[cfg(test)]
mod tests {
    use super::Home;

    #[test]
    fn a_stack_is_held_by_one() {
        let directory = tempfile::tempdir().expect("there is room");
        let home = Home::open(directory.path()).expect("it opens");
        let stack = "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one");
        let held = home.hold(&stack).expect("it can be asked");
        assert!(held.is_some());
        assert!(home.hold(&stack).expect("it can be asked").is_none());
        assert!(
            home.hold_to_look(&stack)
                .expect("it can be asked")
                .is_some()
        );
        let other = Home::at(directory.path()).expect("it is there");
        assert_eq!(other.works(&stack).expect("it can be asked"), Some(true));
        drop(held);
        assert_eq!(other.works(&stack).expect("it can be asked"), Some(false));
        let nowhere = Home::at(&directory.path().join("nowhere")).expect("it is a path");
        assert_eq!(nowhere.works(&stack).expect("it can be asked"), None);
        assert!(!nowhere.directory().exists());
        assert!(home.hold(&stack).expect("it can be asked").is_some());
    }
}
