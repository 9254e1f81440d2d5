mod fixture;
mod oracle;
