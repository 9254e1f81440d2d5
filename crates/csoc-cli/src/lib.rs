//! The `csoc` command as a library.
