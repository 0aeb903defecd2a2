//! The emulator, started as its users start it, and spoken to over real sockets.

mod captchas;
mod client;
mod faults;
mod files;
mod folders;
mod free;
mod hashes;
mod info;
mod login;
mod meta;
mod odd_answers;
mod odd_forms;
mod ordered;
mod partners;
mod premiumize;
mod premiumize_legacy;
mod readme;
mod remote;
mod search;
mod settings;
mod storage;
mod strictness;
mod updates;
mod upload;
mod worlds;
mod yetishare;
