//! In-memory look-ups that rules share.
//!
//! In: facts as they are learnt. Out: answers without a question to the store. Every index here has a bound on its
//! memory, and forgetting is part of its contract.

pub mod shingles;
