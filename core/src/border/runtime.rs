//! The runtime that a binding runs its calls on, where its language brings none.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// A runtime with two threads, which is enough for what only waits; what reads files has threads of its own.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("fileferry")
        .enable_all()
        .on_thread_start(keep_broken_pipes_back)
        .build()
}

/// Lets a write to a connection that the other side has closed be an error of the call, and never the end of the process.
///
/// The system raises SIGPIPE for it, of which a program dies that has not said otherwise. Rust's own programs, Python, Node
/// and the JVM say otherwise, Swift's do not, and a script in Python may have taken it back. What a program does about the
/// signal on its own threads is its affair, so it is kept from ours alone.
fn keep_broken_pipes_back() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGPIPE);
        // It fails for a wrong argument alone; a thread that did not take it would be no worse than before.
        let _ = signals.thread_block();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use nix::sys::signal::{SigSet, Signal};

    use super::*;

    #[test]
    fn no_thread_of_it_takes_a_broken_pipe() {
        let runtime = runtime().unwrap();
        let blocks = || SigSet::thread_get_mask().unwrap().contains(Signal::SIGPIPE);
        assert!(runtime.block_on(runtime.spawn(async move { blocks() })).unwrap());
        assert!(runtime.block_on(runtime.spawn_blocking(blocks)).unwrap());
        assert!(!blocks(), "the program's own threads stay as they are");
    }
}
