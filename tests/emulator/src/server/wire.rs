//! The socket under a connection, with scissors: faults cut it at an exact byte.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use futures_util::future::{BoxFuture, FutureExt};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::lock::LockExt;

/// Where the answer under way is cut.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// After so many bytes of its head.
    Head(u64),
    /// After so many bytes of its body.
    Body(u64),
}

/// How the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A TCP reset.
    Reset,
    /// An orderly end (FIN).
    Close,
}

#[derive(Debug)]
struct Cut {
    place: Place,
    ending: Ending,
    head_end: HeadEnd,
    head_bytes: u64,
    body_bytes: u64,
}

/// Handed to the code that answers, which decides whether and where the connection is cut.
#[derive(Debug, Clone, Default)]
pub struct Scissors(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    cut: Option<Cut>,
    reset_on_drop: bool,
}

impl Scissors {
    /// Cuts the next answer that is written.
    pub fn cut_at(&self, place: Place, ending: Ending) {
        self.0.hold().cut = Some(Cut { place, ending, head_end: HeadEnd::default(), head_bytes: 0, body_bytes: 0 });
    }

    /// Makes the end of the connection a reset, whenever it comes.
    pub fn reset_at_the_end(&self) {
        self.0.hold().reset_on_drop = true;
    }

    /// How many bytes of `next` may still be written; none left means that the time to cut has come.
    fn allow(&self, next: &[u8]) -> Option<usize> {
        let mut plan = self.0.hold();
        let Some(cut) = &mut plan.cut else {
            return Some(next.len());
        };
        let allowed = cut.allow(next);
        if allowed == 0 && !next.is_empty() {
            plan.reset_on_drop |= plan.cut.as_ref().is_some_and(|cut| cut.ending == Ending::Reset);
            return None;
        }
        Some(allowed)
    }

    fn wrote(&self, bytes: &[u8]) {
        if let Some(cut) = &mut self.0.hold().cut {
            cut.wrote(bytes);
        }
    }

    /// Whether all that may be written has been written.
    fn is_due(&self) -> bool {
        let mut plan = self.0.hold();
        let due = plan.cut.as_ref().is_some_and(Cut::is_due);
        plan.reset_on_drop |= due && plan.cut.as_ref().is_some_and(|cut| cut.ending == Ending::Reset);
        due
    }
}

impl Cut {
    fn allow(&self, next: &[u8]) -> usize {
        let left = match self.place {
            // A head shorter than the limit is cut at its end.
            Place::Head(limit) => (limit - self.head_bytes).min(self.head_end.bytes_until_end(next) as u64),
            Place::Body(limit) => {
                let head = self.head_end.bytes_until_end(next) as u64;
                head + (limit - self.body_bytes)
            }
        };
        usize::try_from(left).unwrap_or(usize::MAX).min(next.len())
    }

    fn wrote(&mut self, bytes: &[u8]) {
        let head = self.head_end.bytes_until_end(bytes);
        self.head_end.advance(&bytes[..head]);
        self.head_bytes += head as u64;
        self.body_bytes += (bytes.len() - head) as u64;
    }

    fn is_due(&self) -> bool {
        match self.place {
            Place::Head(limit) => self.head_bytes >= limit || self.head_end.reached(),
            Place::Body(limit) => self.head_end.reached() && self.body_bytes >= limit,
        }
    }
}

/// Finds the empty line that ends a head, over any division into writes.
#[derive(Debug, Clone, Copy, Default)]
struct HeadEnd {
    matched: usize,
}

impl HeadEnd {
    const MARK: &[u8] = b"\r\n\r\n";

    fn reached(self) -> bool {
        self.matched == Self::MARK.len()
    }

    fn bytes_until_end(mut self, bytes: &[u8]) -> usize {
        for (place, byte) in bytes.iter().enumerate() {
            if self.reached() {
                return place;
            }
            self.step(*byte);
        }
        bytes.len()
    }

    fn advance(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    fn step(&mut self, byte: u8) {
        self.matched = match (self.matched, byte) {
            (matched, byte) if byte == Self::MARK[matched] => matched + 1,
            (_, b'\r') => 1,
            _ => 0,
        };
    }
}

/// A connection's bytes, plain or over TLS.
pub struct Wire {
    stream: Stream,
    scissors: Scissors,
    /// Under way once the time to cut has come.
    last_bytes: Option<BoxFuture<'static, ()>>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub fn plain(stream: TcpStream, scissors: Scissors) -> Self {
        Self { stream: Stream::Plain(stream), scissors, last_bytes: None }
    }

    pub fn tls(stream: TlsStream<TcpStream>, scissors: Scissors) -> Self {
        Self { stream: Stream::Tls(Box::new(stream)), scissors, last_bytes: None }
    }

    fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Ends the connection, once the bytes before the cut are with the client: a reset takes back what still waits.
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.last_bytes.is_none() {
            self.last_bytes = Some(match all_sent(self.socket()) {
                Ok(sent) => sent.boxed(),
                Err(error) => return Poll::Ready(error),
            });
        }
        if let Some(sent) = &mut self.last_bytes {
            ready!(sent.poll_unpin(cx));
        }
        Poll::Ready(io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault"))
    }

    fn bytes(&mut self) -> Pin<&mut (dyn ReadWrite + Unpin)> {
        Pin::new(match &mut self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.as_mut(),
        })
    }
}

trait ReadWrite: AsyncRead + AsyncWrite {}
impl<T: AsyncRead + AsyncWrite> ReadWrite for T {}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.scissors.0.hold().reset_on_drop {
            // A socket that the client has already closed cannot be reset any more, and need not.
            let _ = self.socket().set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.bytes().poll_read(cx, buffer)
    }
}

/// Vectored writes are left to the default, which writes one slice at a time: the cut stays exact.
impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(allowed) = self.scissors.allow(bytes) else {
            return self.poll_cut(cx).map(Err);
        };
        let written = self.bytes().poll_write(cx, &bytes[..allowed]);
        if let Poll::Ready(Ok(written)) = written {
            self.scissors.wrote(&bytes[..written]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.bytes().poll_flush(cx) {
            Poll::Ready(Ok(())) if self.scissors.is_due() => self.poll_cut(cx).map(Err),
            other => other,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.bytes().poll_shutdown(cx)
    }
}

/// Resolves when nothing waits to be sent any more. On loopback, what is sent is in the client's hands.
#[cfg(target_os = "linux")]
fn all_sent(socket: &TcpStream) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    // With this mark, the kernel calls a socket writable only when it has nothing left to send. The second handle has
    // a readiness of its own, so the connection's cannot be mistaken for it.
    let handle = SockRef::from(socket).try_clone()?;
    handle.set_tcp_notsent_lowat(1)?;
    let watched = TcpStream::from_std(handle.into())?;
    Ok(async move {
        // An error means that the client is gone: nothing to wait for either.
        let _ = watched.writable().await;
    })
}

/// Other systems have no such mark; there a reset may take back bytes that were written before it.
#[cfg(not(target_os = "linux"))]
fn all_sent(_: &TcpStream) -> io::Result<std::future::Ready<()>> {
    Ok(std::future::ready(()))
}
