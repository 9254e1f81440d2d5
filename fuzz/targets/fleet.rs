//! YAML files of a fleet.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| csoc_core::fuzzing::fleet(bytes));
