//! Why an amount is reckoned otherwise than the names of its columns say.

use super::text::one_line;
use crate::config::expressions::quoted;
use crate::config::found::{DiscountForm, DraftColumn, LineDiscount, TakenOff};
use crate::config::guess::{is_unit_price, reads};
use crate::config::lexicon::speaks_of_one;
use crate::config::tax_words::{is_tax, is_with_tax};
use crate::text::printable;

/// Why values and not names say who bought, or which order a row is of.
pub(super) fn why_this_id(ours: &str, source: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(source, columns);
    let is_read = |column: &&DraftColumn| read.contains(&column.name);
    let guests = |column: &DraftColumn| column.gathers.as_ref().and_then(|ids| ids.first().cloned());
    let is_told = |mail: &&DraftColumn| mail.told_by.iter().any(|ids| ids == source);
    match ours {
        "customer_id" => match columns.iter().filter(is_read).find_map(guests) {
            Some(ids) => Some(format!("`{}` does not tell guests apart", one_line(&ids))),
            None => columns
                .iter()
                .find(is_told)
                .map(|mail| format!("comes again, whatever `{}` says", one_line(&mail.name))),
        },
        "order_id" => {
            let anew = columns.iter().filter(is_read).find(|column| column.anew.is_some() && column.name != source)?;
            Some(format!("`{}` starts anew, and is of several customers", one_line(&anew.name)))
        }
        _ => None,
    }
}

/// Why values and not names say how an amount is reckoned; nothing where the names say the same.
pub(super) fn why_by_values(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let reckoned = by_quantities(amount, columns).or_else(|| by_what_is_left(amount, columns));
    let found = [reckoned, with_open_discount(amount, columns), with_tax(amount, columns), of_a_piece(amount, columns)];
    let found: Vec<String> = found.into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join("; "))
}

/// That a discount is taken from none of the lines, as nothing says how it is written.
fn with_open_discount(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(amount, columns);
    let is_open = |less: &&LineDiscount| less.form == DiscountForm::Open && !read.contains(&less.column);
    let mut priced = columns.iter().filter(|column| read.contains(&column.name));
    let less = priced.find_map(|column| column.less.as_ref().filter(is_open))?;
    let (name, sign) = (one_line(&less.column), if less.is_negative { "+" } else { "-" });
    Some(format!(
        "`{name}` is not subtracted, as it may be money of the line or of its order, or per cent: if per cent, \
         write `{} * (1 {sign} {} / 100)`",
        printable(amount),
        quoted(&less.column)
    ))
}

/// That an amount is the price of one piece, and that no column tells how many were bought.
fn of_a_piece(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(amount, columns);
    let [name] = read.as_slice() else { return None };
    let known = columns.iter().find(|column| column.name == *name && is_unit_price(name) && speaks_of_one(name))?;
    let is_of_line = known.line_value.as_ref().is_some_and(|told| told.is_of_line);
    (!is_of_line).then(|| {
        format!(
            "the price of one piece, by its name: multiply it by the column of the quantity, as `quantity * {}`",
            quoted(name)
        )
    })
}

/// That an amount has its tax in it, by its name, and that no column tells how much.
fn with_tax(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(amount, columns);
    let gross = columns.iter().find(|column| read.contains(&column.name) && is_with_tax(&column.name))?;
    let has_tax = columns.iter().any(|column| is_tax(&column.name) && !column.is_empty());
    let way = if has_tax {
        "subtract the column of the tax to count without it"
    } else {
        "divide by `1.19`, or what the rate is, to count without it where all goods have one"
    };
    Some(format!("`{}` includes tax, and so does what is counted: {way}", one_line(&gross.name)))
}

fn by_what_is_left(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let is_left = |column: &&DraftColumn| column.left.as_ref().is_some_and(|left| left.column == amount);
    let whole = columns.iter().find(is_left)?;
    let name = one_line(&whole.name);
    Some(match &whole.left.as_ref()?.less {
        TakenOff::Column(less) => format!("`{name}` less `{}` on each row", one_line(less)),
        TakenOff::Tax => format!("`{name}` without its tax"),
        TakenOff::Fees(fees) => {
            let fees: Vec<String> = fees.iter().map(|fees| format!("`{}`", one_line(fees))).collect();
            format!("what customers pay; `{name}` is what is left of it after {}", fees.join(" and "))
        }
    })
}

fn by_quantities(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(amount, columns);
    let mut told = columns.iter().filter(|column| is_read(column, &read));
    let (name, told) = told.find_map(|column| Some((&column.name, column.line_value.as_ref()?)))?;
    let is_multiplied = amount.contains('*') && read.contains(&told.quantity);
    if is_multiplied == told.is_of_line || told.is_of_line != is_unit_price(name) {
        return None;
    }
    let (name, quantity) = (one_line(name), one_line(&told.quantity));
    let within = told.within.as_ref().map(|within| format!(" within one `{}`", one_line(within)));
    Some(match (told.is_of_line, within) {
        (true, within) => {
            let within = within.unwrap_or_default();
            format!("of the line already: `{name}` grows as `{quantity}` does{within}, as no price of one piece would")
        }
        (false, Some(within)) => {
            format!("`{name}` is the price of one piece: it is the same{within}, whatever `{quantity}` says")
        }
        (false, None) => format!("`{name}` is the price of one piece: times `{quantity}` it is another column"),
    })
}

/// Whether an expression reads a column, or the one that it becomes less its discount.
fn is_read(column: &DraftColumn, read: &[String]) -> bool {
    let net = column.line_value.as_ref().and_then(|told| told.net.as_ref());
    read.contains(&column.name) || net.is_some_and(|net| read.contains(net))
}
