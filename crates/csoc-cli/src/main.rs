//! The `csoc` command.
fn main() {}
