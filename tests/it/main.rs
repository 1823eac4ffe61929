//! The integration tests, one binary: the parts of Xunwang against real databases and real sockets, and the
//! real program against the death of its processes.
//!
//! In: the library's public interface and the program. Nothing here needs anything outside this machine. What
//! runs in this process waits on no real time; what other processes do is waited for on conditions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bridge;
mod city;
mod content;
mod demo;
mod docs;
mod evidence;
mod kill;
mod mail;
mod politeness;
mod profile;
mod real_rsshub;
mod real_smtp;
mod restart;
mod screen;
mod secrets;
mod shutdown;
mod store;
mod support;
mod vouch;
mod wechat;
