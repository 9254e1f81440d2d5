//! What a YAML file costs once its aliases are replaced, and whether that is meant.

use super::yaml_read::Limits;

/// Growth by aliases that is never questioned.
const FREE_NODES: usize = 10_000;

/// What a value costs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    /// Values in it, itself included.
    pub(super) nodes: usize,
    /// Bytes of text in it.
    pub(super) bytes: usize,
    /// Lists and maps inside each other.
    pub(super) height: usize,
}

impl Weight {
    /// The weight of a scalar.
    pub(super) fn scalar(text: &str) -> Self {
        Self {
            nodes: 1,
            bytes: text.len(),
            height: 0,
        }
    }

    /// The weight of a list or map that holds nothing yet.
    pub(super) fn collection() -> Self {
        Self {
            nodes: 1,
            bytes: 0,
            height: 0,
        }
    }

    /// Adds what is inside.
    pub(super) fn add(&mut self, child: Self) {
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.bytes = self.bytes.saturating_add(child.bytes);
        self.height = self.height.max(child.height);
    }
}

/// What has been spent so far.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub(super) limits: &'l Limits,
    spent: Weight,
    written: usize,
}

impl<'l> Budget<'l> {
    /// Nothing spent.
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            spent: Weight::default(),
            written: 0,
        }
    }

    /// Counts a value that stands in the text.
    pub(super) fn written(&mut self) {
        self.written = self.written.saturating_add(1);
    }

    /// Spends the cost of a value, if it can be afforded.
    #[must_use]
    pub(super) fn spend(&mut self, cost: Weight) -> bool {
        let mut spent = self.spent;
        spent.add(cost);
        let grown = self
            .written
            .saturating_mul(self.limits.growth)
            .saturating_add(FREE_NODES);
        let affordable =
            spent.nodes <= self.limits.nodes.min(grown) && spent.bytes <= self.limits.bytes;
        if affordable {
            self.spent = spent;
        }
        affordable
    }
}
