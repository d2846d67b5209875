//! Who asked not to be contacted, by statements: each counts from when it holds and was recorded. No feature reads them.

use std::ops::Range;

use super::columns::{ALWAYS, CustomerColumns};
use super::partition::counting_sort;
use crate::units::Timestamp;

/// A row of the customers table that says whether the customer may be contacted. The fields stand in the order in which
/// statements are sorted: of two with equal times the one that opts out is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    valid_from: Timestamp,
    /// The instant after which it is known.
    known: Timestamp,
    opts_out: bool,
}

/// The statements of all customers; a row that says nothing is none.
#[derive(Debug, Clone, Default)]
pub(super) struct OptOuts {
    /// First statement of each customer, and the end.
    starts: Vec<u32>,
    statements: Vec<Statement>,
}

impl OptOuts {
    pub(super) fn build(columns: &CustomerColumns, customers: &Range<usize>) -> Self {
        let Some(flags) = &columns.opted_out else { return Self::default() };
        let statements = |row: &usize| flags[*row].is_some();
        let rows: Vec<usize> = (0..flags.len()).filter(statements).collect();
        let customer: Vec<u32> = rows.iter().map(|row| columns.customer[*row]).collect();
        let (starts, sorted) = counting_sort(&customer, customers);
        let statement = |place: &u32| {
            let row = rows[*place as usize];
            let holds = columns.valid_from.as_ref().map_or(ALWAYS, |times| times[row]);
            let recorded = columns.recorded_at.as_ref().map_or(holds, |times| times[row]);
            // A statement without a time of its own is made when it is recorded.
            let valid_from = if holds == ALWAYS { recorded } else { holds };
            let known = recorded.max(valid_from);
            Statement { valid_from, known, opts_out: flags[row] == Some(true) }
        };
        let mut statements: Vec<Statement> = sorted.iter().map(statement).collect();
        for bounds in starts.windows(2) {
            statements[bounds[0] as usize..bounds[1] as usize].sort_unstable();
        }
        Self { starts, statements }
    }

    /// Whether the latest statement that was known before the cutoff opts out.
    pub(super) fn at(&self, customer: usize, cutoff: Timestamp) -> bool {
        let Some(bounds) = self.starts.get(customer..customer + 2) else { return false };
        let own = &self.statements[bounds[0] as usize..bounds[1] as usize];
        own.iter().rfind(|statement| statement.known < cutoff).is_some_and(|statement| statement.opts_out)
    }

    /// Whether a statement opts out that was not known before the cutoff.
    pub(super) fn after(&self, customer: usize, cutoff: Timestamp) -> bool {
        let Some(bounds) = self.starts.get(customer..customer + 2) else { return false };
        let own = &self.statements[bounds[0] as usize..bounds[1] as usize];
        own.iter().any(|statement| statement.opts_out && statement.known >= cutoff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Statements of customer 1 of 2: from when they hold, when they were recorded, what they say.
    fn opts_out(statements: &[(i64, i64, Option<bool>)], cutoff: i64) -> bool {
        let times =
            |time: fn(&(i64, i64, Option<bool>)) -> i64| statements.iter().map(|row| Timestamp(time(row))).collect();
        let columns = CustomerColumns {
            customer: vec![1; statements.len()],
            valid_from: Some(times(|row| row.0)),
            recorded_at: Some(times(|row| row.1)),
            opted_out: Some(statements.iter().map(|row| row.2).collect()),
            ..CustomerColumns::default()
        };
        let opt_outs = OptOuts::build(&columns, &(0..2));
        assert!(!opt_outs.at(0, Timestamp(cutoff)) && !opt_outs.at(2, Timestamp(cutoff)));
        let reversed: Vec<_> = statements.iter().rev().copied().collect();
        if reversed != statements {
            let other = CustomerColumns {
                valid_from: Some(reversed.iter().map(|row| Timestamp(row.0)).collect()),
                recorded_at: Some(reversed.iter().map(|row| Timestamp(row.1)).collect()),
                opted_out: Some(reversed.iter().map(|row| row.2).collect()),
                ..columns
            };
            let other = OptOuts::build(&other, &(0..2)).at(1, Timestamp(cutoff));
            assert_eq!(opt_outs.at(1, Timestamp(cutoff)), other, "the order of rows does not matter");
        }
        opt_outs.at(1, Timestamp(cutoff))
    }

    #[test]
    fn the_latest_statement_that_was_known_counts() {
        let (yes, no) = (Some(true), Some(false));
        assert!(!opts_out(&[(100, 100, yes)], 100), "at the cutoff it is not known");
        assert!(opts_out(&[(100, 100, yes)], 101));
        assert!(opts_out(&[(100, 100, yes), (200, 200, None)], 300), "nothing said is no statement");
        assert!(!opts_out(&[(100, 100, yes), (200, 200, no)], 300));
        assert!(opts_out(&[(100, 100, yes), (200, 300, no)], 300), "recorded at the cutoff");
        assert!(!opts_out(&[(100, 250, yes), (200, 200, no)], 300), "what holds from later on counts");
        assert!(opts_out(&[(100, 100, yes), (100, 100, no)], 300), "of equal times the cautious one");
        assert!(!opts_out(&[(100, 100, yes), (100, 150, no)], 300), "recorded later, it corrects");
        assert!(opts_out(&[(ALWAYS.0, ALWAYS.0, yes), (ALWAYS.0, ALWAYS.0, no)], i64::MIN + 1));
    }

    #[test]
    fn without_times_every_row_always_held() {
        let opted_out = Some(vec![Some(true), Some(false), None]);
        let columns = CustomerColumns { customer: vec![0, 0, 1], opted_out, ..CustomerColumns::default() };
        let opt_outs = OptOuts::build(&columns, &(0..2));
        assert!(opt_outs.at(0, Timestamp(0)) && !opt_outs.at(1, Timestamp(0)));
        assert!(!opt_outs.after(0, Timestamp(0)) && opt_outs.after(0, ALWAYS));
        assert!(!OptOuts::build(&CustomerColumns::default(), &(0..2)).at(0, Timestamp(0)));
    }

    #[test]
    fn a_statement_without_a_time_of_its_own_is_made_when_it_is_recorded() {
        let signed_up = (100, 100, Some(false));
        let by_mail = (ALWAYS.0, 500, Some(true));
        assert!(!opts_out(&[signed_up, by_mail], 500), "not known yet");
        assert!(opts_out(&[signed_up, by_mail], 501));
        assert!(!opts_out(&[signed_up, by_mail, (600, 600, Some(false))], 601), "a later statement");
    }
}
