//! What findings show of rows: ids and other values as they are, hashed with a salt, or nothing.

use super::error::DataError;
use super::finding::Finding;
use crate::config::{Config, Examples};
use crate::text::printable;

/// Letters of a hash: enough that no two ids of three look alike.
const LETTERS: usize = 12;
/// What stands in place of a value that is not shown.
const HIDDEN: &str = "...";

/// How values are shown.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    AsTheyAre,
    Hashed([u8; 32]),
    Not,
}

impl Shown {
    /// As the config says.
    ///
    /// # Errors
    /// `DataError::NoSalt` if hashes are asked for and the environment has no salt; the message does not repeat it.
    pub(super) fn of(config: &Config) -> Result<Self, DataError> {
        match config.privacy.examples {
            Examples::Shown => Ok(Self::AsTheyAre),
            Examples::Hidden => Ok(Self::Not),
            Examples::Hashed => {
                let variable = config.privacy.salt_env.clone().unwrap_or_default();
                let salt = std::env::var(&variable).ok().filter(|salt| !salt.is_empty());
                let salt = salt.ok_or(DataError::NoSalt { variable })?;
                Ok(Self::Hashed(blake3::derive_key("retain 2026-11-30 examples of findings", salt.as_bytes())))
            }
        }
    }

    /// Takes values of rows out of findings: out of their examples, and where messages and hints name them.
    pub(super) fn guard(self, findings: &mut [Finding]) {
        if matches!(self, Self::AsTheyAre) {
            return;
        }
        for finding in findings {
            let named = finding.names.take();
            let values: Vec<String> =
                finding.examples.iter().flat_map(|example| values(example)).map(str::to_owned).chain(named).collect();
            for value in values.iter().filter(|value| !value.is_empty()) {
                let instead = self.instead_of(value);
                let without = |text: &str| without(text, value, &instead);
                finding.message = without(&finding.message);
                finding.hint = finding.hint.as_deref().map(without);
                finding.examples.iter_mut().for_each(|example| *example = without(example));
            }
            if matches!(self, Self::Not) {
                finding.examples.clear();
            }
        }
    }

    fn instead_of(self, value: &str) -> String {
        match self {
            Self::Hashed(key) => blake3::keyed_hash(&key, value.as_bytes()).to_hex().chars().take(LETTERS).collect(),
            Self::AsTheyAre | Self::Not => HIDDEN.to_owned(),
        }
    }
}

/// The values of an example such as ``customer `A-1` ``: what stands between marks, or all of it.
fn values(example: &str) -> Vec<&str> {
    let marked: Vec<&str> = example.split('`').skip(1).step_by(2).collect();
    if marked.is_empty() { vec![example] } else { marked }
}

/// A text without a value that stands in it between marks, as itself or as SQL has it, or that it consists of.
fn without(text: &str, value: &str, instead: &str) -> String {
    if text == value {
        return instead.to_owned();
    }
    let in_sql = format!("'{}'", value.replace('\'', "''"));
    let marked = format!("`{value}`");
    let as_printed = format!("`{}`", printable(value));
    let other = format!("`{instead}`");
    text.replace(&marked, &other).replace(&as_printed, &other).replace(&in_sql, &format!("'{instead}'"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    fn findings() -> Vec<Finding> {
        let alike = Finding::new("ids_alike", "purchases", Severity::Warning, "2 ids look alike".to_owned())
            .with_examples(["customer `ann@shop.example` and `Ann@shop.example`".into(), "O'Hara".into()]);
        let most =
            Finding::new("placeholder_id", "purchases", Severity::Warning, "customer `O'Hara` has 9 %".to_owned())
                .naming("O'Hara")
                .with_hint("set it aside: `filter = \"customer <> 'O''Hara'\"`");
        vec![alike, most]
    }

    #[test]
    fn values_are_hashed_alike_wherever_they_stand_and_another_salt_hashes_them_otherwise() {
        let hashed = |salt: u8| {
            let mut findings = findings();
            Shown::Hashed([salt; 32]).guard(&mut findings);
            findings
        };
        let found = hashed(1);
        let text = found.iter().map(ToString::to_string).collect::<String>();
        assert!(!text.contains("ann@shop") && !text.contains("Hara"), "{text}");
        let hash = found[0].examples[1].clone();
        assert!(hash.len() == LETTERS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
        assert_eq!(found[1].message, format!("customer `{hash}` has 9 %"));
        assert_eq!(found[1].hint.as_deref(), Some(&*format!("set it aside: `filter = \"customer <> '{hash}'\"`")));
        assert!(found[0].examples[0].starts_with("customer `"), "{found:?}");
        assert_eq!(hashed(1), found);
        assert_ne!(hashed(2)[0].examples, found[0].examples);
    }

    #[test]
    fn nothing_is_shown_where_nothing_may_be_and_all_where_it_may() {
        let mut hidden = findings();
        Shown::Not.guard(&mut hidden);
        assert!(hidden.iter().all(|finding| finding.examples.is_empty()));
        assert_eq!(hidden[1].message, "customer `...` has 9 %");
        let mut shown = findings();
        Shown::AsTheyAre.guard(&mut shown);
        assert_eq!(shown, findings());
    }
}
