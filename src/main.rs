//! Parses the command line, runs one command, turns the result into an exit code.

use std::process::ExitCode;

/// A look makes and drops many small strings on several threads, which the system's allocator does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    xunwang::cli::main(std::env::args_os())
}
