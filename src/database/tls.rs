//! TLS of connections to a database.

use tokio_postgres_rustls::MakeRustlsConnect;

use crate::web::client_config;

/// What secures connections. The name of the server is always verified: PostgreSQL's own client does so only with
/// `sslmode=verify-full`.
pub(super) fn connector() -> Result<MakeRustlsConnect, String> {
    client_config().map(MakeRustlsConnect::new).map_err(|error| error.to_string())
}
