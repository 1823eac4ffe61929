//! The words of the project: plain data without I/O, async or SQL.
//!
//! Everything the stages hand to each other is one of these types. They may derive small facts from
//! themselves, but they never read a clock, a file or a database.

pub mod account;
pub mod address;
pub mod bridge;
pub mod charset;
pub mod delivery;
pub mod finding;
pub mod followers;
pub mod hand;
pub mod host;
pub mod incident;
pub mod listing;
pub mod moment;
pub mod page;
pub mod passage;
pub mod post;
pub mod profile;
pub mod quiet;
pub mod record;
pub mod region;
pub mod task;
pub mod visit;
pub mod watch;

/// A closed set of words that stand in the database, in metrics labels and in configuration.
///
/// Generates the enum, `ALL`, `as_str`, `zh` (what an office reads), `Display`, `FromStr` and serde by
/// the same word, so that one word serves code, store, metrics and files alike.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal, $zh:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $($(#[$vmeta])* #[doc = $zh] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in the store, in metrics and in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The word an office reads.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::model::UnknownWord {
                        word: word.to_owned(),
                        known: &[$($word),+],
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

/// A word that is none of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {word:?}, expected one of: {}", known.join(", "))]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// What could have been written.
    pub known: &'static [&'static str],
}
