//! How long customers are watched behind the label window: who bought nothing in either never came back.
//!
//! The follow-up is the shortest whole number of thirty days within which four in five have come back of those who come back
//! at all after a gap longer than the label window. A history too short for it has the longest shorter one within which at
//! least half have; one too short for that has the usual one, and nothing can be learnt from it yet.

use jiff::tz::TimeZone;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::curve::Curve;
use super::figures::Rhythm;
use crate::checked::{self, Checked, Flaw};
use crate::label::{ChurnRule, Schedule};
use crate::timeline::{Cutoff, EventLog, ScanScratch, ScanSettings, Shard};
use crate::units::Days;

/// Of the returns that come behind the label window, the share that a follow-up must see.
pub const RETURNS_SEEN: f64 = 0.8;
/// The least share, where history is too short for that.
const RETURNS_LEAST: f64 = 0.5;
/// Follow-ups are so many days, or twice, three times and so on as many.
const STEP_DAYS: u32 = 30;
/// The longest one that is chosen.
const MOST_DAYS: u32 = 360;
/// Training cutoffs with known outcomes that others had before them, so that what was learnt from these can be tested: with
/// fewer, the follow-up is too long for the history.
const LEAST_FOLDS: u32 = 2;

/// Where a follow-up comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpSource {
    /// The config.
    Config,
    /// The re-purchase curve.
    Curve,
    /// The same, but history is too short for what the curve asks for.
    ShortHistory,
    /// The curve tells nothing: it has no return behind the label window. As long as the horizon.
    Horizon,
}

/// The follow-up of a shop, and why.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Its length.
    pub days: Days,
    /// Of the orders that are followed by another only behind the label window, the share that is by its end; `None` if the
    /// curve tells nothing there.
    pub returns_seen: Option<f64>,
    /// Where it comes from.
    pub source: FollowUpSource,
}

/// What a follow-up is chosen for.
#[derive(Debug, Clone, Copy)]
pub struct FollowUpQuestion<'a> {
    /// Nothing later is used.
    pub as_of: Cutoff,
    /// The churn rule.
    pub rule: &'a ChurnRule,
    /// The training cutoffs.
    pub schedule: &'a Schedule,
    /// The shop's zone, in which days are counted.
    pub zone: &'a TimeZone,
    /// The length that the config gives, if it gives one.
    pub days: Option<Days>,
}

/// Chooses the follow-up of a shop from what was known at a day.
#[must_use]
pub fn follow_up(log: &EventLog, question: &FollowUpQuestion<'_>) -> FollowUp {
    let rhythm = rhythm(log, question.as_of);
    question.choose(&Curve::estimate(rhythm.gaps, rhythm.silences))
}

impl FollowUpQuestion<'_> {
    /// The follow-up by a curve.
    pub(super) fn choose(&self, curve: &Curve) -> FollowUp {
        let seen = |days: u32| returns_seen(curve, self.rule.matures_after(), Days(days));
        let found = |days: u32, source| FollowUp { days: Days(days), returns_seen: seen(days), source };
        if let Some(days) = self.days {
            return found(days.0, FollowUpSource::Config);
        }
        let usual = || (STEP_DAYS..=MOST_DAYS).step_by(STEP_DAYS as usize);
        if seen(STEP_DAYS).is_none() {
            return found(self.rule.horizon.0, FollowUpSource::Horizon);
        }
        let reaches = |days: u32, share: f64| seen(days).is_some_and(|seen| seen >= share);
        let asked = usual().find(|days| reaches(*days, RETURNS_SEEN)).unwrap_or(MOST_DAYS);
        let longest = self.longest();
        if asked <= longest {
            return found(asked, FollowUpSource::Curve);
        }
        let shorter = usual().filter(|days| *days <= longest && reaches(*days, RETURNS_LEAST)).last();
        found(shorter.unwrap_or(asked), FollowUpSource::ShortHistory)
    }

    /// The longest follow-up, in days, after which enough training cutoffs are left to learn and to test: from the first cutoff,
    /// outcomes become known twice, one after the other.
    fn longest(&self) -> u32 {
        let Some(earliest) = self.rule.earliest_cutoff(self.as_of, &self.schedule.span) else { return 0 };
        let whole = self.as_of.at().days_since(earliest).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days of a history, not negative")]
        let whole = whole.max(0.0) as u32;
        let settles_twice = whole.saturating_sub(self.schedule.step.0 * (LEAST_FOLDS - 1));
        (settles_twice / 2).saturating_sub(self.rule.matures_after().0)
    }
}

/// Of the orders that are followed by another after more than `behind` days, the share that is within `days` more; `None`
/// if none is.
fn returns_seen(curve: &Curve, behind: Days, days: Days) -> Option<f64> {
    let (before, all) = (curve.share_within(behind.0), curve.share_at_end());
    (all > before).then(|| (curve.share_within(behind.0.saturating_add(days.0)) - before) / (all - before))
}

