//! What an operator can type, one file per command.
//!
//! In: arguments. Out: text or JSON on standard output, trouble on standard error, and an exit code: 0 fine, 1
//! a mistake in configuration or arguments, 2 our own failure, 3 `check` found something.

mod bridge;
mod case;
mod check;
mod demo;
pub mod eval;
mod evidence;
mod explain;
mod import;
mod output;
mod probe;
mod run;
mod sweep;
mod task;
mod test_mail;
mod words;

use crate::config::Config;
use crate::config::mistake::Mistake;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use output::Output;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Watches over the official accounts of public bodies.
#[derive(Debug, Parser)]
#[command(name = "xunwang", version, arg_required_else_help = true)]
struct Cli {
    /// Main configuration file [default: config/xunwang.toml, then /etc/xunwang/xunwang.toml, then built in].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print data as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A sample city on this machine, watched by the real service: the place to begin.
    Demo(demo::Args),
    /// The service.
    Run(run::Args),
    /// Every mistake in the configuration at once.
    Check(check::Args),
    /// The register from a CSV or XLSX file.
    Import(import::Args),
    /// One pass over all accounts now.
    Sweep(sweep::Args),
    /// One look through all stages, nothing written.
    Probe(probe::Args),
    /// Which rule says what about an account, and from which looks.
    Explain(explain::Args),
    /// The cases, and a person's word about them.
    Case(case::Args),
    /// What accounts must repost, and who has.
    Task(task::Args),
    /// Looks that people took, and what was kept for cases.
    Evidence(evidence::Args),
    /// Bridges, and a person's word for one that is suspected.
    Bridge(bridge::Args),
    /// Judge labelled cases.
    Eval(eval::Args),
    /// A test mail by the configured way.
    TestMail(test_mail::Args),
}

/// Why a command ended without success.
#[derive(Debug)]
enum Failed {
    /// The operator's mistakes.
    Mistakes(Vec<Mistake>),
    /// A mistake in the arguments, in words.
    Usage(String),
    /// `check` found something; it has been printed.
    Found,
    /// Our own failure.
    Own(anyhow::Error),
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::Own(error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Own(error.into())
    }
}

impl From<crate::store::Error> for Failed {
    fn from(error: crate::store::Error) -> Self {
        Self::Own(error.into())
    }
}

impl From<Vec<Mistake>> for Failed {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self::Mistakes(mistakes)
    }
}

/// What every command is handed.
struct Desk {
    config: Option<PathBuf>,
    output: Output,
}

impl Desk {
    fn load(&self) -> Result<Config, Failed> {
        Ok(Config::load(self.config.as_deref())?)
    }
}

/// Runs one command and turns its result into an exit code.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let chinese = crate::config::environment::speaks_chinese();
    let command = if chinese { words::in_chinese(Cli::command()) } else { Cli::command() };
    let cli =
        match command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
            Ok(cli) => cli,
            Err(error) => {
                let code = u8::from(error.use_stderr());
                // Nothing can be done about a terminal that is gone.
                let _ = error.print();
                return ExitCode::from(code);
            }
        };
    let output = Output::new(cli.json);
    let desk = Desk { config: cli.config, output };
    let result = match cli.command {
        // Judging cases needs no runtime, no configuration and no log.
        Command::Eval(args) => args.run(&desk),
        command => runtime(&command)
            .map_err(Failed::from)
            .and_then(|runtime| runtime.block_on(dispatch(command, &desk))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Mistakes(mistakes)) => {
            output.mistakes(&mistakes);
            ExitCode::from(1)
        }
        Err(Failed::Usage(words)) => {
            output.trouble(&words);
            ExitCode::from(1)
        }
        Err(Failed::Found) => ExitCode::from(3),
        Err(Failed::Own(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(Failed::Own(error)) => {
            output.trouble(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

async fn dispatch(command: Command, desk: &Desk) -> Result<(), Failed> {
    match command {
        Command::Demo(args) => args.run(desk).await,
        Command::Run(args) => args.run(desk).await,
        Command::Check(args) => args.run(desk).await,
        Command::Import(args) => args.run(desk).await,
        Command::Sweep(args) => args.run(desk).await,
        Command::Probe(args) => args.run(desk).await,
        Command::Explain(args) => args.run(desk).await,
        Command::Case(args) => args.run(desk).await,
        Command::Task(args) => args.run(desk).await,
        Command::Evidence(args) => args.run(desk).await,
        Command::Bridge(args) => args.run(desk).await,
        Command::Eval(args) => args.run(desk),
        Command::TestMail(args) => args.run(desk).await,
    }
}

/// A sweep looks on one thread, beside that of the database: on several, a look that changes nothing costs more in
/// waking threads than in looking. The service shares its threads with the console.
fn runtime(command: &Command) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match command {
        Command::Sweep(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

/// An instant as an argument.
fn parse_instant(text: &str) -> Result<chrono::DateTime<chrono::Utc>, String> {
    let instant = chrono::DateTime::parse_from_rfc3339(text);
    instant.map(|at| at.to_utc()).map_err(|error| format!("{error}(例如 2026-11-20T08:30:00+08:00)"))
}

/// Whoever read our output has read enough (`| head`).
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Cli::command().debug_assert();
        words::in_chinese(Cli::command()).debug_assert();
    }

    #[test]
    fn every_command_and_argument_speaks_chinese() {
        all_translated(&Cli::command(), &words::in_chinese(Cli::command()));
    }

    fn all_translated(plain: &clap::Command, chinese: &clap::Command) {
        for command in plain.get_subcommands() {
            let translated = chinese.find_subcommand(command.get_name()).unwrap();
            all_translated(command, translated);
            assert_ne!(translated.get_about().unwrap().to_string(), command.get_about().unwrap().to_string());
            for argument in command.get_arguments().filter(|argument| argument.get_help().is_some()) {
                let same =
                    translated.get_arguments().find(|other| other.get_id() == argument.get_id()).unwrap();
                let (plain, chinese) =
                    (argument.get_help().unwrap().to_string(), same.get_help().unwrap().to_string());
                assert_ne!(plain, chinese, "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
