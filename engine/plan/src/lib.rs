//! Logical plans of the Weft engine: nodes, builder, statistics, optimizer, explain.
