//! Weft: a dataframe language in notebooks, as a Jupyter kernel.
