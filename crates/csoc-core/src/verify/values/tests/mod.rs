mod findings;
mod own;
mod production;
