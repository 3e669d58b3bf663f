#![no_main]

use compose_doctor_fuzz::{Worth, compose};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { compose::run(data) });
