//! From the playbook as written to the checked one. Every violation is collected before anything is refused.

use std::path::Path;

use super::super::allowed::Allowed;
use super::super::catalogue::Key;
use super::super::error::{ConfigError, Violation};
use super::super::keys::{Written, is_name, join, labels, nearest, read_as};
use super::super::values::Check;
use super::actions::{Action, Channel, Incentive, Playbook, Rate};
use super::condition::{Condition, ConditionColumn, Unreadable};
use super::knobs::{self, PLAYBOOK_SECTIONS};
use super::raw::{RawAction, RawChannel, RawPlaybook, RawRate};

/// The file name of a playbook that is drafted beside a config.
pub const PLAYBOOK_FILE: &str = "playbook.toml";

/// The default playbook as a file with comments.
pub const DEFAULT_PLAYBOOK: &str = include_str!("default.toml");

/// Longest hint, in characters.
const MAX_HINT: usize = 200;

impl Playbook {
    /// The playbook that comes with `retain`.
    ///
    /// # Errors
    /// None: a test reads it.
    pub fn default_one() -> Result<Self, ConfigError> {
        Ok(Self { is_default: true, ..Self::from_toml(DEFAULT_PLAYBOOK, Path::new(PLAYBOOK_FILE))? })
    }

    /// Reads and checks the text of a playbook. `file` is not opened.
    ///
    /// # Errors
    /// [`ConfigError::NotToml`] if the text is not TOML, otherwise [`ConfigError::Playbook`] with everything that is wrong.
    pub fn from_toml(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let Written { raw, lines, violations } = read_as::<RawPlaybook>(text, file, PLAYBOOK_SECTIONS)?;
        let mut check = Check { folder: Path::new(""), lines: &lines, violations };
        let playbook = check.playbook(&raw);
        let mut violations = check.violations;
        violations.sort_by_key(|violation| violation.place().line.unwrap_or(usize::MAX));
        match playbook {
            Some(playbook) if violations.is_empty() => Ok(playbook),
            _ => Err(ConfigError::Playbook { file: file.to_owned(), violations }),
        }
    }
}

