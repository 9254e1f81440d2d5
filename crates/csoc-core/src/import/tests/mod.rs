//! Imports of real and of made-up repositories.

mod round_trip;
