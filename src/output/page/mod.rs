//! The page of a run: one file with three parts, for the retention team, the manager and the data scientist. It loads
//! nothing: style, script and data stand in it, and its policy lets nothing else run.

mod audits;
mod backtest;
mod backtest_outcomes;
mod backtest_values;
mod causes;
mod columns;
mod customer;
mod data;
mod decided;
mod deviations;
mod document;
mod figure;
mod forecast;
mod input;
mod interviews;
mod lists_so_far;
mod measured_rates;
mod model;
mod months;
mod moves;
mod plans_so_far;
mod segments;
mod shop;
mod stages;
mod template;
mod words;
mod year;

use serde::Serialize;

use figure::Part;
use words::Words;

pub use backtest::BacktestInput;
pub use columns::{Columns, Values};
pub use customer::customer_page;
pub use data::{DETAILED_ROWS, PAGE_ROWS};
pub use input::{PageInput, PageList};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page as HTML.
///
/// # Errors
/// What the template engine says.
pub fn page(input: &PageInput<'_>) -> Result<String, minijinja::Error> {
    render(&Whole {
        policy: policy(),
        style: STYLE,
        list: Some(ListPart { script: SCRIPT, data: data::data_of(input) }),
        words: words::of(input),
        parts: vec![shop::part(input), model::part(input)],
    })
}

/// The page of a backtest as HTML.
///
/// # Errors
/// What the template engine says.
pub fn backtest_page(input: &BacktestInput<'_>) -> Result<String, minijinja::Error> {
    render(&Whole {
        policy: policy_of_style(),
        style: STYLE,
        list: None,
        words: backtest::words(input),
        parts: vec![backtest::part(input)],
    })
}

fn render(whole: &Whole) -> Result<String, minijinja::Error> {
    template::render(TEMPLATE, whole)
}

/// What the template sets.
#[derive(Serialize)]
struct Whole {
    policy: String,
    style: &'static str,
    /// The list with its filters and panel; `None` on a page that only shows figures.
    list: Option<ListPart>,
    #[serde(flatten)]
    words: Words,
    parts: Vec<Part>,
}

/// What the list of a page works with.
#[derive(Serialize)]
struct ListPart {
    script: &'static str,
    data: String,
}

/// The content security policy: this style and this script, and nothing else from anywhere.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(hash);
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'"
    )
}

/// The policy of a page without a script.
fn policy_of_style() -> String {
    format!("default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'", hash(STYLE))
}

/// A text as a policy names it.
fn hash(text: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text)))
}
