//! Vectorised kernels of the Weft engine: evaluation, casts, comparison, hashing, the row store, sort keys.
