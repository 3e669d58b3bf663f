//! Programs run one after the other; the first that fails ends the task.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What runs in the root of the checkout, and how long each command took.
pub(crate) struct Steps<'r> {
    root: &'r Path,
    environment: Vec<(&'static str, &'static str)>,
    done: Vec<(u64, String)>,
}

impl<'r> Steps<'r> {
    pub(crate) fn new(root: &'r Path) -> Self {
        Self { root, environment: Vec::new(), done: Vec::new() }
    }

    /// Sets a variable of the environment for the commands that follow.
    pub(crate) fn set(&mut self, name: &'static str, value: &'static str) {
        self.environment.push((name, value));
    }

    /// Runs a program and waits for it.
    ///
    /// # Errors
    /// When it cannot be started, or its exit status is not 0.
    pub(crate) fn run(
        &mut self,
        program: &str,
        arguments: &[&str],
        more: &[String],
    ) -> Result<(), String> {
        let call = std::iter::once(program)
            .chain(arguments.iter().copied())
            .chain(more.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ");
        println!("== {call}");
        let started = Instant::now();
        let status = Command::new(program)
            .args(arguments)
            .args(more)
            .envs(self.environment.iter().copied())
            .current_dir(self.root)
            .status()
            .map_err(|why| format!("`{program}` cannot be started: {why}"))?;
        if !status.success() {
            return Err(format!("`{call}` failed: {status}"));
        }
        self.done.push((started.elapsed().as_secs(), call));
        Ok(())
    }

    /// Prints what ran, with the seconds it took.
    pub(crate) fn report(&self) {
        println!("\npassed:");
        for (seconds, call) in &self.done {
            println!("  {seconds:4} s  {call}");
        }
    }
}
