//! How the sheets look: formats of cells, colours beside words, columns that are folded away, and how they are printed.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, Worksheet, XlsxError,
};

use super::formula::harmless;

/// What a column of the list is, for its format and for the sheet of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is measured in.
    pub unit: &'a str,
    /// What it says.
    pub meaning: &'a str,
}

/// How cells look.
pub(super) struct Formats {
    pub(super) head: Format,
    pub(super) text: Format,
    /// A text that would be a formula if somebody edited the cell.
    pub(super) marked: Format,
    pub(super) wrapped: Format,
    pub(super) day: Format,
    pub(super) whole: Format,
    pub(super) number: Format,
    pub(super) share: Format,
    /// Amounts by the decimals of the currency.
    pub(super) money: [Format; 4],
}

impl Formats {
    pub(super) fn new() -> Self {
        let number = |form: &str| Format::new().set_num_format(form);
        Self {
            head: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00F1_F4F5))
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top)
                .set_indent(1),
            text: Format::new().set_align(FormatAlign::Left).set_indent(1),
            marked: Format::new().set_quote_prefix().set_align(FormatAlign::Left).set_indent(1),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            day: number("yyyy-mm-dd"),
            whole: number("#,##0"),
            number: number("General"),
            share: number("0.0%"),
            money: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(number),
        }
    }

    pub(super) fn of_text(&self, text: &str) -> &Format {
        if harmless(text) == text { &self.text } else { &self.marked }
    }

    pub(super) fn money(&self, decimals: u32) -> &Format {
        self.money.get(decimals as usize).unwrap_or(&self.number)
    }
}

/// A4 across, one page wide; each page says what it is, of which day, and its number.
pub(super) fn for_paper(worksheet: &mut Worksheet, as_of: Date) {
    worksheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    worksheet.set_footer(format!("&L&A, {as_of}&RPage &P of &N"));
}

/// Its number in the format of spreadsheets.
const A4: u8 = 9;

/// Columns with which a list is worked, beside the probability that ranks it and the columns of the shop's own.
pub(super) const WORKED: [&str; 12] = [
    "rank",
    "customer_id",
    "expected_net_gain",
    "value_at_stake",
    "days_since_last_order",
    "life_cycle_stage",
    "open_complaints",
    "reason_1",
    "recommended_action",
    "action_why",
    "group",
    "change_since_last",
];

/// Folds away each run of columns that are not worked with. They stay in the file, for filters and formulas.
pub(super) fn fold(
    worksheet: &mut Worksheet,
    names: &[String],
    is_folded: impl Fn(&str) -> bool,
) -> Result<(), XlsxError> {
    let mut first = 0;
    for run in names.chunk_by(|one, next| is_folded(one) == is_folded(next)) {
        let last = first + run.len();
        if run.first().is_some_and(|name| is_folded(name)) {
            let column = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
            worksheet.group_columns_collapsed(column(first), column(last - 1))?;
        }
        first = last;
    }
    Ok(())
}

/// Colours beside the words that ask for attention; the words stand in the cells.
pub(super) fn colours(worksheet: &mut Worksheet, names: &[String], last: u32) -> Result<(), XlsxError> {
    let fill = |colour: u32| Format::new().set_background_color(Color::RGB(colour));
    let (high, medium, stop) = (fill(0x00F8_CBAD), fill(0x00FF_E9C2), fill(0x00D9_DDE1));
    for (at, name) in (0..).zip(names) {
        let rules: &[(&str, &Format)] = match name.as_str() {
            "risk_band" => &[("high", &high), ("medium", &medium)],
            "confidence" => &[("low", &medium)],
            "suppressed_code" => &[("opted_out", &stop)],
            "group" => &[("control", &stop), ("suppressed", &stop)],
            _ => continue,
        };
        for (word, format) in rules {
            let rule = ConditionalFormatCellRule::EqualTo((*word).to_owned());
            let rule = ConditionalFormatCell::new().set_rule(rule).set_format(*format);
            worksheet.add_conditional_format(1, at, last, at, &rule)?;
        }
    }
    Ok(())
}
