//! The listening sockets and their connections.

pub mod answer;
mod exchange;
mod faulted;
mod incoming;
pub mod tls;
pub mod wire;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::world::Universe;
use exchange::Entrance;
pub use incoming::Call;
use wire::{Scissors, Wire};

/// Which of the emulator's two origins a connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The services and the control address.
    Services,
    /// The storage host, to which services may redirect downloads.
    Storage,
}

/// Listens on loopback only; port 0 takes a free one.
pub async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Accepts connections for ever. Each lives in a task of its own.
pub async fn serve(listener: TcpListener, door: Door, universe: Arc<Universe>, tls: Option<TlsAcceptor>) {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                tokio::spawn(connection(socket, door, Arc::clone(&universe), tls.clone()));
            }
            // A client that is gone before it was accepted, or no file handle free right now: others go on.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// The first byte of every TLS connection: a handshake record.
const TLS_HANDSHAKE: u8 = 0x16;

async fn connection(socket: TcpStream, door: Door, universe: Arc<Universe>, tls: Option<TlsAcceptor>) {
    // Without it, small writes before a cut would wait in the kernel for more. It fails only on a closed socket.
    let _ = socket.set_nodelay(true);
    let scissors = Scissors::default();
    let wants_tls = tls.is_some();
    let mut first = [0];
    // With TLS on, plain connections still reach the control addresses, so that a test needs no second client.
    let (wire, secure) = match tls {
        Some(acceptor) if matches!(socket.peek(&mut first).await, Ok(1)) && first[0] == TLS_HANDSHAKE => {
            // A client that trusts another authority ends here; it is the client that tells its user.
            let Ok(stream) = acceptor.accept(socket).await else {
                return;
            };
            (Wire::tls(stream, scissors.clone()), true)
        }
        _ => (Wire::plain(socket, scissors.clone()), false),
    };
    let unsafe_wire = wants_tls && !secure;
    let entrance = Entrance { door, unsafe_wire };
    let service =
        service_fn(move |request| exchange::answer(Arc::clone(&universe), scissors.clone(), entrance, request));
    // An error here is a connection that broke, by a fault or by the client; the journal has it.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
}
