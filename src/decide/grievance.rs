//! The complaint that has to be settled before anything else.

use jiff::civil::Date;

/// A complaint that is open or was closed badly.
#[derive(Debug, Clone, PartialEq)]
pub struct Grievance {
    /// The day on which it was opened.
    pub opened: Date,
    /// Its cause, if it is recorded.
    pub category: Option<String>,
    /// What became of it.
    pub state: GrievanceState,
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GrievanceState {
    /// It waits for a resolution.
    Open,
    /// Its handling was rated badly.
    BadlyRated {
        /// The rating.
        rating: f64,
    },
}

impl Grievance {
    /// The complaint as a part of a sentence.
    #[must_use]
    pub fn named(&self) -> String {
        let category = self.category.as_deref().map_or_else(String::new, |category| format!(" ({category})"));
        let day = day_in_words(self.opened);
        match self.state {
            GrievanceState::Open => format!("the one of {day}{category}, which is open"),
            GrievanceState::BadlyRated { rating } => {
                format!("the one of {day}{category}, which is closed and whose handling was rated {rating}")
            }
        }
    }
}

/// A day as a person writes it.
#[must_use]
pub fn day_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}
