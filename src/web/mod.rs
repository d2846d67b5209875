//! Owns messages to other systems over HTTP: one request with a body of JSON, whose answer is a status. Whoever does not answer in
//! time is given up. Also owns whom TLS trusts.

mod address;
mod post;
mod tls;

pub use address::WebAddress;
pub use post::{WebError, post_json};
pub(crate) use tls::client_config;
