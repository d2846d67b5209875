//! Complaint records and what of them was known at a cutoff: a complaint closed later is still open in history.

use super::columns::{ComplaintColumns, NEVER, NO_CODE};
use super::ledger::happened_before;
use super::lines::goes_on;
use crate::units::Timestamp;

/// One complaint as it was known at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownComplaint {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the shop first answered, if it had.
    pub first_response_at: Option<Timestamp>,
    /// When it was last resolved, if it had been.
    pub resolved_at: Option<Timestamp>,
    /// When it was last opened again, if it had been.
    pub reopened_at: Option<Timestamp>,
    /// Key of the order complained about, if given.
    pub order: Option<u64>,
    /// Code of the cause, if given.
    pub category: Option<u32>,
    /// How grave; NaN where not given.
    pub severity: f64,
    /// Satisfaction with the handling, known with the resolution; NaN where not given.
    pub satisfaction: f64,
    /// What it is about, in minor units.
    pub amount: i64,
    /// What was paid, known with the resolution, in minor units.
    pub compensation: i64,
}

impl KnownComplaint {
    /// Whether it waits for a resolution: none yet, or opened again since.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match (self.resolved_at, self.reopened_at) {
            (None, _) => true,
            (Some(resolved), Some(reopened)) => reopened > resolved,
            (Some(_), None) => false,
        }
    }
}

/// One row of the complaints table.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Position of the complaint among the customer's complaints.
    number: u32,
    opened_at: Timestamp,
    known: Timestamp,
    first_response_at: Timestamp,
    resolved_at: Timestamp,
    reopened_at: Timestamp,
    order: u64,
    category: u32,
    severity: f32,
    satisfaction: f32,
    amount: i64,
    compensation: i64,
}

/// The complaint rows of a range of customers.
#[derive(Debug, Clone, Default)]
pub(super) struct ComplaintLog {
    /// First row of each customer, and the end.
    starts: Vec<u32>,
    rows: Vec<Row>,
}

impl ComplaintLog {
    /// Collects the rows of each customer: `rows_of` gives them, customer after customer.
    pub(super) fn build<'r>(columns: &ComplaintColumns, rows_of: impl Iterator<Item = &'r [u32]>) -> Self {
        let mut log = Self { starts: vec![0], rows: Vec::new() };
        let mut keyed: Vec<(u64, Timestamp, u32)> = Vec::new();
        for rows in rows_of {
            keyed.clear();
            keyed.extend(rows.iter().map(|&row| {
                let row_idx = row as usize;
                (columns.complaint[row_idx], columns.opened_at[row_idx], row)
            }));
            keyed.sort_unstable();
            for (number, complaint) in keyed.chunk_by(|a, b| a.0 == b.0).enumerate() {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                log.rows.extend(complaint.iter().map(|&(_, _, row)| read_row(columns, row as usize, number)));
            }
            log.starts.push(u32::try_from(log.rows.len()).unwrap_or(u32::MAX));
        }
        log
    }

    /// Writes into `known` the customer's complaints as they were known before `cutoff`, in ascending opening time.
    pub(super) fn known_at(&self, customer: usize, cutoff: Timestamp, known: &mut Vec<KnownComplaint>) {
        known.clear();
        let Some(bounds) = self.starts.get(customer..customer + 2) else { return };
        let rows = &self.rows[bounds[0] as usize..bounds[1] as usize];
        for complaint in rows.chunk_by(|a, b| a.number == b.number) {
            let mut last: Option<Timestamp> = None;
            for row in complaint.iter().filter(|row| row.known < cutoff) {
                let seen = row.as_known(cutoff);
                // A number that is used again much later is another complaint.
                match known.last_mut().filter(|_| last.is_some_and(|last| goes_on(last, row.opened_at))) {
                    Some(before) => *before = merge(*before, seen),
                    None => known.push(seen),
                }
                last = Some(row.opened_at);
            }
        }
        known.sort_by(|a, b| a.opened_at.cmp(&b.opened_at).then(a.amount.cmp(&b.amount)));
    }
}

fn read_row(columns: &ComplaintColumns, row: usize, number: u32) -> Row {
    let time = |column: &Option<Vec<Timestamp>>| column.as_ref().map_or(NEVER, |times| times[row]);
    let number_of = |column: &Option<Vec<f32>>| column.as_ref().map_or(f32::NAN, |values| values[row]);
    let opened_at = columns.opened_at[row];
    Row {
        number,
        opened_at,
        known: columns.recorded_at.as_ref().map_or(opened_at, |times| times[row].max(opened_at)),
        first_response_at: time(&columns.first_response_at),
        resolved_at: time(&columns.resolved_at),
        reopened_at: time(&columns.reopened_at),
        order: columns.order.as_ref().map_or(0, |keys| keys[row]),
        category: columns.category.as_ref().map_or(NO_CODE, |codes| codes[row]),
        severity: number_of(&columns.severity),
        satisfaction: number_of(&columns.satisfaction),
        amount: columns.amount.as_ref().map_or(0, |amounts| amounts[row].0),
        compensation: columns.compensation.as_ref().map_or(0, |amounts| amounts[row].0),
    }
}

