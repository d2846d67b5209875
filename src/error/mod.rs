//! Owns what every error of the product has in common: a code, a hint, and the exit code it leads to.

mod codes;

use std::fmt;

use crate::text::indented;

pub use codes::{ERROR_CODES, ERROR_GROUPS, ErrorCode};

/// How the process ends; the numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command did what it was asked.
    Done = 0,
    /// It could not run: a bug, or an error of the system.
    CouldNotRun = 1,
    /// The command line or the config is wrong.
    BadUsage = 2,
    /// The data may not be used: contract, freshness, or too little of it.
    DataRefused = 3,
    /// The model was not promoted.
    GateFailed = 4,
    /// There was nothing to do.
    NothingToDo = 5,
    /// It was told to stop; the number is the one that shells expect after Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// Every way in which the process ends.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::CouldNotRun,
        Self::BadUsage,
        Self::DataRefused,
        Self::GateFailed,
        Self::NothingToDo,
        Self::Interrupted,
    ];

    /// What it means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::CouldNotRun => "Could not run: an error of the system, or a bug",
            Self::BadUsage => "Wrong usage or config",
            Self::DataRefused => "Data refused: the data contract, freshness, too little of it, or a leak",
            Self::GateFailed => "The new model is not promoted, or a gate stops the list",
            Self::NothingToDo => "Nothing to do: nobody to rank, or no model to go back to",
            Self::Interrupted => "Interrupted, by Ctrl-C or a signal",
        }
    }

    /// What whoever runs the job does next.
    #[must_use]
    pub const fn what_to_do(self) -> &'static str {
        match self {
            Self::Done => "Nothing: the results are there",
            Self::CouldNotRun => "Read the message; the list and the champion of before are untouched",
            Self::BadUsage => "Correct the command line or the config as the message says",
            Self::DataRefused => "Correct the data, or the limit that the message names; the earlier list stands",
            Self::GateFailed => {
                "E425: nothing is urgent, the champion stays, and the list of `retain run` comes from it where it can score; E432: \
                 mend the data that the message names, the earlier list stands"
            }
            Self::NothingToDo => "Choose another day, customer or version",
            Self::Interrupted => "Run it again; what was being written is removed, earlier results are untouched",
        }
    }
}

/// What each room's error enum tells beside its message.
///
/// The message (`Display`) states facts: what is wrong, where, how many, an example, what is allowed. Advice goes
/// into the hint.
pub trait Report: std::error::Error + Send + Sync {
    /// The stable code of this kind of error, for example `E103`.
    fn code(&self) -> &'static str;

    /// How the process ends because of it.
    fn exit(&self) -> Exit;

    /// What the reader can do about it.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Any room's error on its way to the one printer in `main`.
pub struct Failure(Box<dyn Report>);

impl Failure {
    /// The error itself.
    #[must_use]
    pub fn report(&self) -> &dyn Report {
        self.0.as_ref()
    }
}

impl<E: Report + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes `error[E103]: message`, the causes, and the hint on a line of its own.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message = self.0.to_string();
        write!(f, "error[{}]: {}", self.0.code(), indented(&message))?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let next = error.to_string();
            // A message that ends with its cause has told it.
            if !message.ends_with(&next) {
                write!(f, "\n  caused by: {}", indented(&next))?;
            }
            (message, cause) = (next, error.source());
        }
        match self.0.hint() {
            Some(hint) => write!(f, "\nhint: {}", indented(&hint)),
            None => Ok(()),
        }
    }
}
