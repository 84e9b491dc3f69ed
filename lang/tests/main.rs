//! Tests of the language as its callers see it.

mod syntax;
