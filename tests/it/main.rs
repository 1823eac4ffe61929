//! The integration tests, one binary: the parts of Xunwang against real databases and real sockets.
//!
//! In: the library's public interface. Nothing here waits on real time or needs anything outside this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod city;
mod docs;
mod store;
mod support;
