mod findings;
mod production;
