#![no_main]

use compose_doctor_fuzz::{Worth, readers};

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> Worth { readers::dockerfile(data) });
