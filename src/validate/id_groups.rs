//! Ids of customers in groups that are equal but for letters, signs and zeros in front: all groups, or those with the lowest
//! hashes where there are very many, so that ids which lie in different parts of a shop can be held against each other.

use crate::ingest::{IdRules, TypedTable};
use crate::maths::hash::{key, spread};

/// Groups of ids that are kept at most.
const MOST_GROUPS: usize = 1 << 18;

/// Longer ids are seldom, and written out in full.
const USUAL_LENGTH: usize = 40;

/// The ids of customers of one table.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    /// One group in 2 to the power of this is kept.
    level: u32,
    /// The group of each name, ascending.
    groups: Vec<u64>,
    /// Different names, in the order of their groups and then their own.
    names: Vec<Box<str>>,
}

impl Ids {
    /// The ids of the used rows of a table.
    pub(super) fn of(table: &TypedTable) -> Self {
        let (names, codes) = (table.names("customer_id"), table.codes("customer_id"));
        let mut is_used = vec![false; names.len()];
        for code in table.used_rows().filter_map(|row| codes.get(row)) {
            if let Some(used) = usize::try_from(*code).ok().and_then(|code| is_used.get_mut(code)) {
                *used = true;
            }
        }
        let used = names.iter().zip(is_used).filter(|(_, is_used)| *is_used);
        Self::of_names(used.map(|(name, _)| name.as_str()))
    }

    /// Some ids.
    pub(super) fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut grouped: Vec<(u64, &str)> = names.map(|name| (loose(name), name)).collect();
        grouped.sort_unstable();
        grouped.dedup();
        let level = level_of(&grouped, 0);
        grouped.retain(|(group, _)| is_kept(*group, level));
        let (groups, names) = grouped.into_iter().map(|(group, name)| (group, Box::from(name))).unzip();
        Self { level, groups, names }
    }

    /// Adds the ids of other customers.
    pub(super) fn add(&mut self, other: Self) {
        let least = self.level.max(other.level);
        let own = std::mem::take(self);
        let both = own.groups.into_iter().zip(own.names).chain(other.groups.into_iter().zip(other.names));
        let mut grouped: Vec<(u64, Box<str>)> = both.filter(|(group, _)| is_kept(*group, least)).collect();
        grouped.sort_unstable();
        grouped.dedup();
        let level = level_of(&grouped, least);
        grouped.retain(|(group, _)| is_kept(*group, level));
        let (groups, names) = grouped.into_iter().unzip();
        *self = Self { level, groups, names };
    }

    /// The ids that may be one, group by group.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[Box<str>]> {
        self.numbered_groups(0).map(|(_, names)| names)
    }

    /// The groups that are kept at a level too, with their hashes.
    fn numbered_groups(&self, level: u32) -> impl Iterator<Item = (u64, &[Box<str>])> {
        let mut names = self.names.as_slice();
        let groups = self.groups.chunk_by(|one, other| one == other).map(move |group| {
            let (own, rest) = names.split_at_checked(group.len()).unwrap_or_default();
            names = rest;
            (group.first().copied().unwrap_or_default(), own)
        });
        groups.filter(move |(group, _)| is_kept(*group, level))
    }

    /// Each group of these ids with the same group of others, empty where these have none of it; of those kept on both sides.
    pub(super) fn beside<'i>(&'i self, others: &'i Self) -> impl Iterator<Item = (&'i [Box<str>], &'i [Box<str>])> {
        let level = self.level.max(others.level);
        let mut theirs = others.numbered_groups(level).peekable();
        self.numbered_groups(level).map(move |(group, names)| {
            while theirs.next_if(|(other, _)| *other < group).is_some() {}
            (names, theirs.peek().filter(|(other, _)| *other == group).map_or(&[][..], |(_, names)| names))
        })
    }

    /// How many groups are kept.
    pub(super) fn n_groups(&self) -> usize {
        n_groups(&self.groups)
    }

    /// How many ids there are in all, of so many that are kept; and whether that is an estimate.
    pub(super) const fn scaled(&self, count: usize) -> (u64, bool) {
        ((count as u64) << self.level, self.level > 0)
    }

    /// The ids that are kept.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }
}

