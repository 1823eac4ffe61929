//! 7 REPORT: what an office hands on.
//!
//! In: a case and its records. Out: files that others can read without this program: a WARC archive, and a folder with
//! a page for people. Pure but for writing where it is told; nothing is fetched.

pub mod bundle;
pub mod warc;
