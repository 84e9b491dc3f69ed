mod order;
mod runtime;
