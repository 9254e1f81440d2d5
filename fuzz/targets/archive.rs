//! Archives of charts.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| csoc_core::fuzzing::archive(bytes));
