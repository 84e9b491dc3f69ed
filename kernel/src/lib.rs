//! Weft as a Jupyter kernel: messages, sockets, requests, and the command line.
//!
//! Only this package knows Jupyter. The protocol layer meets the language through one trait,
//! [`backend::Backend`]; the tests drive the same layer with a toy backend that echoes.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | frames, signatures, headers, tolerant request contents, connection files |
//! | [`sockets`] | ZMTP, the ROUTER and publishing sockets, the heartbeat |
//! | [`kernel`] | start-up, the threads, and the way out |
//! | `requests` | one file for each request type |
//! | [`backend`] | what a language has to offer, and what a running cell may do |
//! | [`interpreter`] | cells: the language over a session of the engine |
//! | [`history`] | inputs on disk, across restarts |
//! | [`progress`] | one display, a few updates a second |
//! | [`display`] | values as MIME bundles: tables, pictures, plans, errors |
//! | [`output`] | whole results as text, CSV, NDJSON, Arrow |
//! | [`cli`] | `weft kernel`, `run`, `install`, `doctor`, `version` |

pub mod backend;
pub mod cell_io;
pub mod cli;
pub mod config;
pub mod display;
mod execution;
pub mod history;
pub mod interpreter;
pub mod kernel;
pub mod mime;
pub mod output;
pub mod progress;
mod requests;
pub mod sockets;
mod stdin;
mod text;
mod watchdog;
pub mod wire;
