//! Hashes of ids and of rows: the same in every run, on every machine, whatever else there is.
//!
//! The bytes go through FNV-1a of the crate `fnv`; tables in memory use `rustc-hash`. The two last steps of mixing are ours, because FNV alone leaves ids that
//! differ in their last letter side by side, and because what was chosen or stored by one of them must not change.

use std::hash::Hasher;

use fnv::FnvHasher;
use rustc_hash::FxHasher;

/// A hash by which customers are chosen: a number between 0 and 2^64 without pattern that depends on the parts alone.
///
/// # Source
/// FNV-1a (Fowler, Noll and Vo), then [`mixed`].
pub(crate) fn stable_hash(parts: &[&[u8]]) -> u64 {
    mixed(fnv(parts))
}

/// The key of an id: the same in every table, run and machine; never 0.
///
/// With ten million different ids the chance that any two share a key is below 3 in a million.
///
/// # Source
/// FNV-1a (Fowler, Noll and Vo), then [`spread`].
#[cfg(feature = "tables")]
pub(crate) fn key(id: &[u8]) -> u64 {
    spread(fnv(&[id]))
}

fn fnv(parts: &[&[u8]]) -> u64 {
    let mut hasher = FnvHasher::default();
    for part in parts {
        hasher.write(part);
    }
    hasher.finish()
}

/// # Source
/// Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators": the last step of `SplitMix64`.
pub(super) const fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Spreads a hash over all its bits; never 0.
///
/// # Source
/// The last step of Appleby's `MurmurHash3`.
#[cfg(feature = "tables")]
pub(crate) const fn spread(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let hash = hash ^ (hash >> 33);
    if hash == 0 { 1 } else { hash }
}

/// The hash of a row with one more value; equal rows have equal hashes.
#[cfg(feature = "tables")]
pub(crate) fn with_value(row: u64, value: u64) -> u64 {
    spread((row.rotate_left(17) ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// A number that equal sequences share.
pub(crate) fn fingerprint(values: impl Iterator<Item = u64>) -> u64 {
    // It starts with a number, so that a first value of 0 counts.
    let mut hasher = FxHasher::default();
    hasher.write_u64(1);
    values.for_each(|value| hasher.write_u64(value));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_fixed_for_ever() {
        assert_eq!(key(b"536365"), 5_721_049_227_589_237_611, "changing this changes stored histories");
        assert_eq!(stable_hash(&[b"c0", b"1"]), stable_hash(&[b"c01"]));
    }

    #[test]
    fn hashes_are_spread() {
        let mut by_eighth = [0; 8];
        for i in 0..8_000 {
            by_eighth[(stable_hash(&[format!("{i:05}").as_bytes()]) >> 61) as usize] += 1;
        }
        assert!(by_eighth.iter().all(|n| (850..1_150).contains(n)), "{by_eighth:?}");
    }
}
