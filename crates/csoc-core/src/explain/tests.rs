//! Explanations of the smallest fleet.
