//! Trees that read back, and trees that someone touched.
