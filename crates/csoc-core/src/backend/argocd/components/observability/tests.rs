//! What observes, as the fleets of the examples have it.
