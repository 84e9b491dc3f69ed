//! Scalar and aggregate functions of the Weft engine, one file each.
