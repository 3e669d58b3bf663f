#![no_main]

use compose_doctor_fuzz::{Worth, project};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { project::index(data) });
