#![no_main]

use compose_doctor_fuzz::{Worth, secrets};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { secrets::run(data) });
