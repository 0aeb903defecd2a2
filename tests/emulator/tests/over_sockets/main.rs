//! The emulator, started as its users start it, and spoken to over real sockets.

mod captchas;
mod client;
mod faults;
mod files;
mod login;
mod odd_forms;
mod readme;
mod storage;
mod strictness;
mod worlds;
