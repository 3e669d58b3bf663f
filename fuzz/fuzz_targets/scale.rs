#![no_main]

use compose_doctor_fuzz::{Worth, scale};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { scale::run(data) });
