mod archive;
mod fixture;
mod oracle;
