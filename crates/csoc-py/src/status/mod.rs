//! What clusters say of the Applications in them, as Python sees it.

pub(crate) mod page;
pub(crate) mod question;
pub(crate) mod watch;
