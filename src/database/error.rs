//! What can go wrong with a database. What the server says is repeated without the values that it quotes: they may be
//! customers' words.

use std::error::Error;

use postgres::error::{ErrorPosition, SqlState};

use crate::error::{Exit, Report};

/// A database that cannot be read from or written to.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The environment variable is not set.
    #[error("the environment variable `{variable}` is not set; `{asked_by}` names it for the address of a database")]
    NoAddress {
        /// The variable.
        variable: String,
        /// The key of the config.
        asked_by: String,
    },
    /// What the environment variable holds is no address.
    #[error(
        "the environment variable `{variable}`, which `{asked_by}` names, holds no address of a database; what it holds is not \
         shown, because it may have a password in it"
    )]
    BadAddress {
        /// The variable.
        variable: String,
        /// The key of the config.
        asked_by: String,
    },
    /// The server cannot be reached, or lets nobody in.
    #[error("cannot connect to the database {database}: {message}")]
    NotConnected {
        /// Database and server.
        database: String,
        /// Why not.
        message: String,
    },
    /// The server refused, or the connection was lost.
    #[error("{doing} failed in the database {database}: {message}; nothing was changed in it")]
    Refused {
        /// What was done.
        doing: String,
        /// Database and server.
        database: String,
        /// What the server said.
        message: String,
        /// Whether rights are missing.
        lacks_rights: bool,
        /// Whether the connection was lost.
        is_lost: bool,
    },
    /// The connection was lost while the end of a transaction was on its way.
    #[error(
        "the connection to the database {database} was lost while the lists were stored: {message}; whether they are stored \
         is not known"
    )]
    Unsure {
        /// Database and server.
        database: String,
        /// What was noticed.
        message: String,
    },
    /// A column of a table of ours is of another type.
    #[error("the column `{column}` of the table `{table}` has the type {found}; the list needs {needed}")]
    OtherColumn {
        /// Schema and table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// The type that it must have.
        needed: &'static str,
    },
}

impl DatabaseError {
    pub(super) fn refused(database: &str, doing: &str, error: &postgres::Error) -> Self {
        let lacks_rights = error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE);
        // A server that ends a session says so with a code of its own.
        let is_ended = error.code().is_some_and(|code| code.code().starts_with("57P") || code.code().starts_with("08"));
        let is_lost = error.is_closed() || is_ended || error.as_db_error().is_none();
        let (doing, database, message) = (doing.to_owned(), database.to_owned(), Self::told(error));
        Self::Refused { doing, database, message, lacks_rights, is_lost }
    }

    /// A transaction whose end failed: refused, or without an answer.
    pub(super) fn at_the_end(database: &str, doing: &str, error: &postgres::Error) -> Self {
        match Self::refused(database, doing, error) {
            Self::Refused { database, message, is_lost: true, .. } => Self::Unsure { database, message },
            refused => refused,
        }
    }

    /// What an error says, without the values that it quotes.
    pub(super) fn told(error: &postgres::Error) -> String {
        let Some(said) = error.as_db_error() else {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                let next = error.to_string();
                if !text.ends_with(&next) {
                    text = format!("{text}: {next}");
                }
                cause = error.source();
            }
            return text;
        };
        let place = match said.position() {
            Some(ErrorPosition::Original(at)) => format!(", at character {at} of the query"),
            _ => String::new(),
        };
        let named = said.constraint().map(|name| format!(", constraint `{name}`"));
        let named = named.or_else(|| said.column().map(|name| format!(", column `{name}`"))).unwrap_or_default();
        let code = said.code().code();
        format!("{} (SQLSTATE {code}{named}{place})", without_values(code, said.message()))
    }
}

/// A message of the server; of those about values (classes 22 and 23) no more than stands before the first that is quoted.
fn without_values<'m>(code: &str, message: &'m str) -> &'m str {
    let is_about_values = code.starts_with("22") || code.starts_with("23");
    let Some((before, _)) = message.split_once('"').filter(|_| is_about_values) else { return message };
    let before = before.trim_end_matches([' ', ':']);
    // `value "4711" is out of range` and the like.
    if before.contains(' ') { before } else { "a value is not what its type allows" }
}

impl Report for DatabaseError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoAddress { .. } | Self::BadAddress { .. } => "E712",
            Self::NotConnected { .. } => "E713",
            Self::Refused { .. } | Self::Unsure { .. } => "E714",
            Self::OtherColumn { .. } => "E715",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoAddress { .. } | Self::BadAddress { .. } => Exit::BadUsage,
            Self::NotConnected { .. } | Self::Refused { .. } | Self::Unsure { .. } | Self::OtherColumn { .. } => {
                Exit::CouldNotRun
            }
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoAddress { variable, .. } | Self::BadAddress { variable, .. } => {
                format!("set it, for example {variable}=postgresql://user:password@host:5432/database?sslmode=require")
            }
            Self::NotConnected { message, .. } if message.contains("certificate") => {
                "name the certificate of your own authority in the environment variable SSL_CERT_FILE; `sslmode=disable` \
                 in the address does without TLS"
                    .to_owned()
            }
            Self::NotConnected { .. } => "check server, port, database, user and password of the address".to_owned(),
            Self::Refused { lacks_rights: true, .. } => {
                "give the user of the address the right to do it: to read the tables of a query; for lists, to use and \
                 create in the schema"
                    .to_owned()
            }
            Self::Refused { is_lost: true, .. } | Self::Unsure { .. } => "run it again: a run replaces what an earlier one of the day left".to_owned(),
            Self::Refused { .. } => "correct what the database names and run again".to_owned(),
            Self::OtherColumn { .. } => {
                "rename the table and let `retain` make a new one, or give another `output.postgres.schema`".to_owned()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_off_and_names_are_not() {
        let about_value = "invalid input syntax for type integer: \"I am so angry\"";
        assert_eq!(without_values("22P02", about_value), "invalid input syntax for type integer");
        for (code, message) in [
            ("22003", "value \"4915112345678\" is out of range for type integer"),
            ("22007", "invalid value \"Meyer\" for \"YYYY\""),
            ("22008", "date/time field value out of range: \"31.12.1999\""),
            ("23514", "new row for relation \"list\" violates check constraint \"short\""),
        ] {
            let told = without_values(code, message);
            assert!(told.len() > 9 && !told.contains('"') && !told.contains(char::is_numeric), "{told}");
        }
        let about_name = "relation \"orders\" does not exist";
        assert_eq!(without_values("42P01", about_name), about_name);
    }
}
