//! What can be wrong with how a job is started.

use std::path::PathBuf;

use crate::config::Unsorted;
use crate::error::{Exit, Report};

/// A job that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The config file cannot be read.
    #[error("cannot read the config `{}`: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A run that is not there.
    #[error("there is no folder `{}`", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder that has not what the page of a run is made from.
    #[error("the page of a run cannot be made from `{}`: it lacks {lacks}", folder.display())]
    NoRun {
        /// The folder.
        folder: PathBuf,
        /// What it has not.
        lacks: String,
    },
    /// A document of a run that cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The playbook cannot be read.
    #[error("cannot read the playbook `{}`: {source}", path.display())]
    Playbook {
        /// The file that `decide.playbook` names.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A number of threads that is none, or too large to be meant.
    #[error("cannot use {threads} threads, as {key} says: from 1 to {most} are allowed")]
    Threads {
        /// Where it was said.
        key: &'static str,
        /// The number, as written.
        threads: String,
        /// The most that are allowed.
        most: usize,
    },
    /// The operating system gives no more threads.
    #[error("cannot start {threads} threads: {message}")]
    NoThreads {
        /// How many were wanted.
        threads: usize,
        /// What it said.
        message: String,
    },
    /// The operating system gives no more memory.
    #[error("out of memory: the system refused {n_bytes} bytes more")]
    OutOfMemory {
        /// How many were wanted.
        n_bytes: usize,
    },
    /// A panic: the program is wrong.
    #[error("a bug in retain, at {place}")]
    Bug {
        /// Where in the source.
        place: String,
    },
    /// `SOURCE_DATE_EPOCH` is no instant.
    #[error("`SOURCE_DATE_EPOCH` is `{value}`; whole seconds since 1970 are allowed, for example 1751436000")]
    Epoch {
        /// What it is.
        value: String,
    },
    /// The day of the run has not come.
    #[error(
        "the day of the run, {as_of}, has not come: this machine's clock says {today}, and what happens until then is not known"
    )]
    NotCome {
        /// The day of the run.
        as_of: jiff::civil::Date,
        /// The day of the clock.
        today: jiff::civil::Date,
    },
    /// An output would take the place of an input.
    #[error("`{}` would replace the input `{}`", output.display(), input.display())]
    ReplacesInput {
        /// What would be written.
        output: PathBuf,
        /// The input, as it is named.
        input: PathBuf,
    },
    /// An output would be read as an input by the next run.
    #[error("`{}` would be read as an input by the next run, because it lies in `{}`", output.display(), path.display())]
    BecomesInput {
        /// What would be written.
        output: PathBuf,
        /// The folder or pattern of the input.
        path: PathBuf,
    },
    /// An output would come among the models.
    #[error("`{}` would lie among the models of the shop, in `{}`", output.display(), registry.display())]
    AmongModels {
        /// What would be written.
        output: PathBuf,
        /// The folder of the shop's models.
        registry: PathBuf,
    },
    /// None of the files given can be the purchases.
    #[error("no file is known to hold purchases:{}", each(files))]
    Unsorted {
        /// The files, and why not.
        files: Vec<Unsorted>,
    },
    /// The tables have no purchase.
    #[error("there is no purchase to start from")]
    NoPurchases,
    /// A file that would be replaced.
    #[error("`{}` exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A proposal that cannot be put into a copy of the config.
    #[error("cannot put the proposal into `{}`: {why}", path.display())]
    NotEdited {
        /// The file that would be written.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Standard output is gone.
    #[error("cannot write to standard output: {source}")]
    Output {
        /// Why not.
        source: std::io::Error,
    },
}

/// The files and why each is no table of purchases, a line for each.
fn each(files: &[Unsorted]) -> String {
    let lines = files.iter().map(|file| format!("\n  `{}` {}", file.path, file.why));
    let lines: String = lines.collect();
    if lines.is_empty() { " none was given".to_owned() } else { lines }
}

impl JobError {
    /// What helps where memory is short, without asking for any.
    pub const OUT_OF_MEMORY: &str =
        "give it more memory, or let it need less: `panel.max_rows` caps training, `features --memory` works in parts";
}

