//! What was known about customers themselves: versions of their rows, each known from when it holds or, if later, from
//! when it was recorded.

use super::columns::{ALWAYS, CustomerColumns, NEVER};
use super::lines::is_code;
use crate::units::Timestamp;

/// What was known about a customer at a cutoff, orders and complaints aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes {
    /// When the customer signed up: the earliest time that any known version gives.
    pub signed_up_at: Option<Timestamp>,
    /// When the customer was born.
    pub birth_date: Option<Timestamp>,
    /// Code of the region in which the customer lives.
    pub region: Option<u32>,
    /// Code of the channel that brought the customer.
    pub acquisition: Option<u32>,
}

/// One row of the customers table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    /// From when it holds; the fields stand in the order in which versions are sorted.
    valid_from: Timestamp,
    known: Timestamp,
    signed_up_at: Timestamp,
    birth_date: Timestamp,
    /// Places of the names, which are the same in all parts of a shop where codes are not.
    places: [u32; 2],
    region: u32,
    acquisition: u32,
}

/// The versions of a range of customers.
#[derive(Debug, Clone, Default)]
pub(super) struct AttributeLog {
    /// First version of each customer, and the end.
    starts: Vec<u32>,
    versions: Vec<Version>,
}

impl AttributeLog {
    /// Collects the versions of each customer: `rows_of` gives their rows, customer after customer.
    pub(super) fn build<'r>(columns: &CustomerColumns, rows_of: impl Iterator<Item = &'r [u32]>) -> Self {
        let mut log = Self { starts: vec![0], versions: Vec::new() };
        for rows in rows_of {
            let first = log.versions.len();
            log.versions.extend(rows.iter().map(|row| read_row(columns, *row as usize)));
            log.versions[first..].sort_unstable();
            log.starts.push(u32::try_from(log.versions.len()).unwrap_or(u32::MAX));
        }
        log
    }

    /// The version that held at the cutoff, as far as was known before it.
    pub(super) fn known_at(&self, customer: usize, cutoff: Timestamp) -> Attributes {
        let Some(bounds) = self.starts.get(customer..customer + 2) else { return Attributes::default() };
        let versions = &self.versions[bounds[0] as usize..bounds[1] as usize];
        let mut known = versions.iter().filter(|version| version.known < cutoff);
        let Some(first) = known.next() else { return Attributes::default() };
        let (latest, signed_up_at) = known.fold((first, first.signed_up_at), |(_, signed_up_at), version| {
            (version, signed_up_at.min(version.signed_up_at))
        });
        let before = |at: Timestamp| (at < cutoff && at != NEVER).then_some(at);
        Attributes {
            signed_up_at: before(signed_up_at),
            birth_date: before(latest.birth_date),
            region: is_code(latest.region).then_some(latest.region),
            acquisition: is_code(latest.acquisition).then_some(latest.acquisition),
        }
    }
}

fn read_row(columns: &CustomerColumns, row: usize) -> Version {
    let time = |column: &Option<Vec<Timestamp>>| column.as_ref().map_or(NEVER, |times| times[row]);
    let code = |column: &Option<Vec<u32>>| column.as_ref().map_or(super::columns::NO_CODE, |codes| codes[row]);
    let place = |places: &[u32], code: u32| places.get(code as usize).copied().unwrap_or(code);
    let (region, acquisition) = (code(&columns.region), code(&columns.acquisition));
    let valid_from = columns.valid_from.as_ref().map_or(ALWAYS, |times| times[row]);
    Version {
        valid_from,
        known: columns.recorded_at.as_ref().map_or(valid_from, |times| times[row].max(valid_from)),
        signed_up_at: time(&columns.signed_up_at),
        birth_date: time(&columns.birth_date),
        places: [place(&columns.region_places, region), place(&columns.acquisition_places, acquisition)],
        region,
        acquisition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_held_and_was_known_counts() {
        let columns = CustomerColumns {
            customer: vec![0, 0, 0],
            valid_from: Some([300, 100, 200].map(Timestamp).to_vec()),
            recorded_at: Some([300, 100, 400].map(Timestamp).to_vec()),
            signed_up_at: Some([10, 20, NEVER.0].map(Timestamp).to_vec()),
            region: Some(vec![3, 1, 2]),
            ..CustomerColumns::default()
        };
        let log = AttributeLog::build(&columns, std::iter::once([0_u32, 1, 2].as_slice()));
        let region = |cutoff| log.known_at(0, Timestamp(cutoff)).region;
        assert_eq!([100, 101, 300, 301, 401].map(region), [None, Some(1), Some(1), Some(3), Some(3)]);
        assert_eq!(log.known_at(0, Timestamp(300)).signed_up_at, Some(Timestamp(20)));
        assert_eq!(log.known_at(0, Timestamp(301)).signed_up_at, Some(Timestamp(10)), "no later version's time leaks");
        assert_eq!(log.known_at(7, Timestamp(301)), Attributes::default());
    }

    #[test]
    fn of_equal_versions_names_decide_and_not_codes() {
        let chosen = |region_places: Vec<u32>| {
            let columns = CustomerColumns { region: Some(vec![0, 1]), region_places, ..CustomerColumns::default() };
            AttributeLog::build(&columns, std::iter::once([0_u32, 1].as_slice())).known_at(0, Timestamp(1)).region
        };
        assert_eq!((chosen(Vec::new()), chosen(vec![0, 1]), chosen(vec![1, 0])), (Some(1), Some(1), Some(0)));
    }
}
