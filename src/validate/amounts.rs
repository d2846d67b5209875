//! Amounts: the sign of returns, lines that cost nothing. Those that cost too much to be true are in `sizes`.

use super::checked::Checked;
use super::discount_lines;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::{NegativeAmounts, Table};
use crate::ingest::{ABSENT, Example, NO_FLAG, Reason, TypedTable};
use crate::text::{counted, grouped, verb};
use crate::units::Currency;

/// Applies the policy for negative amounts and reports zero ones; amounts are never changed otherwise.
pub(super) fn check(checked: &mut Checked<'_>) {
    let policy = checked.config.purchases.negative_amounts;
    let currency = &checked.config.currency;
    for table in checked.tables.iter_mut().filter(|table| table.table() == Table::Purchases) {
        let (discounts, taken_off) = discount_lines::share_out(table);
        let tallies = [
            taken_off,
            sign_of_returns(table),
            negative(table, policy, currency),
            negative_discounts(table),
            zero(table, &discounts),
            unsaid_returns(table),
        ];
        tallies.into_iter().flatten().for_each(|tally| checked.tallies.add(tally));
    }
}

/// What a return gives back is negative, also where the source writes it without a sign.
fn sign_of_returns(table: &mut TypedTable) -> Option<Tally> {
    let (flags, amounts) = (table.flags("is_return"), table.money("amount"));
    if flags.is_empty() {
        return None;
    }
    let is_wrong = |row: &usize| flags.get(*row) == Some(&1) && amounts.get(*row).is_some_and(|amount| *amount > 0);
    let rows: Vec<usize> = table.used_rows().filter(is_wrong).collect();
    let wording = |counts: Counts| {
        let (returns, have) = (counted(counts.found, "return"), verb(counts.found, "has", "have"));
        (Severity::Recommendation, format!("{returns} {have} a positive `amount`; taken as given back"))
    };
    let tally = Tally::of_rows("positive_return", (table, &rows), wording)?.of_column("amount");
    negate(table.money_mut("amount"), &rows);
    Some(tally)
}

fn negate(amounts: &mut [i64], rows: &[usize]) {
    for row in rows {
        if let Some(amount) = amounts.get_mut(*row) {
            *amount = -*amount;
        }
    }
}

fn negative(table: &mut TypedTable, policy: NegativeAmounts, currency: &Currency) -> Option<Tally> {
    let (flags, amounts) = (table.flags("is_return"), table.money("amount"));
    let is_negative = |row: &usize| amounts.get(*row).is_some_and(|amount| *amount < 0 && *amount != ABSENT);
    let is_unflagged = |row: &usize| flags.get(*row) != Some(&1);
    let rows: Vec<usize> = table.used_rows().filter(|row| is_negative(row) && is_unflagged(row)).collect();
    let (severity, outcome) = match policy {
        NegativeAmounts::Return => (Severity::Recommendation, "they are returns"),
        NegativeAmounts::Reject => (Severity::Warning, "rejected"),
    };
    let wording = move |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.belonging, "purchase"));
        (severity, format!("{found} of {of} {} a negative `amount`; {outcome}", verb(counts.found, "has", "have")))
    };
    let examples: Vec<Example> =
        rows.iter().take(Example::SHOWN).map(|row| with_amount(table, *row, currency)).collect();
    let tally = Tally::of_rows("negative_amount", (table, &rows), wording)?.of_column("amount").with_examples(examples);
    match policy {
        NegativeAmounts::Return => {
            table.mark_returns(&rows);
            Some(tally)
        }
        NegativeAmounts::Reject => {
            table.reject(rows, Reason::of_column("negative", "amount"));
            let hint = "map `is_return`, or set `purchases.negative_amounts = \"return\"` if they are returns";
            Some(tally.with_hint(hint))
        }
    }
}

fn negative_discounts(table: &mut TypedTable) -> Option<Tally> {
    let discounts = table.money("discount");
    if discounts.is_empty() {
        return None;
    }
    let is_negative = |row: &usize| discounts.get(*row).is_some_and(|amount| *amount < 0 && *amount != ABSENT);
    let rows: Vec<usize> = table.used_rows().filter(is_negative).collect();
    let wording = |counts: Counts| {
        let (purchases, have) = (counted(counts.found, "purchase"), verb(counts.found, "has", "have"));
        (Severity::Recommendation, format!("{purchases} {have} a negative `discount`; taken without its sign"))
    };
    let tally = Tally::of_rows("negative_discount", (table, &rows), wording)?.of_column("discount");
    negate(table.money_mut("discount"), &rows);
    Some(tally)
}

/// One line in so many that comes to nothing is more than gifts.
const ZEROS_ONE_IN: u64 = 3;

/// Lines that come to nothing, but for those of discounts, which were taken from others.
fn zero(table: &TypedTable, discounts: &[usize]) -> Option<Tally> {
    let amounts = table.money("amount");
    let is_zero = |row: &usize| amounts.get(*row) == Some(&0) && discounts.binary_search(row).is_err();
    let rows: Vec<usize> = table.used_rows().filter(is_zero).collect();
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.belonging, "purchase"));
        let have = verb(counts.found, "has", "have");
        let is_much = counts.found * ZEROS_ONE_IN >= counts.belonging;
        let severity = if is_much { Severity::Warning } else { Severity::Recommendation };
        (severity, format!("{found} of {of} {have} an `amount` of 0; used as they are"))
    };
    let tally = Tally::of_rows("zero_amount", (table, &rows), wording)?.of_column("amount");
    Some(tally.with_hint(
        "gifts and test lines are not purchases; set them aside with `purchases.filter`; where many have no amount, another column \
         may hold it, as the debit beside the credit of a ledger",
    ))
}

/// Lines of which the flag of returns says nothing: bought, unless the amount says otherwise.
fn unsaid_returns(table: &TypedTable) -> Option<Tally> {
    let flags = table.flags("is_return");
    let rows: Vec<usize> = table.used_rows().filter(|row| flags.get(*row) == Some(&NO_FLAG)).collect();
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.belonging, "purchase"));
        let say = verb(counts.found, "says", "say");
        (Severity::Recommendation, format!("{found} of {of} {say} nothing in `is_return`; taken as bought"))
    };
    Some(Tally::of_rows("no_return_flag", (table, &rows), wording)?.of_column("is_return"))
}

/// The row and its amount.
pub(super) fn with_amount(table: &TypedTable, row: usize, currency: &Currency) -> Example {
    let amount = table.money("amount").get(row).copied().unwrap_or(0);
    table.example(row, format!("{} ({})", table.mention(row), currency.digits(amount.into())))
}
