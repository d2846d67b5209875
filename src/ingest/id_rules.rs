//! Which customer ids are taken for one: those that differ in capitals, accents or blanks alone, where the config says so.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::Words;
use crate::config::{IdCase, IdTrim, TableConfig};

/// How customer ids of a table are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdRules {
    /// Their letters; as they came if nobody has said.
    pub case: Option<IdCase>,
    /// Their blanks.
    pub trim: Option<IdTrim>,
}

impl IdRules {
    /// The rules that make the most ids one.
    pub const ALL: Self = Self { case: Some(IdCase::Fold), trim: Some(IdTrim::All) };

    pub(crate) fn of(section: &TableConfig) -> Self {
        Self { case: section.id_case, trim: section.id_trim }
    }

    /// Whether any id can change.
    pub(crate) fn change_ids(self) -> bool {
        matches!(self.case, Some(IdCase::Lower | IdCase::Fold)) || self.trim == Some(IdTrim::All)
    }

    /// The id as it is then written.
    #[must_use]
    pub fn applied(self, id: &str) -> Cow<'_, str> {
        let mut written = Cow::Borrowed(id);
        if self.trim == Some(IdTrim::All) && (id.contains(char::is_whitespace) || id.ends_with(".0")) {
            let whole: String = id.chars().filter(|letter| !letter.is_whitespace()).collect();
            let shorter = whole.strip_suffix(".0").filter(|rest| !rest.is_empty()).map(str::to_owned);
            written = Cow::Owned(shorter.unwrap_or(whole));
        }
        let is_plain = written.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        match self.case {
            Some(IdCase::Lower) if !is_plain => Cow::Owned(written.to_lowercase()),
            Some(IdCase::Fold) if !is_plain && written.is_ascii() => Cow::Owned(written.to_ascii_lowercase()),
            Some(IdCase::Fold) if !is_plain => {
                let letters = written.nfkd().filter(|letter| !is_combining_mark(*letter));
                Cow::Owned(letters.collect::<String>().to_lowercase())
            }
            _ => written,
        }
    }

    /// The ids of a column as they are then written.
    pub(super) fn of_words(self, words: Words) -> Words {
        if self.change_ids() { words.renamed(|id| self.applied(id)) } else { words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_only_where_the_config_says_so() {
        let rules = |case, trim| IdRules { case, trim };
        let ids = ["Zoë.Brown@x.com", "zoë.brown@x.com", "AB 12", "AB12.0", "ab12", "\u{130}x", ".0"];
        let written = |rules: IdRules| ids.map(|id| rules.applied(id).into_owned());
        assert_eq!(written(IdRules::default()), ids);
        assert_eq!(written(rules(Some(IdCase::Keep), Some(IdTrim::Keep))), ids);
        let lower = written(rules(Some(IdCase::Lower), None));
        assert_eq!(lower[..5], ["zoë.brown@x.com", "zoë.brown@x.com", "ab 12", "ab12.0", "ab12"]);
        let all = written(IdRules::ALL);
        assert_eq!(all[..5], ["zoe.brown@x.com", "zoe.brown@x.com", "ab12", "ab12", "ab12"]);
        assert_eq!(all[6], ".0");
        assert!(!IdRules::default().change_ids() && IdRules::ALL.change_ids());
    }
}
