//! Vocabulary of the Weft engine: types, columns, expressions, contracts.