impl Check<'_> {
    fn playbook(&mut self, raw: &RawPlaybook) -> Option<Playbook> {
        let labels = labels(raw.action.iter().map(|action| action.name.as_deref()));
        let sections: Vec<String> = labels.iter().map(|label| join(knobs::ACTION, label)).collect();
        let actions: Vec<Option<Action>> =
            raw.action.iter().zip(&sections).map(|(action, section)| self.action(section, action)).collect();
        for (at, (action, section)) in raw.action.iter().zip(&sections).enumerate() {
            if action.name.is_some() && raw.action.iter().take(at).any(|other| other.name == action.name) {
                let why = format!("another action is called `{}`", action.name.as_deref().unwrap_or_default());
                self.contradiction(section, &knobs::ACTION_NAME, why, "names differ");
            }
        }
        if raw.action.is_empty() {
            self.missing("", knobs::ACTION, knobs::ACTIONS.meaning, knobs::ACTIONS.allowed);
        }
        let currency =
            raw.currency.as_deref().and_then(|code| self.currency("", &knobs::PLAYBOOK_CURRENCY, Some(code)));
        let channels = self.channels(raw);
        let actions: Option<Vec<Action>> = actions.into_iter().collect();
        Some(Playbook {
            is_default: false,
            currency: currency.map(|currency| currency.code().to_owned()),
            converted: None,
            channels: channels?,
            actions: actions.filter(|actions| !actions.is_empty())?,
        })
    }

    fn channels(&mut self, raw: &RawPlaybook) -> Option<Vec<Channel>> {
        let channel = |(name, channel): (&String, &RawChannel)| {
            let section = join(knobs::CHANNELS, name);
            let used: Vec<&str> = raw.action.iter().filter_map(|action| action.channel.as_deref()).collect();
            if !used.contains(&name.as_str()) {
                let near = nearest(name, used.iter().copied())
                    .map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
                let place = self.place(knobs::CHANNELS, name);
                let why = format!("no action has the channel `{name}`{near}");
                self.violations.push(Violation::Refused {
                    place,
                    why,
                    instead: "write the name of a channel as the actions do",
                });
            }
            let capacity = self.count(&section, &knobs::CHANNEL_CAPACITY, channel.capacity);
            Some(Channel { name: name.clone(), capacity: capacity? })
        };
        let channels: Vec<Option<Channel>> = raw.channels.iter().map(channel).collect();
        channels.into_iter().collect()
    }

    fn action(&mut self, section: &str, raw: &RawAction) -> Option<Action> {
        let name = self.action_name(section, raw);
        let level = self.word(section, &knobs::LEVEL, raw.level.as_deref());
        let channel = raw.channel.as_deref().and_then(|channel| self.text(section, &knobs::CHANNEL, Some(channel)));
        let complaints = self.word(section, &knobs::COMPLAINTS, raw.complaints.as_deref());
        self.words_of_list(section, &knobs::STAGES, &raw.stages);
        self.words_of_list(section, &knobs::SEGMENTS, &raw.segments);
        self.words_of_list(section, &knobs::QUADRANTS, &raw.quadrants);
        self.words_of_list(section, &knobs::CAUSES, &raw.causes);
        let conditions = self.conditions(section, &raw.conditions);
        let condition = raw.condition.as_deref().and_then(|sql| self.written(section, &knobs::WHERE, Some(sql)));
        let contact_cost = self.number(section, &knobs::CONTACT_COST, raw.contact_cost);
        let incentive = self.incentive(section, raw);
        let [save_rate, take_rate, winback_rate, wake_rate] = [
            (&knobs::SAVE_RATE, &raw.save_rate),
            (&knobs::TAKE_RATE, &raw.take_rate),
            (&knobs::WINBACK_RATE, &raw.winback_rate),
            (&knobs::WAKE_RATE, &raw.wake_rate),
        ]
        .map(|(key, rate)| self.rate(section, key, rate.as_ref()));
        let capacity = raw.capacity.and_then(|capacity| self.count(section, &knobs::CAPACITY, Some(capacity)));
        let share = raw.control_share.and_then(|share| self.number(section, &knobs::ACTION_CONTROL_SHARE, Some(share)));
        let cool_down = raw.cool_down_days.and_then(|days| self.days(section, &knobs::COOL_DOWN_DAYS, Some(days)));
        self.hint(section, raw.hint.as_deref());
        self.contradictions(section, raw);
        Some(Action {
            name: name?,
            level: level?,
            channel,
            complaints: complaints?,
            stages: raw.stages.clone(),
            segments: raw.segments.clone(),
            quadrants: raw.quadrants.clone(),
            causes: raw.causes.clone(),
            conditions: conditions?,
            condition: condition.map(str::to_owned),
            suggests_category: raw.suggests_category.unwrap_or(false),
            contact_cost: contact_cost?,
            incentive: incentive?,
            save_rate: save_rate?,
            take_rate: take_rate?,
            winback_rate: winback_rate?,
            wake_rate: wake_rate?,
            capacity,
            control_share: share,
            cool_down,
            hint: raw.hint.clone(),
        })
    }

    fn action_name(&mut self, section: &str, raw: &RawAction) -> Option<String> {
        let name = self.written(section, &knobs::ACTION_NAME, raw.name.as_deref())?;
        if is_name(name) { Some(name.to_owned()) } else { self.unsuitable(section, &knobs::ACTION_NAME, name) }
    }

    /// Words that the list does not have.
    fn words_of_list(&mut self, section: &str, key: &Key, written: &[String]) {
        let Allowed::Words(known) = key.allowed else { return };
        for word in written.iter().filter(|word| !known.contains(&word.as_str())) {
            let nearest = nearest(word, known.iter().copied()).map(str::to_owned);
            self.unknown(section, key, word, nearest);
        }
    }

    fn conditions(&mut self, section: &str, texts: &[String]) -> Option<Vec<Condition>> {
        let read = |text: &String| match Condition::read(text) {
            Ok(condition) => Some(condition),
            Err(Unreadable::Form) => self.unsuitable(section, &knobs::CONDITIONS, text),
            Err(Unreadable::Column(name)) => {
                let nearest = nearest(&name, ConditionColumn::ALL.map(ConditionColumn::name)).map(str::to_owned);
                self.unknown(section, &knobs::CONDITIONS, text, nearest);
                None
            }
        };
        let conditions: Vec<Option<Condition>> = texts.iter().map(read).collect();
        conditions.into_iter().collect()
    }

    fn incentive(&mut self, section: &str, raw: &RawAction) -> Option<Incentive> {
        let amount = raw.incentive.map(|amount| self.number(section, &knobs::INCENTIVE, Some(amount)));
        let share = raw.incentive_share.map(|share| self.number(section, &knobs::INCENTIVE_SHARE, Some(share)));
        let ceiling = raw.incentive_ceiling.map(|most| self.number(section, &knobs::INCENTIVE_CEILING, Some(most)));
        match (amount, share) {
            (None, None) => Some(Incentive::None),
            (Some(amount), None) => Some(Incentive::Amount(amount?)),
            (_, Some(share)) => Some(Incentive::ShareOfOrder { share: share?, ceiling: ceiling.flatten() }),
        }
    }

    /// The rate of an action; of what is not written, none.
    fn rate(&mut self, section: &str, key: &Key, raw: Option<&RawRate>) -> Option<Rate> {
        let Some(raw) = raw else { return Some(Rate::NONE) };
        let section = join(section, key.name);
        let mean = self.number(&section, &knobs::MEAN, raw.mean);
        let weight = self.number(&section, &knobs::WEIGHT, raw.weight);
        let evidence = self.word(&section, &knobs::EVIDENCE, raw.evidence.as_deref());
        Some(Rate { mean: mean?, weight: weight?, evidence: evidence? })
    }

    fn hint(&mut self, section: &str, hint: Option<&str>) {
        let is_long = |hint: &str| hint.chars().count() > MAX_HINT || hint.trim().is_empty();
        if let Some(hint) = hint.filter(|hint| is_long(hint) || hint.contains(char::is_control)) {
            self.unsuitable::<()>(section, &knobs::HINT, hint);
        }
    }

    /// Keys of one action that speak against each other.
    fn contradictions(&mut self, section: &str, raw: &RawAction) {
        let gives = raw.incentive.is_some() || raw.incentive_share.is_some();
        if raw.incentive.is_some() && raw.incentive_share.is_some() {
            let why = "`incentive` gives an amount already".to_owned();
            self.contradiction(section, &knobs::INCENTIVE_SHARE, why, "leave one of the two out");
        }
        if raw.incentive_ceiling.is_some() && raw.incentive_share.is_none() {
            let why = "there is no `incentive_share` that it could limit".to_owned();
            self.contradiction(section, &knobs::INCENTIVE_CEILING, why, "leave it out, or give `incentive_share`");
        }
        if gives && raw.take_rate.is_none() {
            let meaning = "who would have bought anyway takes an incentive too, and the rate of it is a cost";
            self.missing(section, knobs::TAKE_RATE.name, meaning, Allowed::Rate);
        }
        if !gives && raw.take_rate.is_some() {
            let why = "the action gives nothing that could be taken".to_owned();
            self.contradiction(
                section,
                &knobs::TAKE_RATE,
                why,
                "leave it out, or give `incentive` or `incentive_share`",
            );
        }
        let resolves = raw.complaints.as_deref() == Some("resolve");
        if gives && resolves {
            let key = if raw.incentive.is_some() { &knobs::INCENTIVE } else { &knobs::INCENTIVE_SHARE };
            let why = "a complaint is settled, never answered with a discount".to_owned();
            self.contradiction(
                section,
                key,
                why,
                "leave it out; what is given back for the fault is part of `contact_cost`",
            );
        }
        if raw.save_rate.is_none() && raw.winback_rate.is_none() {
            let meaning = "without it and without `winback_rate` the action can never gain anything";
            self.missing(section, knobs::SAVE_RATE.name, meaning, Allowed::Rate);
        }
    }

    fn contradiction(&mut self, section: &str, key: &Key, why: String, instead: &'static str) {
        let place = self.place(section, key.name);
        self.violations.push(Violation::Refused { place, why, instead });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "[[action]]\nname = 'call'\nlevel = 'social'\ncontact_cost = 5.0\nsave_rate = { mean = 0.1 }\n";

    fn said(text: &str) -> Vec<String> {
        let Err(error) = Playbook::from_toml(text, Path::new("playbook.toml")) else { return Vec::new() };
        error.to_string().lines().skip(2).map(|line| line.trim().to_owned()).collect()
    }

    fn with(key: &str) -> String {
        format!("{CALL}{key}\n")
    }

    #[test]
    fn the_default_playbook_is_one() {
        let playbook = Playbook::default_one().unwrap();
        assert!(playbook.is_default && playbook.actions.len() >= 5);
        assert!(playbook.actions.iter().any(Action::resolves));
        let rates =
            playbook.actions.iter().flat_map(|action| [action.save_rate, action.winback_rate, action.take_rate]);
        assert!(rates.into_iter().all(|rate| rate.evidence == super::super::actions::Evidence::Assumed));
    }

    #[test]
    fn an_action_needs_little() {
        let playbook = Playbook::from_toml(CALL, Path::new("playbook.toml")).unwrap();
        let action = &playbook.actions[0];
        assert_eq!((action.incentive, action.capacity, action.save_rate.weight), (Incentive::None, None, 20.0));
        assert!(!action.resolves() && !playbook.is_default);
    }

    #[test]
    fn what_is_unknown_is_named_with_its_line_and_the_nearest() {
        assert_eq!(
            said(&with("contact_cots = 1.0")),
            [
                "line 6: `action.call.contact_cots` is not a known key; `[[action]]` knows `name`, `level`, `channel`, \
              `complaints`, `stages`, `segments`, `quadrants`, `causes`, `conditions`, `where`, `suggests_category`, `contact_cost`, `incentive`, `incentive_share`, `incentive_ceiling`, \
              `save_rate`, `take_rate`, `winback_rate`, `wake_rate`, `capacity`, `control_share`, `cool_down_days`, `hint`",
                "hint: the nearest known key is `action.call.contact_cost`"
            ]
        );
        let found = said(&with("winback_rate = { maen = 0.1 }"));
        assert!(found[0].starts_with("line 6: `action.call.winback_rate.maen` is not a known key"), "{found:?}");
        assert!(found[2].contains("`action.call.winback_rate.mean` is missing"), "{found:?}");
        let found = said(&with("stages = ['loyl']"));
        assert!(found[0].ends_with("came `loyl`") && found[1] == "hint: the nearest known is `loyal`", "{found:?}");
        let found = said(&with("causes = ['prize']"));
        assert!(found[0].ends_with("came `prize`") && found[1] == "hint: the nearest known is `price`", "{found:?}");
        let found = said(&with("conditions = ['value_at_steak > 5']"));
        assert_eq!(found[1], "hint: the nearest known is `value_at_stake`");
        let found = said(&format!("{}[channels.fone]\ncapacity = 5\n", with("channel = 'phone'")));
        assert!(found[0].contains("no action has the channel `fone`; the nearest is `phone`"), "{found:?}");
        assert!(said("[[acton]]\nname = 'x'\n")[0].contains("`acton` is not a known key; the top of the file knows"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (key, what) in [
            ("incentive = 5.0", "`action.call.take_rate` is missing"),
            ("take_rate = { mean = 0.4 }", "gives nothing that could be taken"),
            ("incentive_ceiling = 5.0", "no `incentive_share`"),
            ("incentive = 5.0\nincentive_share = 0.1\ntake_rate = { mean = 0.4 }", "gives an amount already"),
            ("incentive = 5.0\ncomplaints = 'resolve'\ntake_rate = { mean = 0.4 }", "never answered with a discount"),
            ("winback_rate = { mean = 1.5 }", "came 1.5"),
            ("winback_rate = { mean = 0.0 }", "came 0.0"),
            ("winback_rate = { mean = 0.5, weight = 0 }", "came 0.0"),
            ("winback_rate = 0.5", "must be a table such as"),
            ("capacity = -1", "came -1"),
            ("control_share = 0.7", "came 0.7"),
            ("hint = ''", "came nothing"),
            ("conditions = ['value']", "came `value`"),
        ] {
            let found = said(&with(key)).join("\n");
            assert!(found.contains(what), "{key}: {found}");
        }
        assert!(said(&CALL.replace("save_rate = { mean = 0.1 }", "")).join("").contains("can never gain anything"));
        assert!(said(&CALL.replace("5.0", "-5.0")).join("").contains("came -5.0"));
        assert!(said(&[CALL, CALL].concat()).join("").contains("another action is called `call`"));
        assert!(said("").join("").contains("`action` is missing"));
    }
}
