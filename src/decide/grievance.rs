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
    /// Other complaints that wait for a resolution, the oldest first.
    pub also_open: Vec<(Date, Option<String>)>,
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
    /// The complaint that a customer still waits for, the one of the cause if that is one, else the oldest; else the last whose
    /// handling was rated badly, else an open one that is the cause of the risk: the same rules as those of causes, so that a
    /// row says of one complaint one thing.
    ///
    /// * `complaints` - of one customer as they were known at the day, the latest first.
    /// * `cause` - why the customer is probably lost or about to be.
    #[must_use]
    pub fn of(complaints: &[ComplaintRecord], cause: Option<&FoundCause>) -> Option<Self> {
        let read = match cause.map(|found| &found.evidence) {
            Some(Evidence::Complaint(read, _)) => Some(&read.0),
            _ => None,
        };
        let owed = read.into_iter().chain(complaints.iter().rev()).find(|one| one.is_owed());
        let owed = owed.map(|one| (one, GrievanceState::Open));
        let rated = |one: &&ComplaintRecord| one.is_resented();
        let resented = || {
            let one = complaints.iter().find(rated)?;
            Some((one, GrievanceState::BadlyRated { rating: one.rating? }))
        };
        let unsettled = || read.filter(|one| one.is_open).map(|one| (one, GrievanceState::Open));
        let (one, state) = owed.or_else(resented).or_else(unsettled)?;
        let others = complaints.iter().rev().filter(|other| other.is_open && *other != one);
        let also_open = others.map(|other| (other.opened, other.category.clone())).collect();
        Some(Self { opened: one.opened, category: one.category.clone(), state, also_open })
    }

    /// The complaint as a part of a sentence.
    #[must_use]
    pub fn named(&self) -> String {
        let of = |day: Date, category: Option<&str>| {
            let category = category.map_or_else(String::new, |category| format!(" ({category})"));
            format!("{}{category}", day_in_words(day))
        };
        let one = of(self.opened, self.category.as_deref());
        let first = match self.state {
            GrievanceState::Open => format!("the one of {one}, which is open"),
            GrievanceState::BadlyRated { rating } => {
                format!("the one of {one}, which is closed and whose handling was rated {rating}")
            }
        };
        // Without a word more, `open_complaints` and the reasons would speak of complaints that nobody is told to settle.
        let link = if self.state == GrievanceState::Open { ", as" } else { "; open" };
        match self.also_open.as_slice() {
            [] => first,
            [(day, category)] => format!("{first}{link} is that of {}", of(*day, category.as_deref())),
            [(day, category), ..] => format!(
                "{first}{link} are {} others, the oldest of {}",
                self.also_open.len(),
                of(*day, category.as_deref())
            ),
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

    use super::super::causes::{Signs, cause_of, cause_why};
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
    fn a_row_says_of_one_complaint_one_thing() {
        let [latest, oldest] = [(25, 0), (168, 4)].map(|(ago, since)| complaint(ago, true, since));
        let reopened = ComplaintRecord { is_reopened: true, ..latest };
        let complaints = [reopened.clone(), oldest.clone()];
        let signs = Signs { complaints: &complaints, visits: 9.0, ..Signs::default() };
        let cause = cause_of(&signs);
        let found = Grievance::of(&complaints, cause.as_ref()).unwrap();
        assert_eq!((found.opened, found.also_open), (reopened.opened, vec![(oldest.opened, None)]));
        // Of two of a kind the older one has waited longer.
        let complaints = [complaint(25, true, 0), oldest.clone()];
        let cause = cause_of(&Signs { complaints: &complaints, ..signs });
        assert_eq!(cause_why(cause.as_ref(), std::iter::empty()), "the complaint of 15 December 2025 is still open");
        assert_eq!(Grievance::of(&complaints, cause.as_ref()).unwrap().opened, oldest.opened);
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
