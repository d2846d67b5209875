//! Answers to surveys and which of them were known at a cutoff.

use super::columns::SurveyColumns;
use crate::units::Timestamp;

/// One answer that was known at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownAnswer {
    /// When it was given.
    pub answered_at: Timestamp,
    /// How likely the customer is to recommend the shop, 0 to 10; NaN where not given.
    pub nps: f64,
    /// How satisfied the customer is, 1 to 5; NaN where not given.
    pub csat: f64,
}

/// The answers of a range of customers.
#[derive(Debug, Clone, Default)]
pub(super) struct SurveyLog {
    /// First answer of each customer, and the end.
    starts: Vec<u32>,
    /// Each with the instant after which it is known; in ascending time.
    answers: Vec<(Timestamp, KnownAnswer)>,
}

impl SurveyLog {
    /// Collects the answers of each customer: `rows_of` gives their rows, customer after customer.
    pub(super) fn build<'r>(columns: &SurveyColumns, rows_of: impl Iterator<Item = &'r [u32]>) -> Self {
        let mut log = Self { starts: vec![0], answers: Vec::new() };
        for rows in rows_of {
            let first = log.answers.len();
            log.answers.extend(rows.iter().map(|row| read_row(columns, *row as usize)));
            // Equal instants stand in the order of what was said, so that the order of rows does not matter.
            log.answers[first..].sort_unstable_by(|(_, a), (_, b)| {
                let marks = a.nps.total_cmp(&b.nps).then(a.csat.total_cmp(&b.csat));
                a.answered_at.cmp(&b.answered_at).then(marks)
            });
            log.starts.push(u32::try_from(log.answers.len()).unwrap_or(u32::MAX));
        }
        log
    }

    /// Writes into `known` the answers that were known before `cutoff`, in ascending time.
    pub(super) fn known_at(&self, customer: usize, cutoff: Timestamp, known: &mut Vec<KnownAnswer>) {
        known.clear();
        let Some(bounds) = self.starts.get(customer..customer + 2) else { return };
        let answers = &self.answers[bounds[0] as usize..bounds[1] as usize];
        known.extend(answers.iter().filter(|(known, _)| *known < cutoff).map(|(_, answer)| *answer));
    }
}

fn read_row(columns: &SurveyColumns, row: usize) -> (Timestamp, KnownAnswer) {
    let number = |column: &Option<Vec<f32>>| column.as_ref().map_or(f64::NAN, |values| f64::from(values[row]));
    let answered_at = columns.answered_at[row];
    let known = columns.recorded_at.as_ref().map_or(answered_at, |times| times[row].max(answered_at));
    (known, KnownAnswer { answered_at, nps: number(&columns.nps), csat: number(&columns.csat) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_once_it_is_given_and_recorded() {
        let columns = SurveyColumns {
            are_recorded: true,
            customer: vec![0, 0],
            answered_at: [20, 10].map(Timestamp).to_vec(),
            recorded_at: Some([20, 50].map(Timestamp).to_vec()),
            nps: Some(vec![9.0, 2.0]),
            csat: None,
            custom: Vec::new(),
        };
        let log = SurveyLog::build(&columns, std::iter::once([0_u32, 1].as_slice()));
        let at = |cutoff| {
            let mut known = Vec::new();
            log.known_at(0, Timestamp(cutoff), &mut known);
            known.iter().map(|answer| answer.nps.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([20, 21, 51].map(at), ["", "9", "2 9"]);
    }
}
