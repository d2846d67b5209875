//! Who of the lost customers is worth an interview: a sample in which rare causes and valuable customers are not missed.

use std::collections::BTreeMap;

use super::causes::Cause;
use crate::maths::hash::stable_hash;

/// Customers who are alike in what an interview is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stratum {
    /// The likely cause; customers of whom none stands out come first, since least is known of them.
    pub cause: Option<Cause>,
    /// Not among the customers whose past year was worth most; these come second.
    pub is_other_value: bool,
}

/// A lost customer who may be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LostCustomer<'a> {
    /// As in the shop's tables.
    pub id: &'a str,
    /// Who is alike.
    pub stratum: Stratum,
}

/// One who is to be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interview {
    /// The place among those who may be asked.
    pub place: usize,
    /// How many are alike.
    pub of: usize,
    /// How likely each of them was to be drawn.
    pub probability: f64,
}

/// Draws at most `n` customers: one of each stratum in turn until all are taken, within a stratum by a hash of seed and id.
#[must_use]
pub fn interviews(lost: &[LostCustomer<'_>], n: usize, seed: u64) -> Vec<Interview> {
    let mut strata: BTreeMap<Stratum, Vec<(u64, &str, usize)>> = BTreeMap::new();
    for (place, customer) in lost.iter().enumerate() {
        let hash = stable_hash(&[b"interview", &seed.to_le_bytes(), customer.id.as_bytes()]);
        strata.entry(customer.stratum).or_default().push((hash, customer.id, place));
    }
    for members in strata.values_mut() {
        members.sort_unstable();
    }
    let taken = taken_of(&strata.values().map(Vec::len).collect::<Vec<_>>(), n);
    let drawn = strata.values().zip(taken).flat_map(|(members, taken)| {
        let of = members.len();
        let one = move |(_, _, place): &(u64, &str, usize)| Interview {
            place: *place,
            of,
            probability: taken as f64 / of as f64,
        };
        members.iter().take(taken).map(one)
    });
    drawn.collect()
}

/// How many of each stratum are drawn, `n` in all or everyone.
fn taken_of(sizes: &[usize], n: usize) -> Vec<usize> {
    let mut taken = vec![0; sizes.len()];
    let mut left = n.min(sizes.iter().sum());
    while left > 0 {
        for (taken, size) in taken.iter_mut().zip(sizes) {
            if left > 0 && *taken < *size {
                *taken += 1;
                left -= 1;
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lost(ids: &[String]) -> Vec<LostCustomer<'_>> {
        let cause = |place: usize| match place {
            0..2 => Some(Cause::Price),
            2..40 => Some(Cause::BrokenRhythm),
            _ => None,
        };
        ids.iter()
            .enumerate()
            .map(|(place, id)| LostCustomer {
                id,
                stratum: Stratum { cause: cause(place), is_other_value: !place.is_multiple_of(10) },
            })
            .collect()
    }

    #[test]
    fn each_stratum_is_heard_and_the_draw_depends_on_seed_and_id_alone() {
        let ids: Vec<String> = (0..100).map(|n| format!("C{n:03}")).collect();
        let customers = lost(&ids);
        let drawn = interviews(&customers, 12, 7);
        assert_eq!(drawn.len(), 12);
        let strata: BTreeSet<Stratum> = drawn.iter().map(|one| customers[one.place].stratum).collect();
        let all: BTreeSet<Stratum> = customers.iter().map(|one| one.stratum).collect();
        assert_eq!(strata, all, "no stratum is missed");
        // One valuable and one other of price; 3 and 35 of a broken rhythm; 6 and 54 without a cause.
        let sizes: BTreeSet<usize> = drawn.iter().map(|one| one.of).collect();
        assert_eq!(sizes, BTreeSet::from([1, 3, 6, 35, 54]));
        for one in &drawn {
            let n = drawn.iter().filter(|other| customers[other.place].stratum == customers[one.place].stratum).count();
            assert!((one.probability - n as f64 / one.of as f64).abs() < 1e-12);
        }
        let names = |drawn: &[Interview], of: &[LostCustomer<'_>]| -> BTreeSet<String> {
            drawn.iter().map(|one| of[one.place].id.to_owned()).collect()
        };
        let mut turned = customers.clone();
        turned.reverse();
        assert_eq!(names(&interviews(&turned, 12, 7), &turned), names(&drawn, &customers));
        assert_ne!(names(&interviews(&customers, 12, 8), &customers), names(&drawn, &customers));
        assert_eq!(interviews(&customers, 500, 7).len(), 100);
        assert!(interviews(&customers, 0, 7).is_empty() && interviews(&[], 5, 7).is_empty());
    }
}
