//! Pictures in the Weft engine: decode, resize, encode.
