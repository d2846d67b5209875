//! The gates before a list goes out: what the checks of `monitor` find is told, stops the run, or is accepted by name.

use serde_json::{Value, json};

use super::nights::{self, PastNight, days_before};
use super::session::Session;
use crate::cli::{ALARM, Accepted};
use crate::error::Failure;
use crate::monitor::{
    Alarm, Earlier, FIRST_PLACES, FeatureCounts, Level, ListPerformance, Lost, MonitorError, NIGHT_FORMAT, Night,
    Scores, ShopProfile, Told, Tonight, TrainingProfile, Turnover, look_at_feeds, look_at_lists,
};
use crate::pipeline::Lists;
use crate::registry::Version;
use crate::timeline::{Cutoff, EventLog, date_of};

/// Days in which an alarm that was told is not told anew.
const REMEMBERED_DAYS: i32 = 7;

/// What the feeds of a night passed.
pub(super) struct Gates {
    accepted: Vec<String>,
    past: Vec<PastNight>,
    alarms: Vec<Alarm>,
    /// What tonight was held against.
    reference: Option<String>,
}

/// What a night leaves for those after it, and what its manifest says.
pub(super) struct Gated {
    pub(super) night: Night,
    pub(super) record: Value,
}

impl Gates {
    /// Looks at the feeds, beside the last list or else the training, and tells what it finds.
    ///
    /// # Errors
    /// `MonitorError::Stopped` for what nobody has accepted.
    pub(super) fn of_feeds(
        (session, log): (&Session, &EventLog),
        accepted: &Accepted,
        training: Option<&TrainingProfile>,
    ) -> Result<Self, Failure> {
        let past = nights::before(session);
        let last = past.last().map(|past| ("the list", &past.night.shop));
        let reference = last.or_else(|| training.map(|training| ("the training", &training.shop)));
        let nights: Vec<&Night> = past.iter().map(|past| &past.night).collect();
        let opt_outs = past.iter().rev().find_map(|past| lost_opt_outs(past, log, session.as_of));
        let customers = past.iter().rev().find_map(|past| lost_customers(past, log, session.as_of));
        let earlier = Earlier {
            nights: &nights,
            training: training.map(|training| &training.shop),
            opt_outs: opt_outs.map(|[known, _]| known),
            opt_outs_and_gone: opt_outs.map(|[_, all]| all),
            customers: customers.map(|[unknown, _]| unknown),
            histories: customers.map(|[_, changed]| changed),
        };
        let found = |census| look_at_feeds(census, earlier);
        let gates = Self {
            accepted: accepted.checks.clone(),
            alarms: session.census.as_ref().map(found).unwrap_or_default(),
            reference: reference
                .map(|(what, shop)| format!("{what} of {}", date_of(shop.as_of_day()).unwrap_or_default())),
            past,
        };
        gates.report(session, &gates.alarms);
        let stopped = gates.alarms.iter().filter(|alarm| alarm.level == Level::Stop && !gates.accepts(alarm));
        let alarms: Vec<Alarm> = stopped.cloned().collect();
        if alarms.is_empty() { Ok(gates) } else { Err(MonitorError::Stopped { alarms }.into()) }
    }

    /// The nights before, the earliest first.
    pub(super) fn past(&self) -> &[PastNight] {
        &self.past
    }

    fn accepts(&self, alarm: &Alarm) -> bool {
        self.accepted.iter().any(|name| name == alarm.check)
    }

    /// Whether one of the nights of late has told it.
    fn is_known(&self, session: &Session, alarm: &Alarm) -> bool {
        let of_late = |past: &&PastNight| past.night.as_of_day >= session.as_of.day() - REMEMBERED_DAYS;
        self.past.iter().rev().take_while(of_late).any(|past| past.night.has_told(alarm))
    }

    fn report(&self, session: &Session, alarms: &[Alarm]) {
        for alarm in alarms {
            let check = alarm.check;
            if self.accepts(alarm) {
                tracing::warn!("note[accepted]: `--accept {check}`: {alarm}");
            } else if alarm.level == Level::Warn && self.is_known(session, alarm) {
                tracing::info!("note[{check}]: as on the nights before: {alarm}");
            } else if alarm.level == Level::Warn {
                tracing::warn!(target: ALARM, "warning[{check}]: {alarm}");
            }
        }
    }

