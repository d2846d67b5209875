//! One request and its status. A crate that speaks HTTP (`reqwest`, which polars brings) would need a runtime and more of its
//! features than polars builds, for what is forty lines here.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::address::WebAddress;
use super::tls::client_config;

/// The first line of an answer is not longer.
const LONGEST_STATUS: usize = 1024;

/// A message that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The server cannot be reached, or broke off.
    #[error("cannot send to {server}: {source}")]
    NotSent {
        /// The server.
        server: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It does not want the message.
    #[error("{server} answers with status {status}")]
    Refused {
        /// The server.
        server: String,
        /// The number of its answer.
        status: u16,
    },
    /// It does not speak HTTP.
    #[error("what {server} answers is no HTTP")]
    NoHttp {
        /// The server.
        server: String,
    },
    /// The secret would be readable on its way, or is none that can be sent.
    #[error("the key is not sent to {server}: {why}")]
    KeyKept {
        /// The server.
        server: String,
        /// Why not.
        why: &'static str,
    },
}

/// Sends JSON to an address, with a key as a bearer token if there is one; all of it takes no longer than `patience` once the name
/// of the server is looked up.
///
/// # Errors
/// `WebError`, also for a status other than 2xx.
pub fn post_json(address: &WebAddress, key: Option<&str>, json: &[u8], patience: Duration) -> Result<(), WebError> {
    let server = address.to_string();
    let kept = |why| WebError::KeyKept { server: server.clone(), why };
    if key.is_some() && !address.is_secure && !address.is_local() {
        return Err(kept("an address that begins with http:// lets others read it; use https://"));
    }
    if key.is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err(kept("it has spaces or other letters that no key has"));
    }
    let status = exchange(address, &request(address, key, json), patience);
    match status.map_err(|source| WebError::NotSent { server: server.clone(), source })? {
        None => Err(WebError::NoHttp { server }),
        Some(200..=299) => Ok(()),
        Some(status) => Err(WebError::Refused { server, status }),
    }
}

fn request(address: &WebAddress, key: Option<&str>, json: &[u8]) -> Vec<u8> {
    let WebAddress { host, port, path, .. } = address;
    let key = key.map_or_else(String::new, |key| format!("Authorization: Bearer {key}\r\n"));
    let agent = concat!("retain/", env!("CARGO_PKG_VERSION"));
    let length = json.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {agent}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n{key}\r\n"
    );
    [head.as_bytes(), json].concat()
}

/// Sends a request and reads the status of its answer; `None` if it is no answer of HTTP.
fn exchange(address: &WebAddress, request: &[u8], patience: Duration) -> std::io::Result<Option<u16>> {
    let places = (address.name(), address.port).to_socket_addrs()?;
    let end = Instant::now() + patience;
    let mut failure = std::io::Error::new(ErrorKind::NotFound, "no server has this name");
    for place in places {
        match TcpStream::connect_timeout(&place, left(end)?) {
            Ok(stream) => return converse(address, Bounded { stream, end }, request),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn converse(address: &WebAddress, mut stream: Bounded, request: &[u8]) -> std::io::Result<Option<u16>> {
    if !address.is_secure {
        stream.write_all(request)?;
        return status(&mut stream);
    }
    let name = ServerName::try_from(address.name().to_owned()).map_err(std::io::Error::other)?;
    let config = client_config().map_err(std::io::Error::other)?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(std::io::Error::other)?;
    let mut secured = StreamOwned::new(connection, stream);
    secured.write_all(request)?;
    secured.flush()?;
    status(&mut secured)
}

/// The number in the first line of an answer, `HTTP/1.1 201 Created`.
fn status(stream: &mut impl Read) -> std::io::Result<Option<u16>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < LONGEST_STATUS && stream.read(&mut byte)? == 1 && byte != *b"\n" {
        line.extend(byte);
    }
    let line = String::from_utf8_lossy(&line);
    let mut words = line.split_whitespace();
    let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/"));
    Ok(words.next().filter(|_| is_http).and_then(|word| word.parse().ok()))
}

/// A connection that ends at a fixed time, however slowly the other side goes on.
struct Bounded {
    stream: TcpStream,
    end: Instant,
}

/// What is left until then.
fn left(end: Instant) -> std::io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(late()) } else { Ok(left) }
}

fn late() -> std::io::Error {
    std::io::Error::new(ErrorKind::TimedOut, "the server does not answer in time")
}

/// An operation that the system broke off because its time was up says so in words of the system.
fn named(error: std::io::Error) -> std::io::Error {
    if error.kind() == ErrorKind::WouldBlock { late() } else { error }
}

impl Read for Bounded {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.end)?))?;
        self.stream.read(bytes).map_err(named)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.end)?))?;
        self.stream.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}
