//! Sources of the Weft engine: files, formats, globs, generated tables.
