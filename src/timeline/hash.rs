//! A hash by which customers are chosen: the same in every run, on every machine, whatever other customers there are.

/// A number between 0 and 2^64 without pattern that depends on nothing but the bytes.
///
/// # Source
/// FNV-1a (Fowler, Noll and Vo), finished as in `SplitMix64` (Steele, Lea and Flood 2014), so that ids that differ in the
/// last letter only are spread over the whole range.
pub(crate) fn stable_hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, fnv);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
