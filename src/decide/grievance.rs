//! The complaint that has to be settled before anything else.

use jiff::civil::Date;

use super::causes::{ComplaintRecord, Evidence, FoundCause};

/// A complaint that is open or was closed badly.
#[derive(Debug, Clone, PartialEq)]
pub struct Grievance {
    /// The day on which it was opened.
    pub opened: Date,
    /// Its cause, if it is recorded.
    pub category: Option<String>,
    /// What became of it.
    pub state: GrievanceState,
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GrievanceState {
    /// It waits for a resolution.
    Open,
    /// Its handling was rated badly.
    BadlyRated {
        /// The rating.
        rating: f64,
    },
}

impl Grievance {
    /// The oldest complaint that a customer still waits for, else the last whose handling was rated badly, else an open one
    /// that is the cause of the risk: the same rules as those of causes, so that a row says of one complaint one thing.
    ///
    /// * `complaints` - of one customer as they were known at the day, the latest first.
    /// * `cause` - why the customer is probably lost or about to be.
    #[must_use]
    pub fn of(complaints: &[ComplaintRecord], cause: Option<&FoundCause>) -> Option<Self> {
        let owed = complaints.iter().rev().find(|one| one.is_owed()).map(|one| (one, GrievanceState::Open));
        let rated = |one: &&ComplaintRecord| one.is_resented();
        let resented = || {
            let one = complaints.iter().find(rated)?;
            Some((one, GrievanceState::BadlyRated { rating: one.rating? }))
        };
        let unsettled = || match cause.map(|found| &found.evidence) {
            Some(Evidence::Complaint(read, _)) if read.0.is_open => Some((&read.0, GrievanceState::Open)),
            _ => None,
        };
        let (one, state) = owed.or_else(resented).or_else(unsettled)?;
        Some(Self { opened: one.opened, category: one.category.clone(), state })
    }

    /// The complaint as a part of a sentence.
    #[must_use]
    pub fn named(&self) -> String {
        let category = self.category.as_deref().map_or_else(String::new, |category| format!(" ({category})"));
        let day = day_in_words(self.opened);
        match self.state {
            GrievanceState::Open => format!("the one of {day}{category}, which is open"),
            GrievanceState::BadlyRated { rating } => {
                format!("the one of {day}{category}, which is closed and whose handling was rated {rating}")
            }
        }
    }
}

/// A day as a person writes it.
#[must_use]
pub fn day_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn complaint(days_ago: i64, is_open: bool, visits_since: usize) -> ComplaintRecord {
        let opened = date(2026, 6, 1).saturating_sub(jiff::Span::new().days(days_ago));
        ComplaintRecord {
            opened,
            days_ago,
            category: None,
            is_open,
            is_reopened: false,
            response_days: None,
            resolution_days: None,
            rating: None,
            visits_since,
            of_same_kind: 1,
        }
    }

    #[test]
    fn one_that_nobody_waits_for_any_longer_is_no_grievance() {
        let state = |complaints: &[ComplaintRecord]| Grievance::of(complaints, None).map(|one| (one.opened, one.state));
        let [fresh, forgotten, silent_since] =
            [(20, 5), (434, 6), (434, 0)].map(|(ago, since)| complaint(ago, true, since));
        assert_eq!(state(&[complaint(20, false, 0), forgotten.clone()]), None);
        assert_eq!(state(&[fresh.clone(), forgotten]), Some((fresh.opened, GrievanceState::Open)));
        assert_eq!(state(&[fresh, silent_since.clone()]), Some((silent_since.opened, GrievanceState::Open)));
    }

    #[test]
    fn a_bad_rating_counts_while_it_is_fresh() {
        let rated = |days_ago, visits| ComplaintRecord { rating: Some(1.0), ..complaint(days_ago, false, visits) };
        let of = |one: ComplaintRecord| Grievance::of(&[one], None).map(|one| one.state);
        assert_eq!(of(rated(30, 1)), Some(GrievanceState::BadlyRated { rating: 1.0 }));
        assert_eq!(of(rated(30, 4)), None);
        assert_eq!(of(rated(300, 0)), None);
        assert_eq!(of(ComplaintRecord { rating: Some(4.0), ..rated(30, 0) }), None);
    }
}