impl Row {
    /// The row with everything hidden that had not happened before the cutoff. What comes with the resolution is
    /// hidden until then, and for ever if the shop does not say when complaints are resolved.
    fn as_known(&self, cutoff: Timestamp) -> KnownComplaint {
        let visible = |at: Timestamp| happened_before(at, cutoff).then_some(at);
        let resolved_at = visible(self.resolved_at);
        KnownComplaint {
            opened_at: self.opened_at,
            first_response_at: visible(self.first_response_at),
            resolved_at,
            reopened_at: visible(self.reopened_at),
            order: (self.order != 0).then_some(self.order),
            category: (self.category != NO_CODE).then_some(self.category),
            severity: f64::from(self.severity),
            satisfaction: resolved_at.map_or(f64::NAN, |_| f64::from(self.satisfaction)),
            amount: self.amount,
            compensation: resolved_at.map_or(0, |_| self.compensation),
        }
    }
}

/// Two rows of one complaint as one: first opening, first answer, last resolution and reopening, summed amounts, the
/// gravest severity. None of it depends on the order of the rows.
fn merge(a: KnownComplaint, b: KnownComplaint) -> KnownComplaint {
    KnownComplaint {
        opened_at: a.opened_at.min(b.opened_at),
        first_response_at: a.first_response_at.into_iter().chain(b.first_response_at).min(),
        resolved_at: a.resolved_at.max(b.resolved_at),
        reopened_at: a.reopened_at.max(b.reopened_at),
        order: a.order.into_iter().chain(b.order).min(),
        category: a.category.into_iter().chain(b.category).min(),
        severity: a.severity.max(b.severity),
        satisfaction: a.satisfaction.min(b.satisfaction),
        amount: a.amount + b.amount,
        compensation: a.compensation + b.compensation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Money;

    fn columns() -> ComplaintColumns {
        ComplaintColumns {
            customer: vec![0, 0, 0],
            complaint: vec![1, 1, 2],
            opened_at: [100, 100, 50].map(Timestamp).to_vec(),
            recorded_at: Some([100, 300, 60].map(Timestamp).to_vec()),
            resolved_at: Some(vec![NEVER, Timestamp(250), Timestamp(70)]),
            reopened_at: Some(vec![NEVER, NEVER, Timestamp(400)]),
            satisfaction: Some(vec![f32::NAN, 2.0, 5.0]),
            amount: Some([10, 20, 40].map(Money).to_vec()),
            ..ComplaintColumns::default()
        }
    }

    fn known_at(cutoff: i64) -> Vec<KnownComplaint> {
        let mut known = Vec::new();
        ComplaintLog::build(&columns(), std::iter::once([0_u32, 1, 2].as_slice())).known_at(
            0,
            Timestamp(cutoff),
            &mut known,
        );
        known
    }

    #[test]
    fn a_complaint_closed_later_is_still_open_in_history() {
        assert!(known_at(60).is_empty(), "recorded at the cutoff is not known");
        assert!(known_at(61)[0].is_open());
        assert!(known_at(70)[0].is_open(), "resolved at the cutoff is not known");
        assert!(!known_at(71)[0].is_open());
        assert!(known_at(401)[0].is_open(), "opened again");
    }

    #[test]
    fn a_number_that_is_used_again_much_later_is_another_complaint() {
        let day = |days: u32| Timestamp(0).plus(crate::units::Days(days));
        let columns = ComplaintColumns {
            customer: vec![0; 4],
            complaint: vec![1; 4],
            opened_at: [400, 20, 50, 0].map(day).to_vec(),
            recorded_at: Some([400, 300, 50, 0].map(day).to_vec()),
            ..ComplaintColumns::default()
        };
        let log = ComplaintLog::build(&columns, std::iter::once([0_u32, 1, 2, 3].as_slice()));
        let opened = |cutoff: u32| {
            let mut known = Vec::new();
            log.known_at(0, day(cutoff), &mut known);
            known.iter().map(|complaint| complaint.opened_at).collect::<Vec<_>>()
        };
        assert_eq!(opened(60), [day(0), day(50)], "what lies between is not known yet");
        assert_eq!(opened(301), [day(0)]);
        assert_eq!(opened(401), [day(0), day(400)]);
    }

    #[test]
    fn what_comes_with_a_row_is_known_when_the_row_is() {
        let known = known_at(300);
        assert_eq!((known[1].amount, known[1].resolved_at), (10, None));
        let known = known_at(301);
        assert_eq!((known[1].amount, known[1].resolved_at), (30, Some(Timestamp(250))));
        assert!((known[1].satisfaction - 2.0).abs() < f64::EPSILON);
    }
}
