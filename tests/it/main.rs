//! The integration tests, one binary: the parts of Xunwang against real databases and real sockets.
//!
//! In: the library's public interface. Nothing here waits on real time or needs anything outside this machine.

mod docs;
mod store;
mod support;