    /// Looks at the lists, and tells what the feeds do not explain.
    pub(super) fn of_lists(
        &self,
        session: &Session,
        lists: &Lists,
        (version, features): (&Version, Option<&FeatureCounts>),
        performance: Vec<ListPerformance>,
    ) -> Gated {
        let model_version = version.manifest.model_version();
        let nights = self.past.iter().rev().take_while(|past| past.night.model_version == model_version);
        let mut nights: Vec<&PastNight> = nights.collect();
        nights.reverse();
        let first: Vec<String> = lists.list.rows.iter().take(FIRST_PLACES).map(|row| row.customer_id.clone()).collect();
        let before = nights.last().and_then(|past| past.first_customers());
        let probabilities: Vec<f64> = lists.rows().map(|row| row.prospect.churn_probability).collect();
        let scores = Scores::of(&probabilities, before.map(|before| Turnover::of(&before, &first)));
        let mut alarms = self.alarms.clone();
        let as_of_day = session.as_of.day();
        let nights: Vec<&Night> = nights.iter().map(|past| &past.night).collect();
        let tonight = Tonight { as_of_day, scores: &scores, features, nights: &nights };
        look_at_lists(&mut alarms, &tonight, version.profile.as_ref());
        self.report(session, alarms.get(self.alarms.len()..).unwrap_or_default());
        let record = self.record(&alarms, &scores);
        let shop = session.census.as_ref().map(ShopProfile::of).unwrap_or_default();
        let told = alarms.iter().map(Told::of).collect();
        let features = features.cloned();
        let night = Night { format: NIGHT_FORMAT, as_of_day, model_version, shop, scores, features, told, performance };
        Gated { night, record }
    }

    /// What the manifest says.
    fn record(&self, alarms: &[Alarm], scores: &Scores) -> Value {
        let alarm = |alarm: &Alarm| {
            let mut value = json!(alarm);
            value["direction"] = json!(if alarm.is_below() { "below" } else { "above" });
            value["is_accepted"] = json!(self.accepts(alarm));
            value
        };
        let is_without_effect = |name: &&String| !alarms.iter().any(|alarm| alarm.check == name.as_str());
        json!({
            "compared_with": self.reference,
            "n_nights": self.past.len(),
            "alarms": alarms.iter().map(alarm).collect::<Vec<_>>(),
            "accepted": self.accepted,
            "accepted_without_effect": self.accepted.iter().filter(is_without_effect).collect::<Vec<_>>(),
            "turnover": scores.turnover,
        })
    }
}

/// Who had opted out on the list of a night, beside what is known of them tonight: those who are customers still, and all, since
/// an id that buys no more has lost its opt-out and the person may have another one; `None` if the list is gone.
fn lost_opt_outs(past: &PastNight, log: &EventLog, as_of: Cutoff) -> Option<[Lost; 2]> {
    let customer_ids = past.opted_out()?;
    let known: Vec<u32> = customer_ids.iter().filter_map(|id| place_of(id, log)).collect();
    let buyers: Vec<&u32> = known.iter().filter(|customer| last_order(log, **customer, as_of).is_some()).collect();
    let n_out = buyers.iter().filter(|customer| log.opted_out(***customer, as_of)).count();
    Some([lost(past, buyers.len(), buyers.len() - n_out), lost(past, customer_ids.len(), customer_ids.len() - n_out)])
}

/// Customers of a night whose past is looked at, at most.
const HISTORIES: usize = 5_000;
/// Days by which a change of the zone moves an order.
const ZONE: i32 = 1;

/// Who was on the lists of a night and has no purchase tonight, and who has some, but none as late as the last one then; `None`
/// if the lists are gone.
fn lost_customers(past: &PastNight, log: &EventLog, as_of: Cutoff) -> Option<[Lost; 2]> {
    let last_orders = past.last_orders()?;
    let some = last_orders.iter().step_by(last_orders.len() / HISTORIES + 1);
    let (mut n_known, mut n_unknown, mut n_changed) = (0, 0, 0);
    for (id, then) in some {
        match place_of(id, log).and_then(|customer| last_order(log, customer, as_of)) {
            Some(now) => {
                n_known += 1;
                n_changed += usize::from(now < then - ZONE);
            }
            None => n_unknown += 1,
        }
    }
    Some([lost(past, n_known + n_unknown, n_unknown), lost(past, n_known, n_changed)])
}

fn lost(past: &PastNight, n_before: usize, n_lost: usize) -> Lost {
    Lost { list_day: past.night.as_of_day, n_before: n_before as u64, n_lost: n_lost as u64 }
}

fn place_of(id: &str, log: &EventLog) -> Option<u32> {
    log.customer_ids().binary_search_by(|own| own.as_str().cmp(id)).ok().and_then(|place| u32::try_from(place).ok())
}

/// The day of the last order of a customer, counted from 1970-01-01; `None` without one.
fn last_order(log: &EventLog, customer: u32, as_of: Cutoff) -> Option<i32> {
    let mut last = None;
    log.visit(customer, as_of, 1.0, |history| last = Some(history.recency_days()));
    last.map(|days| days_before(as_of.day(), days))
}
