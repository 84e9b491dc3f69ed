mod group;
mod order;
mod runtime;
