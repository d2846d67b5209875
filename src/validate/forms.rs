//! How numbers and times are written: what was read as its values prove, what leaves two readings, what the config reads wrongly.

use super::checked::Checked;
use super::finding::Severity;
use super::tally::Tally;
use crate::config::Table;
use crate::ingest::{Example, FormFact, FormSays, MixedSide};
use crate::text::{counted, grouped, verb};

/// Tells what reading found out about the form of columns.
pub(super) fn check(checked: &mut Checked<'_>) {
    for table in &checked.tables {
        for fact in &table.forms {
            let Worded { rule, severity, message, hint } = worded(fact, table.table());
            let tally = Tally::new(rule, (table.table(), fact.count), move |counts| {
                (severity, message.replace(COUNT, &grouped(counts.found)))
            });
            let tally = tally.of_column(fact.column.clone()).with_hint(hint);
            checked.tallies.add(
                tally.with_examples(examples(&fact.says).into_iter().map(|text| Example::of_text(format!("`{text}`")))),
            );
        }
    }
}

struct Worded {
    rule: &'static str,
    severity: Severity,
    message: String,
    hint: String,
}

/// Stands for the count, where several parts of a shop add up to it.
const COUNT: &str = "{count}";

/// Values that the message itself does not show.
fn examples(says: &FormSays) -> Vec<String> {
    match says {
        FormSays::OtherCurrency { marks, .. } => marks.clone(),
        _ => Vec::new(),
    }
}

fn worded(fact: &FormFact, table: Table) -> Worded {
    match &fact.says {
        FormSays::NumbersRead { .. }
        | FormSays::NumbersOpen { .. }
        | FormSays::NumbersMixed { .. }
        | FormSays::NumbersGrouped { .. }
        | FormSays::NumbersOfFile { .. } => numbers(fact, table),
        FormSays::OtherCurrency { currency, .. } => other_currency(fact, currency),
        _ => times(fact, table),
    }
}

/// How many of the values of a column.
fn values_of(fact: &FormFact) -> String {
    format!("{} of {} in `{}`", grouped(fact.count), counted(fact.of, "value"), fact.column)
}

fn numbers(fact: &FormFact, table: Table) -> Worded {
    let section = table.name();
    match &fact.says {
        FormSays::NumbersOpen { example, as_decimal, as_thousands, mark } => {
            let other = if *mark == '.' { ',' } else { '.' };
            let message = format!(
                "{} have one `{mark}` with three digits behind it: `{example}` can be {as_thousands} (`{mark}` between \
                 thousands) or {as_decimal} (`{mark}` before decimals), and nothing in the table tells which",
                values_of(fact)
            );
            let hint = format!(
                "write `decimal = \"{other}\"` and `thousands = \"{mark}\"` in `[{section}]` if `{example}` is {as_thousands}; \
                 `decimal = \"{mark}\"` if it is {as_decimal}"
            );
            Worded { rule: "open_decimal_mark", severity: Severity::Error, message, hint }
        }
        FormSays::NumbersMixed { point, comma, n_comma, comma_file } => {
            let place = comma_file.as_ref().map_or_else(String::new, |file| format!(", all of `{file}` among them"));
            let message = format!(
                "`{}` has numbers with a point before decimals, such as `{point}`, and {} with a comma, such as \
                 `{comma}`{place}",
                fact.column,
                grouped(*n_comma)
            );
            let hint = format!(
                "read files of two kinds after bringing them into one form; or map `{}` with SQL that does, for example with \
                 REPLACE",
                fact.column
            );
            Worded { rule: "mixed_decimal_marks", severity: Severity::Error, message, hint }
        }
        FormSays::NumbersGrouped { cents, example, mark } => grouped_numbers(fact, section, (cents, example), *mark),
        FormSays::NumbersOfFile { file, example, as_read, otherwise, decimal } => {
            let name = |mark: char| if mark == ',' { "comma" } else { "point" };
            let other = if *decimal == ',' { '.' } else { ',' };
            let message = format!(
                "{} of `{file}` {} written like `{example}`: by the other files, which write a {} before decimals, it is {as_read}, \
                 and by this file alone {otherwise}",
                values_of(fact),
                verb(fact.count, "is", "are"),
                name(*decimal)
            );
            let hint = format!(
                "if it is {otherwise}, write the file as the others, or read it with `decimal = \"{other}\"` and bring it into their \
                 form; if it is {as_read}, write `decimal = \"{decimal}\"` in `[{section}]`"
            );
            Worded { rule: "numbers_of_file", severity: Severity::Error, message, hint }
        }
        FormSays::NumbersRead { example, value, decimal } => {
            let name = if *decimal == ',' { "comma" } else { "point" };
            let message = format!(
                "`{}` is read with a {name} before decimals, as its values show: `{example}` is {value}",
                fact.column
            );
            let hint = format!("write `decimal = \"{decimal}\"` in `[{section}]`, so that it stays so");
            Worded { rule: "decimal_mark", severity: Severity::Warning, message, hint }
        }
        _ => times(fact, table),
    }
}

