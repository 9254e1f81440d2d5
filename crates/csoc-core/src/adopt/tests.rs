//! A small fleet, and what its resources are called.
