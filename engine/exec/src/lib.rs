//! Execution in the Weft engine: lowering, pipelines, operators, scheduler.