/// Gaps between visits and silences of all customers.
fn rhythm(log: &EventLog, as_of: Cutoff) -> Rhythm {
    let cutoffs = [as_of];
    let (horizon, gap) = (Days(1), Days(0));
    // Days of visits depend neither on money nor on the rest of the shop.
    let fold = ScanSettings { cutoffs: &cutoffs, minor_per_major: 1.0, horizon, gap, contexts: &[] };
    let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
        let mut part = Rhythm::default();
        shard.fold(&fold, scratch, |_, _| true, |_, history, _| part.add(history.visit_days(), as_of.day()));
        part
    };
    let parts: Vec<Rhythm> = log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect();
    parts.into_iter().fold(Rhythm::default(), Rhythm::joined)
}

impl Checked for FollowUp {
    fn check(&self) -> Result<(), Flaw> {
        checked::number("days", f64::from(self.days.0), &(1.0..=1825.0))?;
        self.returns_seen.map_or(Ok(()), |seen| checked::number("returns_seen", seen, &(0.0..=1.0)))
    }
}

impl std::fmt::Display for FollowUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = self.days;
        // 60 % are no 59 because a sum of fifths is.
        let seen = self.returns_seen.map(|seen| (100.0 * seen + 1e-9).floor());
        match (self.source, seen) {
            (FollowUpSource::Config, None) => write!(f, "{days}, as the config says"),
            (FollowUpSource::Config, Some(seen)) => {
                write!(f, "{days}, as the config says; {seen:.0} % of late returns come within them")
            }
            (FollowUpSource::Horizon, _) | (_, None) => {
                write!(f, "{days}, as long as the horizon: no return came later")
            }
            (FollowUpSource::Curve, Some(seen)) => write!(f, "{days}, within which {seen:.0} % of late returns come"),
            (FollowUpSource::ShortHistory, Some(seen)) => write!(
                f,
                "{days}, within which {seen:.0} % of late returns come; history is too short to see {:.0} %",
                100.0 * RETURNS_SEEN
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::KnownSpan;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::units::{MICROS_PER_DAY, Money, Timestamp};

    const RULE: ChurnRule = ChurnRule { horizon: Days(60), gap: Days(0), active: Days(180), min_purchases: 1 };

    fn as_of() -> Cutoff {
        Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC)
    }

    /// From when to when there were purchases: so many days before the day, and the day before.
    fn span(days: i64) -> KnownSpan {
        let at = |days: i64| Timestamp(as_of().at().0 - days * MICROS_PER_DAY);
        let tables = Tables {
            customer_ids: vec!["a".to_owned()],
            purchases: PurchaseColumns {
                customer: vec![0; 2],
                purchased_at: vec![at(days), at(1)],
                amount: vec![Money(100); 2],
                is_return: vec![false; 2],
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        EventLog::build(tables, &TimeZone::UTC).unwrap().span().clone()
    }

    fn chosen(curve: &Curve, history_days: i64, days: Option<Days>) -> FollowUp {
        let schedule = Schedule { step: Days(30), max_cutoffs: None, span: span(history_days) };
        let zone = TimeZone::UTC;
        FollowUpQuestion { as_of: as_of(), rule: &RULE, schedule: &schedule, zone: &zone, days }.choose(curve)
    }

    /// Half of the orders are followed within the horizon; of the others, equally many after 80, 110, 140, 170 and 200 days.
    fn curve() -> Curve {
        let late = [80, 110, 140, 170, 200].into_iter().flat_map(|day| vec![day; 100]);
        Curve::estimate([vec![20; 500], late.collect()].concat(), Vec::new())
    }

    #[test]
    fn four_in_five_of_the_late_returns_come_within_the_follow_up() {
        let found = chosen(&curve(), 1_000, None);
        assert_eq!((found.days, found.source), (Days(120), FollowUpSource::Curve), "80 to 170 days, less 60");
        assert!((found.returns_seen.unwrap() - 0.8).abs() < 1e-9);
        assert_eq!(found.to_string(), "120 days, within which 80 % of late returns come");
        // The first cutoff comes after a third of the 530 days; of the other 353 less a step of 30, the half less 60 is left.
        let short = chosen(&curve(), 530, None);
        assert_eq!((short.days, short.source), (Days(90), FollowUpSource::ShortHistory));
        assert!(short.to_string().ends_with("60 % of late returns come; history is too short to see 80 %"), "{short}");
        assert_eq!(chosen(&curve(), 300, None).days, Days(120), "nothing can be learnt: what the curve asks for");
    }

    #[test]
    fn the_config_decides_and_a_curve_without_late_returns_does_not() {
        let given = chosen(&curve(), 1_000, Some(Days(45)));
        assert_eq!((given.days, given.source), (Days(45), FollowUpSource::Config));
        let at_once = Curve::estimate(vec![20; 500], Vec::new());
        let found = chosen(&at_once, 1_000, None);
        assert_eq!((found.days, found.source, found.returns_seen), (Days(60), FollowUpSource::Horizon, None));
    }
}
