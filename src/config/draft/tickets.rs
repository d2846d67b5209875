//! Tickets that may be no complaints: which count is for a person to say.

use super::text::{comment, one_line, text};
use crate::config::expressions::always_quoted;
use crate::config::found::{DraftColumn, ValueCount};
use crate::config::name_words::in_words;
use crate::config::proposal::Proposal;
use crate::config::tables::Table;

/// First words of kinds of tickets that ask or request and complain of nothing, in the languages of exports.
const QUESTIONS: &[&str] = &[
    "question",
    "questions",
    "inquiry",
    "enquiry",
    "information",
    "info",
    "frage",
    "fragen",
    "anfrage",
    "rückfrage",
    "auskunft",
    "pregunta",
    "preguntas",
    "consulta",
    "duda",
    "domanda",
    "richiesta",
    "pergunta",
    "dúvida",
    "vraag",
    "vragen",
    "pytanie",
    "zapytanie",
    "fråga",
    "spørgsmål",
    "spørsmål",
    "soru",
    "質問",
    "お問い合わせ",
    "вопрос",
];

/// Asks about kinds of tickets that are questions, with what to add to the filter.
pub(super) fn ask_about_questions(draft: &mut String, proposal: &Proposal) {
    if proposal.table != Table::Complaints {
        return;
    }
    for column in &proposal.peek.columns {
        let questions: Vec<&ValueCount> = column.values.iter().filter(|own| is_question(&own.value)).collect();
        if !questions.is_empty() && questions.len() < column.values.len() {
            comment(draft, &asked(column, &questions));
        }
    }
}

/// Whether a kind of ticket is a question by its first word.
fn is_question(value: &str) -> bool {
    in_words(value).first().is_some_and(|word| QUESTIONS.contains(&word.as_str()))
}

fn asked(column: &DraftColumn, questions: &[&ValueCount]) -> String {
    let told: Vec<String> =
        questions.iter().map(|own| format!("`{}` ({} rows)", one_line(&own.value), own.rows)).collect();
    let listed: Vec<String> =
        questions.iter().map(|own| format!("'{}'", one_line(&own.value).replace('\'', "''"))).collect();
    let name = always_quoted(&column.name);
    let column = if column.n_empty > 0 { format!("COALESCE({name}, '')") } else { name };
    let condition = format!("{column} NOT IN ({})", listed.join(", "));
    format!("Are these complaints: {}? If not, the filter needs {}.", told.join(", "), text(&condition))
}