fn n_groups(groups: &[u64]) -> usize {
    groups.chunk_by(|one, other| one == other).count()
}

/// The lowest level, `least` or above, at which no more groups are kept than may be.
fn level_of<T>(grouped: &[(u64, T)], least: u32) -> u32 {
    let groups = grouped.chunk_by(|one, other| one.0 == other.0).filter_map(|group| group.first());
    // How many groups are kept at each level, and not at the next.
    let mut counts = [0_usize; u64::BITS as usize + 1];
    for (group, _) in groups {
        let level = usize::try_from(group.trailing_zeros()).unwrap_or(0);
        counts.get_mut(level).into_iter().for_each(|count| *count += 1);
    }
    let kept = |level: u32| counts.iter().skip(usize::try_from(level).unwrap_or(0)).sum::<usize>();
    (least..u64::BITS).find(|level| kept(*level) <= MOST_GROUPS).unwrap_or(u64::BITS)
}

/// Whether a group is among those that are kept; which these are depends on no order.
const fn is_kept(group: u64, level: u32) -> bool {
    group.trailing_zeros() >= level
}

/// What is left of an id without capitals, accents, blanks, signs and zeros in front, as a hash.
fn loose(id: &str) -> u64 {
    // Most ids are letters and digits, of which the rules change capitals alone.
    let mut letters = [0; USUAL_LENGTH];
    if let Some(letters) = letters.get_mut(..id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        letters.copy_from_slice(id.as_bytes());
        letters.make_ascii_lowercase();
        let zeros = letters.iter().take_while(|letter| **letter == b'0').count();
        return spread(key(letters.get(zeros..).unwrap_or_default()));
    }
    loose_of_any(id)
}

/// The same, whatever an id is written with.
fn loose_of_any(id: &str) -> u64 {
    let plain = IdRules::ALL.applied(id);
    let letters: String = plain.chars().filter(|letter| letter.is_alphanumeric()).collect();
    spread(key(letters.trim_start_matches('0').as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_fall_into_the_groups_that_all_rules_make() {
        let long = "a".repeat(USUAL_LENGTH + 1);
        for id in ["", "0", "000", "C0042", "c0042", "0042a", "ABCdef", &long, "a.0", "4 2", "Zo\u{eb}", "x-1", "17.0"]
        {
            assert_eq!(loose(id), loose_of_any(id), "{id}");
        }
    }

    #[test]
    fn groups_are_met_in_both_tables() {
        let [own, others] =
            [["A1", "b2", "00c3", "d4"], ["a1", "a-1", "C3", "e5"]].map(|ids| Ids::of_names(ids.into_iter()));
        let mut met: Vec<(String, String)> =
            own.beside(&others).map(|(one, other)| (one.join(" "), other.join(" "))).collect();
        met.sort_unstable();
        let expected = [("00c3", "C3"), ("A1", "a-1 a1"), ("b2", ""), ("d4", "")];
        assert_eq!(met, expected.map(|(one, other)| (one.to_owned(), other.to_owned())));
        assert_eq!((others.n_groups(), others.names().count()), (3, 4));
    }

    #[test]
    fn very_many_ids_are_counted_by_a_part_whatever_the_order() {
        let names: Vec<String> = (0..600_000).map(|n| format!("c{n}")).collect();
        let whole = Ids::of_names(names.iter().map(String::as_str));
        let mut parts = Ids::default();
        for part in names.chunks(250_000) {
            parts.add(Ids::of_names(part.iter().rev().map(String::as_str)));
        }
        let (n, is_estimate) = whole.scaled(whole.names().count());
        assert!(is_estimate && whole.n_groups() <= MOST_GROUPS && n.abs_diff(600_000) < 6_000, "{n}");
        assert!(parts.groups().eq(whole.groups()) && parts.level == whole.level);
    }
}
