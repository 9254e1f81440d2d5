//! Terraform roots.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| csoc_core::fuzzing::terraform(bytes));
