//! The stage as a whole, recipe by recipe.
