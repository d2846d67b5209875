//! Amounts: the sign of returns, lines that cost nothing, lines that cost too much to be true.

use super::Checked;
use super::finding::{Finding, Severity};
use crate::config::{NegativeAmounts, Table};
use crate::ingest::{ABSENT, Reason, TypedTable};
use crate::text::{counted, grouped, verb};
use crate::units::Currency;

/// Applies the policy for negative amounts and reports zero and absurd ones; amounts are never changed otherwise.
pub(super) fn check(checked: &mut Checked<'_>) {
    let policy = checked.config.purchases.negative_amounts;
    let factor = checked.config.validate.absurd_amount_factor;
    let currency = &checked.config.currency;
    let mut findings = Vec::new();
    for table in checked.tables.iter_mut().filter(|table| table.table() == Table::Purchases) {
        findings.extend(sign_of_returns(table));
        findings.extend(negative(table, policy, currency));
        findings.extend(negative_discounts(table));
        findings.extend(zero(table));
        findings.extend(absurd(table, factor, currency));
    }
    checked.findings.extend(findings);
}

/// What a return gives back is negative, also where the source writes it without a sign.
fn sign_of_returns(table: &mut TypedTable) -> Option<Finding> {
    let (flags, amounts) = (table.flags("is_return"), table.money("amount"));
    if flags.is_empty() {
        return None;
    }
    let is_wrong = |row: &usize| flags.get(*row) == Some(&1) && amounts.get(*row).is_some_and(|amount| *amount > 0);
    let rows: Vec<usize> = table.used_rows().filter(is_wrong).collect();
    let message = format!("{} returns have a positive `amount`; taken as given back", grouped(rows.len() as u64));
    let finding = finding_about(table, &rows, ("positive_return", Severity::Recommendation), message)?;
    negate(table.money_mut("amount"), &rows);
    Some(finding)
}

fn has(rows: &[usize]) -> &'static str {
    verb(rows.len() as u64, "has", "have")
}

fn negate(amounts: &mut [i64], rows: &[usize]) {
    for row in rows {
        if let Some(amount) = amounts.get_mut(*row) {
            *amount = -*amount;
        }
    }
}

fn negative(table: &mut TypedTable, policy: NegativeAmounts, currency: &Currency) -> Option<Finding> {
    let (flags, amounts) = (table.flags("is_return"), table.money("amount"));
    let is_negative = |row: &usize| amounts.get(*row).is_some_and(|amount| *amount < 0 && *amount != ABSENT);
    let is_unflagged = |row: &usize| flags.get(*row) != Some(&1);
    let rows: Vec<usize> = table.used_rows().filter(|row| is_negative(row) && is_unflagged(row)).collect();
    let outcome = match policy {
        NegativeAmounts::Return => "they are returns",
        NegativeAmounts::Reject => "rejected",
    };
    let message = format!(
        "{} of {} {} a negative `amount`; {outcome}",
        grouped(rows.len() as u64),
        counted(table.n_belonging(), "purchase"),
        has(&rows)
    );
    let finding = finding_about(table, &rows, ("negative_amount", Severity::Recommendation), message)?;
    let examples = rows.iter().take(3).map(|row| with_amount(table, *row, currency));
    let finding = finding.with_examples(examples.collect::<Vec<_>>());
    match policy {
        NegativeAmounts::Return => {
            table.mark_returns(&rows);
            Some(finding)
        }
        NegativeAmounts::Reject => {
            table.reject(rows, Reason::of_column("negative", "amount"));
            let hint = "map `is_return`, or set `purchases.negative_amounts = \"return\"` if they are returns";
            Some(Finding { severity: Severity::Warning, ..finding }.with_hint(hint))
        }
    }
}

fn negative_discounts(table: &mut TypedTable) -> Option<Finding> {
    let discounts = table.money("discount");
    if discounts.is_empty() {
        return None;
    }
    let is_negative = |row: &usize| discounts.get(*row).is_some_and(|amount| *amount < 0 && *amount != ABSENT);
    let rows: Vec<usize> = table.used_rows().filter(is_negative).collect();
    let purchases = counted(rows.len() as u64, "purchase");
    let message = format!("{purchases} {} a negative `discount`; taken without its sign", has(&rows));
    let finding = finding_about(table, &rows, ("negative_discount", Severity::Recommendation), message)?;
    negate(table.money_mut("discount"), &rows);
    Some(finding.of_column("discount"))
}

