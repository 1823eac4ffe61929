//! `xunwang demo`: a sample city on this machine, watched by the real service.
use super::{Desk, Failed};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// City days to live through.
    #[arg(long, default_value_t = 2.5)]
    days: f64,
    /// Real seconds of one city day.
    #[arg(long, default_value_t = 25.0)]
    seconds: f64,
    /// Go on until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Where mails, database and log go.
    #[arg(long)]
    dir: Option<std::path::PathBuf>,
}
impl Args {
    pub(super) async fn run(self, _desk: &Desk) -> Result<(), Failed> {
        Ok(())
    }
}
