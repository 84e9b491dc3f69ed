//! The Weft language: syntax, resolution, completion, inspection, diagnostics.
