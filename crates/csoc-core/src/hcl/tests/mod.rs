//! Laws of the tree, its printers and its reader.

mod evaluation;
mod generated;
mod oracle;
mod printing;
mod reading;
