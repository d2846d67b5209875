//! Owns what every error of the product has in common: a code, a hint, and the exit code it leads to.

use std::fmt;

use crate::text::indented;

/// How the process ends; the numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command did what it was asked.
    Done = 0,
    /// It could not run: a bug, or the machine said no.
    CouldNotRun = 1,
    /// The command line or the config is wrong.
    BadUsage = 2,
    /// The data may not be used: contract, freshness, or too little of it.
    DataRefused = 3,
    /// The model was not promoted.
    GateFailed = 4,
    /// There was nothing to do.
    NothingToDo = 5,
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
