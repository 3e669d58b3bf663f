#![no_main]

use compose_doctor_fuzz::{Worth, check};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { check::run(data) });
