//! Parses the command line, runs one command, turns the result into an exit code.

use std::process::ExitCode;

/// A third fewer processor seconds per look than with the system's allocator: a look makes and drops many
/// small strings on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    xunwang::cli::main(std::env::args_os())
}
