//! What happened to a customer between two lists, as facts in sentences.

use jiff::civil::Date;

use super::earlier::EarlierRow;
use super::list::ListRow;
use crate::decide::{day_in_words, percent_in_words};
use crate::timeline::{Cutoff, EventLog, KnownComplaint, date_of, day_of};

/// Facts of the days between two lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// The day of the last order, if it lies between them or became known between them.
    bought: Option<Date>,
    /// Complaints that became known.
    opened: Vec<(Date, Option<String>)>,
    /// Complaints that were open and are not any more.
    n_resolved: usize,
    /// Usual gaps of silence that are now full and were not, at least two.
    gaps: Option<i64>,
    /// The day for which an order was expected, if it lies between them and none came.
    missed: Option<Date>,
    /// Whether the next order is not due yet by the usual gap: then days without an order say nothing.
    is_in_rhythm: bool,
    /// The churn probability then and now, of a customer who was on a list then.
    churn: Option<[f64; 2]>,
    /// Whether another model made the list.
    is_other_model: bool,
    /// Days between them.
    days: i32,
}

/// What two lists have to do with each other.
#[derive(Clone, Copy)]
pub(super) struct Between<'l> {
    pub(super) log: &'l EventLog,
    pub(super) then: Cutoff,
    pub(super) now: Cutoff,
    pub(super) is_other_model: bool,
}

impl Between<'_> {
    /// What happened to the customer of a row.
    ///
    /// * `before` - the row of the earlier list; `None` for a customer who was not on it.
    pub(super) fn facts(&self, row: &ListRow, before: Option<&EarlierRow>) -> Facts {
        let last = i64::from(self.now.day()) - row.days_since_last_order;
        let last_then = before.map(|before| i64::from(self.then.day()) - before.days_since_last_order);
        let has_bought = last_then.map_or(last >= i64::from(self.then.day()), |then| last > then);
        let (opened, n_resolved) = self.complaints(row.prospect.customer);
        let day = |number: i64| date_of(i32::try_from(number).ok()?);
        let expected = row.expected_next_order.map(|day| i64::from(day_of(day)));
        let gap = expected.map(|expected| expected - last).filter(|gap| *gap > 0 && !has_bought);
        let full = |silence: i64| gap.map_or(0, |gap| silence / gap);
        let (gaps_then, gaps_now) = (full(i64::from(self.then.day()) - last), full(row.days_since_last_order));
        Facts {
            bought: has_bought.then(|| day(last)).flatten(),
            opened,
            n_resolved,
            gaps: (gaps_now > gaps_then && gaps_now >= 2).then_some(gaps_now),
            missed: row.expected_next_order.filter(|_| gaps_now > gaps_then && gaps_now == 1),
            is_in_rhythm: expected.is_some_and(|expected| expected >= i64::from(self.now.day())),
            churn: before.map(|before| [before.churn_probability, row.prospect.churn_probability]),
            is_other_model: self.is_other_model,
            days: self.now.day() - self.then.day(),
        }
    }

    /// Complaints that became known, and how many were settled.
    fn complaints(&self, customer: u32) -> (Vec<(Date, Option<String>)>, usize) {
        let (mut then, mut now): (Vec<KnownComplaint>, Vec<KnownComplaint>) = (Vec::new(), Vec::new());
        self.log.complaints_at(customer, self.then, &mut then);
        self.log.complaints_at(customer, self.now, &mut now);
        let is_same = |a: &KnownComplaint, b: &KnownComplaint| (a.opened_at, a.order) == (b.opened_at, b.order);
        let of_then = |complaint: &KnownComplaint| then.iter().find(|known| is_same(known, complaint));
        let told = |complaint: &KnownComplaint| {
            let category = complaint.category.map(|code| self.log.complaint_category(code));
            Some((date_of(self.log.calendar().day(complaint.opened_at))?, category))
        };
        let opened = now.iter().filter(|complaint| of_then(complaint).is_none()).filter_map(told).collect();
        let is_settled =
            |known: &&KnownComplaint| !known.is_open() && of_then(known).is_some_and(KnownComplaint::is_open);
        (opened, now.iter().filter(is_settled).count())
    }
}

impl Facts {
    pub(super) const fn has_bought(&self) -> bool {
        self.bought.is_some()
    }

    pub(super) fn has_complained(&self) -> bool {
        !self.opened.is_empty()
    }

    /// Why a customer is on a list for the first time.
    pub(super) fn why_new(&self) -> String {
        let bought = self.bought.map(|day| format!("bought on {}", day_in_words(day)));
        bought.unwrap_or_else(|| "counts as a customer now and did not then".to_owned())
    }