/// One mark before decimals in some values and perhaps between thousands in others.
fn grouped_numbers(fact: &FormFact, section: &str, (cents, thousands): (&str, &str), mark: char) -> Worded {
    let name = if mark == ',' { "comma" } else { "point" };
    let message = format!(
        "`{}` has numbers with a {name} before two decimals, such as `{cents}`, and {} with three digits behind it, such as \
         `{thousands}`, which may be thousands",
        fact.column,
        grouped(fact.count)
    );
    let hint = format!(
        "if `{thousands}` has thousands, bring the numbers into one form, or map `{}` with SQL that does, for example with REPLACE; if \
         all have decimals, write `decimal = \"{mark}\"` in `[{section}]`",
        fact.column
    );
    Worded { rule: "mixed_decimal_marks", severity: Severity::Error, message, hint }
}

fn other_currency(fact: &FormFact, currency: &str) -> Worded {
    let message = format!(
        "{COUNT} of the amounts in `{}` have the sign or code of another currency than {currency}, that of the config",
        fact.column
    );
    let hint = "write the right `currency` at the top of the config; or leave the others out with `filter`; or map `currency` \
                to a column of codes and give their `rates`";
    Worded { rule: "other_currency", severity: Severity::Error, message, hint: hint.to_owned() }
}

fn times(fact: &FormFact, table: Table) -> Worded {
    let (section, column) = (table.name(), &fact.column);
    match &fact.says {
        FormSays::TimesOpen { example, day_first, month_first, lines: [day_line, month_line] } => {
            let message = format!(
                "{} can be read in two ways: `{example}` is {day_first} if the day stands first, and {month_first} if the \
                 month does; no value tells which",
                values_of(fact)
            );
            let hint = format!(
                "write `{day_line}` in `[{section}]` if it is {day_first}, `{month_line}` if it is {month_first}"
            );
            Worded { rule: "open_dates", severity: Severity::Error, message, hint }
        }
        FormSays::TimesMixed { sides: [one, other] } => {
            let message = format!("`{column}` has times of two forms: {}, and {}", side(one), side(other));
            let hint = "bring the files into one form first; a program that saved dates it half understood may also have \
                        exchanged day and month in others, so take the export again where it comes from";
            Worded { rule: "mixed_dates", severity: Severity::Error, message, hint: hint.to_owned() }
        }
        FormSays::TimesExchanged { sides: [one, other] } => {
            let message = format!(
                "day and month seem exchanged in {}, such as `{}`: none of them has a day above 12, and all of the other {}, such as \
                 `{}`, have",
                values_of(fact),
                one.example,
                grouped(other.count),
                other.example
            );
            let hint = "a spreadsheet that reads dates of another country takes those that it can for its own, and leaves the others as \
                        text: take the export again where it comes from, and read the file itself, or import the column as text";
            Worded { rule: "exchanged_dates", severity: Severity::Error, message, hint: hint.to_owned() }
        }
        FormSays::TimesMissed { example, given, line, is_exchanged } => {
            let why =
                if *is_exchanged { "; they read with day and month exchanged" } else { ", and another form reads" };
            let message = format!(
                "{} {} written so that the time format of the config, `{given}`, cannot read {}: `{example}`{why}",
                values_of(fact),
                verb(fact.count, "is", "are"),
                verb(fact.count, "it", "them")
            );
            let rule = if *is_exchanged { "exchanged_dates" } else { "unfit_time_format" };
            let hint = format!("write `{line}` in `[{section}]`");
            Worded { rule, severity: Severity::Error, message, hint }
        }
        FormSays::TimesRead { example, value, line } => {
            let message =
                format!("`{column}` is not written as in ISO 8601; as its values show, `{example}` is {value}");
            let hint = format!("write `{line}` in `[{section}]`, so that it stays so");
            Worded { rule: "time_form", severity: Severity::Recommendation, message, hint }
        }
        _ => Worded {
            rule: "time_form",
            severity: Severity::Recommendation,
            message: String::new(),
            hint: String::new(),
        },
    }
}

/// What the times of one form are, how many, one of them, and where.
fn side(MixedSide { form, count, example, file }: &MixedSide) -> String {
    let place = file.as_ref().map_or_else(String::new, |file| format!(", all of `{file}` among them"));
    format!("{} as `{example}` ({form}{place})", grouped(*count))
}