impl Report for JobError {
    fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "E111",
            Self::NoFolder { .. } | Self::NoRun { .. } => "E711",
            Self::Document { .. } => "E703",
            Self::Playbook { .. } => "E105",
            Self::Threads { .. } => "E112",
            Self::Exists { .. } => "E113",
            Self::NotEdited { .. } => "E114",
            Self::ReplacesInput { .. } => "E115",
            Self::BecomesInput { .. } => "E116",
            Self::AmongModels { .. } => "E117",
            Self::Epoch { .. } => "E118",
            Self::Unsorted { .. } => "E119",
            Self::NotCome { .. } => "E120",
            Self::NoPurchases => "E241",
            Self::Output { .. } => "E704",
            Self::NoThreads { .. } => "E706",
            Self::OutOfMemory { .. } => "E707",
            Self::Bug { .. } => "E709",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Config { .. }
            | Self::Playbook { .. }
            | Self::Threads { .. }
            | Self::Exists { .. }
            | Self::NotEdited { .. }
            | Self::Epoch { .. }
            | Self::NotCome { .. }
            | Self::Unsorted { .. }
            | Self::ReplacesInput { .. }
            | Self::BecomesInput { .. }
            | Self::NoFolder { .. }
            | Self::NoRun { .. }
            | Self::AmongModels { .. } => Exit::BadUsage,
            Self::NoPurchases => Exit::DataRefused,
            Self::Output { .. }
            | Self::Document { .. }
            | Self::NoThreads { .. }
            | Self::OutOfMemory { .. }
            | Self::Bug { .. } => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Config { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                "give the user that runs this the right to read it".to_owned()
            }
            Self::Config { .. } => {
                "give the config file with `--config FILE`, or draft one with `retain init`".to_owned()
            }
            Self::NotCome { .. } => {
                "name today or a day before it with `--as-of`, or set the clock of this machine right".to_owned()
            }
            Self::Playbook { .. } => {
                "correct `decide.playbook`, or leave it out to work with the playbook that comes with `retain`".to_owned()
            }
            Self::Threads { .. } => "choose a number from 1 to the number of cores, or leave it out".to_owned(),
            Self::NoPurchases => "look at the filter and the time columns of `[purchases]`, and whether rows such as payments take back what was bought".to_owned(),
            Self::Exists { .. } => "choose another name with `--out`, or replace it with `--force`".to_owned(),
            Self::NotEdited { .. } => "write the two lines into the config yourself; they are in the output".to_owned(),
            Self::NoThreads { .. } => {
                "ask for fewer with `--threads`, or raise the limit of processes or of memory (`ulimit -u`, `ulimit -v`)"
                    .to_owned()
            }
            Self::OutOfMemory { .. } => Self::OUT_OF_MEMORY.to_owned(),
            Self::Bug { .. } => {
                "earlier results are untouched; report the place and the command, `RUST_BACKTRACE=1` tells more".to_owned()
            }
            Self::Unsorted { .. } => {
                "say which files hold what, `retain init --purchases FILE... --complaints FILE...`: the draft then lists the columns \
                 to choose from"
                    .to_owned()
            }
            Self::Epoch { .. } => "unset it to take the time of the clock".to_owned(),
            Self::ReplacesInput { .. } | Self::AmongModels { .. } => "choose another place with `--out`".to_owned(),
            Self::BecomesInput { .. } => {
                "choose another place with `--out` or `output.dir`, or name the input's files instead of the folder"
                    .to_owned()
            }
            Self::NoFolder { .. } => {
                "name the folder of a `retain run` or `retain score`, such as `data/runs/sample/2025-07-02`".to_owned()
            }
            Self::NoRun { .. } => {
                "name the folder of a `retain run` or `retain score`, such as `data/runs/sample/2025-07-02`; a run with \
                 `output.page_rows = 0` and one of an earlier version of retain leave too little: `retain score --as-of DAY` \
                 makes the list and the page anew"
                    .to_owned()
            }
            Self::Document { .. } => "a run leaves the file whole: make the run again".to_owned(),
            Self::Output { .. } => return None,
        })
    }
}
