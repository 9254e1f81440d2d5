//! The report: every stack once, in an order in which each has what it needs.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]
