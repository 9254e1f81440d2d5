//! Paths below a chart's values, each stored once.

use std::collections::BTreeMap;

use crate::value::Key;

/// Steps that are followed; a chart whose templates call themselves could go on for ever.
const DEPTH: u16 = 32;

/// A path of a [`Paths`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PathId(u32);

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// To the value of a key.
    Key(Key),
    /// To any item of a list, or to the value of any key.
    Element,
}

/// The paths that templates name.
#[derive(Debug)]
pub(crate) struct Paths {
    /// Each path's parent, last step and length; the first is the whole.
    rows: Vec<(PathId, Step, u16)>,
    children: BTreeMap<(PathId, Step), PathId>,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            rows: vec![(Self::ROOT, Step::Element, 0)],
            children: BTreeMap::new(),
        }
    }
}

impl Paths {
    /// All values.
    pub(crate) const ROOT: PathId = PathId(0);

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A path's parent, last step and length.
    #[cfg_attr(
        not(test),
        expect(
            clippy::indexing_slicing,
            reason = "an id is the place of a row of its table, made by `child` with that row; rows are never taken away"
        )
    )]
    fn row(&self, path: PathId) -> &(PathId, Step, u16) {
        &self.rows[path.0 as usize]
    }

    /// The path one step further; none where paths get too long to mean anything.
    pub(crate) fn child(&mut self, parent: PathId, step: Step) -> Option<PathId> {
        let length = self.row(parent).2;
        if length == DEPTH {
            return None;
        }
        let next = u32::try_from(self.rows.len()).ok()?;
        let at = (parent, step);
        if let Some(known) = self.children.get(&at) {
            return Some(*known);
        }
        self.rows
            .push((parent, at.1.clone(), length.saturating_add(1)));
        self.children.insert(at, PathId(next));
        Some(PathId(next))
    }

    /// The steps of a path.
    pub(crate) fn steps(&self, path: PathId) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut at = path;
        while at != Self::ROOT {
            let (parent, step, _) = self.row(at);
            steps.push(step);
            at = *parent;
        }
        steps.reverse();
        steps
    }

    /// Whether `path` is `other` or lies below it.
    pub(crate) fn is_below(&self, path: PathId, other: PathId) -> bool {
        let mut at = path;
        loop {
            if at == other {
                return true;
            }
            if at == Self::ROOT {
                return false;
            }
            at = self.row(at).0;
        }
    }
}
