//! The events of a shop: all in memory, or one part of the customers after the other.

use super::config_file;
use super::job::{self, Opening, Task};
use super::session::Session;
use crate::cli::{Job, MemorySize, OutputOptions, Watch};
use crate::config::Config;
use crate::error::Failure;
use crate::files::ScratchFolder;
use crate::ingest::{CodeBook, Parts, SeenEvents};
use crate::pipeline::Progress;
use crate::timeline::EventLog;
use crate::units::Timestamp;
use crate::validate::{self, CheckedPart, Together};

/// A shop whose data were read and checked.
pub(super) enum Shop {
    /// All of it.
    Whole(Box<EventLog>),
    /// Parts of the customers on disk.
    Parts(Box<PartsOnDisk>),
}

/// Parts that are read again whenever they are needed.
pub(super) struct PartsOnDisk {
    parts: Parts,
    /// Codes that mean the same in all parts.
    codes: CodeBook,
    now: Timestamp,
    /// Removed at the end.
    folder: ScratchFolder,
}

/// Looks at the events of a part.
type Look<'l> = &'l mut dyn FnMut(&Config, &EventLog) -> Result<(), Failure>;

impl Shop {
    /// Reads and checks the data of a job, by parts if they do not fit into `memory`. Each part is shown to `look` once,
    /// because it is read anyway; whether the whole may be used is known only at the end.
    pub(super) fn open(
        job: &Job,
        memory: Option<MemorySize>,
        (talk, now, plan): (OutputOptions, Timestamp, Task),
        look: Look<'_>,
    ) -> Result<(Session, Self), Failure> {
        let Some(memory) = memory else { return Self::whole(job, talk, now, plan, look) };
        let mut config = config_file::configure(job)?;
        job::require_output(job, &config, plan)?;
        let watch = Watch::new(talk);
        let fetched = job::fetch(&mut config, &watch)?;
        let folder = ScratchFolder::new(&config.output.dir)?;
        match Parts::deal(&config, memory.bytes(), folder.path())? {
            None => Self::whole(job, talk, now, plan, look),
            Some(parts) => {
                let mut on_disk = PartsOnDisk { parts, codes: CodeBook::default(), now, folder };
                let session = on_disk.check(job, (config, watch), (plan, fetched), look)?;
                Ok((session, Self::Parts(Box::new(on_disk))))
            }
        }
    }

    fn whole(
        job: &Job,
        talk: OutputOptions,
        now: Timestamp,
        plan: Task,
        look: Look<'_>,
    ) -> Result<(Session, Self), Failure> {
        let (session, log) = job::start(job, talk, now, plan)?;
        session.watch.begin("counting the shop", 1);
        look(&session.config, &log)?;
        Ok((session, Self::Whole(Box::new(log))))
    }

    /// Shows the events of each part, the customers in the order of their ids.
    pub(super) fn each_part(
        &mut self,
        config: &Config,
        mut show: impl FnMut(&EventLog) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Whole(log) => show(log),
            Self::Parts(on_disk) => {
                (0..on_disk.parts.len()).try_for_each(|part| show(&on_disk.read(config, part, None)?.0))
            }
        }
    }
}

impl PartsOnDisk {
    /// Checks every part and the whole they make.
    fn check(
        &mut self,
        job: &Job,
        (config, watch): (Config, Watch),
        (plan, fetched): (Task, Option<ScratchFolder>),
        look: Look<'_>,
    ) -> Result<Session, Failure> {
        watch.begin("reading and checking", 1);
        let mut together = Together::default();
        let mut seen = SeenEvents::new(self.folder.path());
        for part in 0..self.parts.len() {
            let (log, checked) = self.read(&config, part, Some(&mut seen))?;
            together.add(checked)?;
            look(&config, &log)?;
        }
        let last_purchase = together.last_purchase();
        let loaded = together.finish(&config, self.now, &self.parts)?;
        let opening = Opening { config, watch, last_purchase, plan, now: self.now, fetched };
        Ok(job::begin(job, loaded, opening)?.0)
    }

    fn read(
        &mut self,
        config: &Config,
        part: usize,
        seen: Option<&mut SeenEvents>,
    ) -> Result<(EventLog, CheckedPart), Failure> {
        let (mut tables, mut dictionaries, checked) = validate::load_part(config, self.now, &self.parts, part, seen)?;
        self.codes.share(&mut tables, &mut dictionaries);
        Ok((EventLog::build(tables, &config.timezone)?.naming_categories(dictionaries.categories), checked))
    }
}
