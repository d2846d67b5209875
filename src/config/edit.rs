//! Puts a horizon and an active window into the text of a config and leaves every other line as it is.

use super::knobs::{ACTIVE_DAYS, HORIZON_DAYS};
use crate::units::Days;

/// The text with `horizon_days` and `active_days` of `[churn]` set; comments behind them stay. The section is added at the
/// end if there is none. What is written in another form than a section is not found: read the result before you use it.
#[must_use]
pub fn with_churn(text: &str, horizon: Days, active: Days) -> String {
    let mut wanted = vec![(HORIZON_DAYS.name, horizon), (ACTIVE_DAYS.name, active)];
    let mut lines: Vec<String> = Vec::new();
    let (mut inside, mut header) = (false, None);
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = section_name(line) == Some("churn");
            header = header.or(inside.then_some(lines.len()));
        }
        let key = line.split_once('=').map(|(key, _)| key.trim());
        match wanted.iter().position(|(name, _)| inside && key == Some(*name)) {
            Some(place) => {
                let (name, days) = wanted.remove(place);
                let comment =
                    line.find('#').and_then(|at| line.get(at..)).map_or(String::new(), |it| format!("  {it}"));
                lines.push(format!("{name} = {}{comment}", days.0));
            }
            None => lines.push(line.to_owned()),
        }
    }
    let header = header.unwrap_or_else(|| {
        lines.extend([String::new(), "[churn]".to_owned()]);
        lines.len() - 1
    });
    let missing = wanted.into_iter().map(|(name, days)| format!("{name} = {}", days.0));
    let after: Vec<String> = lines.split_off(header + 1);
    lines.extend(missing.chain(after));
    lines.join("\n") + "\n"
}

/// The name of a section from its line.
fn section_name(line: &str) -> Option<&str> {
    Some(line.trim_start().strip_prefix('[')?.split_once(']')?.0.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_keys_are_set_and_everything_else_stays() {
        let text =
            "name = \"x\"\n\n[churn]\n# how long\nhorizon_days = 30 # old\ngap_days = 1\n\n[panel]\nstep_days = 30\n";
        let expected = "name = \"x\"\n\n[churn]\nactive_days = 180\n# how long\nhorizon_days = 60  # old\ngap_days = 1\n\n\
                        [panel]\nstep_days = 30\n";
        assert_eq!(with_churn(text, Days(60), Days(180)), expected);
        assert_eq!(with_churn(expected, Days(60), Days(180)), expected, "a second time changes nothing");
    }

    #[test]
    fn a_missing_section_is_added_and_keys_of_others_are_left_alone() {
        let text = "[value]\nhorizon_days = 365\n";
        let expected = "[value]\nhorizon_days = 365\n\n[churn]\nhorizon_days = 7\nactive_days = 14\n";
        assert_eq!(with_churn(text, Days(7), Days(14)), expected);
    }
}
