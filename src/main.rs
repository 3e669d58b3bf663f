//! The `compose-doctor` program.

fn main() -> std::process::ExitCode {
    compose_doctor::internals::cli::run()
}
