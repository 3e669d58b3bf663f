//! The `compose-doctor` program.

fn main() -> std::process::ExitCode {
    compose_doctor::cli::run()
}
