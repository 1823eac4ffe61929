//! The integration tests, one binary: the parts of Xunwang against real databases and real sockets.
//!
//! In: the library's public interface. Nothing here waits on real time or needs anything outside this machine.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and clippy knows only #[test] functions as tests"
)]

mod store;
mod support;
