//! Owns the connection to PostgreSQL: the address comes from the environment and nowhere else, TLS is what the address
//! asks for, and no error tells a password or a value of a row.

mod address;
mod error;
mod tls;

pub use address::Address;
pub use error::DatabaseError;
