//! For each row of a table, whether it is used or why not.

use super::account::Reason;

/// For each row, whether it is used or why not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdicts {
    /// 0 for a used row, else the position of its reason, from 1.
    codes: Vec<u8>,
    reasons: Vec<Reason>,
}

impl Verdicts {
    pub(crate) fn all_used(n_rows: usize) -> Self {
        Self { codes: vec![0; n_rows], reasons: Vec::new() }
    }

    /// Rejects those of the rows that are still used; how many they are.
    pub(crate) fn reject(&mut self, rows: impl IntoIterator<Item = usize>, reason: Reason) -> u64 {
        let mut code = None;
        let mut count = 0;
        for row in rows {
            if self.codes.get(row) == Some(&0) {
                let code = *code.get_or_insert_with(|| self.code_of(reason));
                if let Some(place) = self.codes.get_mut(row) {
                    *place = code;
                    count += 1;
                }
            }
        }
        count
    }

    /// Gives rows that were rejected for one reason another.
    pub(crate) fn change_reason(&mut self, rows: impl IntoIterator<Item = usize>, from: Reason, to: Reason) {
        let Some(from) = self.reasons.iter().position(|known| *known == from) else { return };
        let to = self.code_of(to);
        for row in rows {
            if let Some(code) = self.codes.get_mut(row).filter(|code| usize::from(**code) == from + 1) {
                *code = to;
            }
        }
    }

    fn code_of(&mut self, reason: Reason) -> u8 {
        let known = self.reasons.iter().position(|known| *known == reason);
        let position = known.unwrap_or_else(|| {
            self.reasons.push(reason);
            self.reasons.len() - 1
        });
        // Rules times columns: far fewer than a byte can number.
        u8::try_from(position + 1).unwrap_or(u8::MAX)
    }

    pub(crate) fn is_used(&self, row: usize) -> bool {
        self.codes.get(row) == Some(&0)
    }

    /// Why a row is not used.
    pub(crate) fn reason(&self, row: usize) -> Option<Reason> {
        let code = usize::from(*self.codes.get(row)?);
        self.reasons.get(code.checked_sub(1)?).copied()
    }

    /// The first three rows rejected for a reason.
    pub(super) fn first(&self, reason: Reason) -> Vec<usize> {
        let rows = (0..self.codes.len()).filter(|row| self.reason(*row) == Some(reason));
        rows.take(3).collect()
    }

    /// Rejected rows by reason, in the order in which the reasons came up.
    pub(crate) fn counts(&self) -> Vec<(Reason, u64)> {
        let mut counts = [0_u64; 256];
        for code in &self.codes {
            if let Some(count) = counts.get_mut(usize::from(*code)) {
                *count += 1;
            }
        }
        self.reasons.iter().copied().zip(counts.into_iter().skip(1)).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_first_reason_and_counts_add_up() {
        let mut verdicts = Verdicts::all_used(5);
        assert_eq!(verdicts.reject([0, 1], Reason::FILTER), 2);
        assert_eq!(verdicts.reject([1, 2], Reason::DUPLICATE), 1);
        assert_eq!(verdicts.reject([2, 9], Reason::of_row("future")), 0);
        assert_eq!(verdicts.reason(1), Some(Reason::FILTER));
        assert_eq!(verdicts.reason(4), None);
        assert_eq!(verdicts.counts(), [(Reason::FILTER, 2), (Reason::DUPLICATE, 1)]);
        assert!(verdicts.is_used(3) && !verdicts.is_used(0) && !verdicts.is_used(9));
    }
}