fn zero(table: &TypedTable) -> Option<Finding> {
    let amounts = table.money("amount");
    let rows: Vec<usize> = table.used_rows().filter(|row| amounts.get(*row) == Some(&0)).collect();
    let message = format!(
        "{} of {} {} an `amount` of 0; used as they are",
        grouped(rows.len() as u64),
        counted(table.n_belonging(), "purchase"),
        has(&rows)
    );
    let finding = finding_about(table, &rows, ("zero_amount", Severity::Recommendation), message)?;
    Some(finding.with_hint("gifts and test lines are not purchases; set them aside with `purchases.filter`"))
}

/// Lines above `factor` times the 99.9th percentile of the amounts.
fn absurd(table: &TypedTable, factor: f64, currency: &Currency) -> Option<Finding> {
    let amounts = table.money("amount");
    let usual = high_size(|| table.used_rows().filter_map(|row| amounts.get(row)).map(|amount| amount.unsigned_abs()))?;
    let limit = usual as f64 * factor;
    let is_absurd = |row: &usize| amounts.get(*row).is_some_and(|amount| amount.unsigned_abs() as f64 > limit);
    let rows: Vec<usize> = table.used_rows().filter(is_absurd).collect();
    let message = format!(
        "{} {} an `amount` above {limit:.2} {}, {factor} times the 99.9th percentile; used as they are",
        counted(rows.len() as u64, "purchase"),
        has(&rows),
        currency.code(),
        limit = limit / currency.minor_per_major(),
    );
    let finding = finding_about(table, &rows, ("absurd_amount", Severity::Warning), message)?;
    let examples: Vec<String> = rows.iter().take(3).map(|row| with_amount(table, *row, currency)).collect();
    Some(finding.with_examples(examples).with_hint("check unit and currency; set wrong lines aside with a filter"))
}

/// The 99.9th percentile of sizes, which are counted by their leading bits so that only those of one bin are gathered.
fn high_size<S: Iterator<Item = u64>>(sizes: impl Fn() -> S) -> Option<u64> {
    let mut bins = vec![0_usize; bin_of(u64::MAX) + 1];
    sizes().for_each(|size| bins[bin_of(size)] += 1);
    let mut rank = bins.iter().sum::<usize>().checked_sub(1)? * 999 / 1000;
    let bin = bins.iter().position(|count| {
        let is_here = rank < *count;
        rank -= if is_here { 0 } else { *count };
        is_here
    })?;
    let mut near: Vec<u64> = sizes().filter(|size| bin_of(*size) == bin).collect();
    Some(*near.select_nth_unstable(rank).1)
}

/// A bin for the leading eleven bits of a size; larger sizes never have a smaller one.
fn bin_of(size: u64) -> usize {
    let dropped = (64 - size.leading_zeros()).saturating_sub(11);
    usize::try_from((u64::from(dropped) << 11) + (size >> dropped)).unwrap_or(usize::MAX)
}

/// The row and its amount.
fn with_amount(table: &TypedTable, row: usize, currency: &Currency) -> String {
    let amount = table.money("amount").get(row).copied().unwrap_or(0);
    format!("{} ({:.2})", table.mention(row), currency.major(crate::units::Money(amount)))
}

fn finding_about(
    table: &TypedTable,
    rows: &[usize],
    (rule, severity): (&'static str, Severity),
    message: String,
) -> Option<Finding> {
    let examples = rows.iter().take(3).map(|row| table.mention(*row));
    let finding = Finding::new(rule, table.table().name(), severity, message).of_column("amount");
    (!rows.is_empty()).then(|| finding.counting(rows.len() as u64).with_examples(examples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_high_size_is_the_one_that_sorting_finds() {
        for factor in [1, 7, 1 << 40] {
            let sizes: Vec<u64> = (0..5_000_u64).map(|n| (n * 7_919) % 5_000 * factor).collect();
            let mut sorted = sizes.clone();
            sorted.sort_unstable();
            assert_eq!(high_size(|| sizes.iter().copied()), Some(sorted[4_999 * 999 / 1_000]));
        }
        assert_eq!(high_size(|| std::iter::once(u64::MAX)), Some(u64::MAX));
        assert_eq!(high_size(std::iter::empty), None);
    }
}