    /// Why leaving is more likely.
    pub(super) fn why_riskier(&self) -> String {
        let opened = self.opened.iter().map(|(day, category)| {
            let category = category.as_deref().map_or_else(String::new, |category| format!(" ({category})"));
            format!("a complaint was opened on {}{category}", day_in_words(*day))
        });
        let gaps = self.gaps.map(|gaps| format!("silent for {} usual gaps", number(gaps)));
        let missed = self.missed.map(|day| format!("the order expected for {} did not come", day_in_words(day)));
        self.first_two(opened.chain(gaps).chain(missed).collect(), self.days_in_words())
    }

    /// Why leaving is less likely.
    pub(super) fn why_safer(&self) -> String {
        let bought = self.bought.map(|day| format!("bought on {}", day_in_words(day)));
        let resolved = match self.n_resolved {
            0 => None,
            1 => Some("a complaint was settled".to_owned()),
            n => Some(format!("{n} complaints were settled")),
        };
        self.first_two(
            bought.into_iter().chain(resolved).collect(),
            self.estimate_in_words("nothing new of this customer"),
        )
    }

    /// The most notable of both.
    pub(super) fn why_any(&self) -> String {
        if self.has_bought() || self.n_resolved > 0 { self.why_safer() } else { self.why_riskier() }
    }

    /// That days went by: a reason only where an order was due.
    fn days_in_words(&self) -> String {
        let days = if self.days == 1 { "one more day".to_owned() } else { format!("{} more days", self.days) };
        match (self.has_bought(), self.is_in_rhythm) {
            (true, _) => format!("{days} went by"),
            (false, true) => self.estimate_in_words("no order was due yet"),
            (false, false) => format!("{days} without an order"),
        }
    }

    /// What did not happen, and how the probability moved all the same.
    fn estimate_in_words(&self, nothing: &str) -> String {
        let Some([then, now]) = self.churn.map(|churn| churn.map(percent_in_words)) else { return nothing.to_owned() };
        if then == now {
            format!("{nothing}, and the risk is about as it was ({now} likely to buy nothing)")
        } else {
            format!("{nothing}; {now} likely to buy nothing, {then} then")
        }
    }

    fn first_two(&self, mut facts: Vec<String>, otherwise: String) -> String {
        if facts.is_empty() && self.is_other_model {
            facts.push("another model made this list".to_owned());
        }
        if facts.is_empty() {
            facts.push(otherwise);
        }
        facts.truncate(2);
        facts.join(" and ")
    }
}

/// A small number as a word.
fn number(number: i64) -> String {
    const WORDS: [&str; 4] = ["two", "three", "four", "five"];
    let word = usize::try_from(number - 2).ok().and_then(|place| WORDS.get(place));
    word.map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_fact_reads_as_a_person_would_say_it() {
        let none = Facts { days: 7, churn: Some([0.121, 0.114]), ..Facts::default() };
        let day = date(2026, 5, 3);
        let opened = vec![(day, Some("delivery".to_owned())), (day, None)];
        let unmoved = "nothing new of this customer; 11 % likely to buy nothing, 12 % then";
        let in_rhythm = Facts { is_in_rhythm: true, ..none.clone() };
        let same = Facts { churn: Some([0.121, 0.122]), ..in_rhythm.clone() };
        for (facts, riskier, safer) in [
            (none.clone(), "7 more days without an order", unmoved),
            (in_rhythm, "no order was due yet; 11 % likely to buy nothing, 12 % then", unmoved),
            (
                same,
                "no order was due yet, and the risk is about as it was (12 % likely to buy nothing)",
                "nothing new of this customer, and the risk is about as it was (12 % likely to buy nothing)",
            ),
            (Facts { days: 1, ..none.clone() }, "one more day without an order", unmoved),
            (Facts { bought: Some(day), ..none.clone() }, "7 more days went by", "bought on 3 May 2026"),
            (
                Facts { opened, gaps: Some(2), ..none.clone() },
                "a complaint was opened on 3 May 2026 (delivery) and a complaint was opened on 3 May 2026",
                unmoved,
            ),
            (Facts { gaps: Some(3), ..none.clone() }, "silent for three usual gaps", unmoved),
            (
                Facts { gaps: Some(9), n_resolved: 1, ..none.clone() },
                "silent for 9 usual gaps",
                "a complaint was settled",
            ),
            (
                Facts { missed: Some(day), n_resolved: 2, bought: Some(day), ..none.clone() },
                "the order expected for 3 May 2026 did not come",
                "bought on 3 May 2026 and 2 complaints were settled",
            ),
            (
                Facts { is_other_model: true, ..none.clone() },
                "another model made this list",
                "another model made this list",
            ),
        ] {
            assert_eq!((facts.why_riskier().as_str(), facts.why_safer().as_str()), (riskier, safer));
        }
        assert_eq!(none.why_new(), "counts as a customer now and did not then");
        assert_eq!(Facts { n_resolved: 1, ..none }.why_any(), "a complaint was settled");
    }
}
