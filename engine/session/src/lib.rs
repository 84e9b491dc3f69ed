//! The Weft engine as one facade: catalog, settings, registry, runner.
