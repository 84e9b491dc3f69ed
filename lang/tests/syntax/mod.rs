//! Syntax: examples, layout, precedence, literals, recovery, garbage.

mod examples;
