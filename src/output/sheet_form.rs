//! How the sheets look: formats of cells, colours beside words, columns that are folded away, and how they are printed.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, Worksheet, XlsxError,
};

use super::formula::harmless;
use crate::text::{grouped, wrapped};
use crate::units::Currency;

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
    text: Format,
    /// A text that would be a formula if somebody edited the cell.
    marked: Format,
    /// The same two, going on in the next line.
    text_wrapped: Format,
    marked_wrapped: Format,
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
        // In a row of several lines all begin at the top.
        let number = |form: &str| Format::new().set_num_format(form).set_align(FormatAlign::Top);
        let text = || Format::new().set_align(FormatAlign::Left).set_align(FormatAlign::Top).set_indent(1);
        Self {
            head: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00F1_F4F5))
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top)
                .set_indent(1),
            text: text(),
            marked: text().set_quote_prefix(),
            text_wrapped: text().set_text_wrap(),
            marked_wrapped: text().set_quote_prefix().set_text_wrap(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            day: number("yyyy-mm-dd"),
            whole: number("#,##0"),
            number: number("General"),
            share: number("0.0%"),
            money: ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(number),
        }
    }

    pub(super) fn of_text(&self, text: &str, is_wrapped: bool) -> &Format {
        match (harmless(text) == text, is_wrapped) {
            (true, false) => &self.text,
            (true, true) => &self.text_wrapped,
            (false, false) => &self.marked,
            (false, true) => &self.marked_wrapped,
        }
    }

    pub(super) fn money(&self, decimals: u32) -> &Format {
        self.money.get(decimals as usize).unwrap_or(&self.number)
    }
}

/// A number below and above words, from which it is not parted by the width of the column.
pub(super) fn beside_words(form: &str) -> Format {
    Format::new().set_num_format(form).set_align(FormatAlign::Left).set_align(FormatAlign::Top)
}

/// How amounts of a currency are written: its code, and as many decimals as it has.
pub(super) fn in_currency(currency: &Currency) -> String {
    let decimals = currency.decimals() as usize;
    let point = if decimals > 0 { "." } else { "" };
    format!("\"{}\" #,##0{point}{}", currency.code(), "0".repeat(decimals))
}

/// A4 across, one page wide; each page says what it is, of which day, and its number.
pub(super) fn for_paper(worksheet: &mut Worksheet, as_of: Date) {
    worksheet.set_print_gridlines(true);
    worksheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    worksheet.set_footer(format!("&L&A, {as_of}&RPage &P of &N"));
}

/// Its number in the format of spreadsheets.
const A4: u8 = 9;

/// What the catalogue calls columns of sentences.
pub(super) const SENTENCE: &str = "sentence";

/// Sentences that are printed go on in the next line. Folded ones stay in one, so that they make no row higher unseen.
pub(super) fn is_wrapped(unit: &str, is_folded: bool) -> bool {
    unit == SENTENCE && !is_folded
}

/// Widths of columns whose texts go on in the next line, in letters.
pub(super) const SENTENCE_WIDTH: usize = 44;
/// Letters of a sentence in a line of that width, which is in digits: those are wider on average.
const SENTENCE_LETTERS: usize = 47;
/// Widths of other columns, in letters, between which the texts decide.
pub(super) const NARROW: usize = 12;
pub(super) const WIDE: usize = 24;
pub(super) const SUMMARY_WIDTH: usize = 90;
pub(super) const MEANING_WIDTH: usize = 100;

/// Height of one line in points.
const LINE: f64 = 15.0;

/// Height of a row with a text in a column of this width, in points: not every program finds it out by itself.
pub(super) fn height(text: &str, width: usize) -> f64 {
    // A letter is on average as wide as a digit, some lines end early.
    LINE * wrapped(text, width * 9 / 10).len().max(1) as f64
}

/// Makes a row as high as the longest of its sentences needs.
pub(super) fn higher<'t>(
    worksheet: &mut Worksheet,
    row: u32,
    sentences: impl Iterator<Item = &'t str>,
) -> Result<(), XlsxError> {
    let n_lines = sentences.map(|text| wrapped(text, SENTENCE_LETTERS).len()).max().unwrap_or(0);
    if n_lines > 1 {
        worksheet.set_row_height(row, LINE * n_lines as f64)?;
    }
    Ok(())
}

/// Rows of a list that are printed: as many as a team works in some days. The rest stays in the sheet.
pub(super) const PRINTED_ROWS: usize = 200;

/// Prints the first rows of a longer list alone, and says so on each page.
pub(super) fn print_rows(worksheet: &mut Worksheet, as_of: Date, n_rows: usize, last: u16) -> Result<(), XlsxError> {
    worksheet.set_print_area(0, 0, u32::try_from(PRINTED_ROWS).unwrap_or(u32::MAX), last)?;
    let [first, all] = [PRINTED_ROWS, n_rows].map(|n| grouped(n as u64));
    worksheet.set_footer(format!("&L&A, {as_of}: the first {first} of {all} rows&RPage &P of &N"));
    Ok(())
}

/// Columns that a person uses at the phone, beside the probability that ranks the list and the columns of the shop's own: they are
/// open, and printed.
pub(super) const WORKED: [&str; 9] = [
    "rank",
    "customer_id",
    "expected_net_gain",
    "value_at_stake",
    "expected_next_order_date",
    "reason_1",
    "cause",
    "recommended_action",
    "group",
];

/// The table of lost customers to ask.
pub const INTERVIEWS: &str = "interviews";

/// All reasons of a customer, in that table.
pub(super) const REASONS: &str = "reasons";

/// Its columns that a person reads before the talk: they are open, and printed.
pub(super) const ASKED: [&str; 8] = [
    "customer_id",
    "cause",
    "cause_why",
    "last_order_date",
    "spend_past_year",
    "complaints",
    "open_complaints",
    REASONS,
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
