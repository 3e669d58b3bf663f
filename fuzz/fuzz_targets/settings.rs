#![no_main]

use compose_doctor_fuzz::{Worth, settings};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { settings::run(data) });
