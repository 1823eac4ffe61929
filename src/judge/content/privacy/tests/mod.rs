//! Tables and properties of personal data in posts; all numbers are invented.
