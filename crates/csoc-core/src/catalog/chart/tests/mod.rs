pub(crate) mod oracle;
