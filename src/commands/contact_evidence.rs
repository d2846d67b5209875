//! What a run says of its own contacts: what each action did to those who were contacted, beside those left alone.

use crate::decide::{
    ALL_STAGES, ActionEvidence, ContactComparison, ContactEvidence, ContactFinding, Estimate, LEAST_CUSTOMERS,
    RateEvidence,
};
use crate::text::{counted, grouped, printable, verb};

/// The paragraph on what was measured.
///
/// * `is_used` - whether the list takes rates as they were measured.
pub(super) fn in_words(evidence: &ContactEvidence, is_used: bool, n_left_in_peace: u64) -> String {
    let told: Vec<String> =
        evidence.actions.iter().flat_map(|action| of_action(action, evidence.horizon_days, is_used)).collect();
    if told.is_empty() {
        return format!(
            "nothing yet: an action can be judged once {LEAST_CUSTOMERS} customers were contacted with it and {LEAST_CUSTOMERS} \
             were left alone, with rows of both in the table of contacts (`arm`) that are {} days old",
            evidence.horizon_days
        );
    }
    let peace = match n_left_in_peace {
        0 => String::new(),
        n => format!(". {} {} left in peace for it", counted(n, "customer"), verb(n, "is", "are")),
    };
    format!("{} (report.json has all){peace}", told.join("; "))
}

/// What is known of one action: all customers, and the stages that it drives away.
fn of_action(action: &ActionEvidence, days: u32, is_used: bool) -> Vec<String> {
    let is_told = |one: &&ContactComparison| match one.finding {
        ContactFinding::TooFew => false,
        ContactFinding::Lowers => true,
        _ => one.group == ALL_STAGES,
    };
    let name = printable(&action.action);
    let comparison = |one: &ContactComparison| {
        let group = if one.group == ALL_STAGES { String::new() } else { format!(", stage {}", one.group) };
        format!("{name}{group}: {}", of_comparison(one, days))
    };
    let rates = [("keeps", action.save_rate), ("brings back", action.winback_rate)];
    let rates = rates.into_iter().filter_map(|(does, rate)| of_rate(does, &rate?, is_used));
    let told: Vec<String> = action.comparisons.iter().filter(is_told).map(comparison).collect();
    if told.is_empty() { told } else { told.into_iter().chain(rates).collect() }
}

fn of_comparison(one: &ContactComparison, days: u32) -> String {
    let arms = &one.arms;
    let shares = format!(
        "{:.1} % of {} contacted bought within {days} days, {:.1} % of {} left alone",
        100.0 * arms.contacted.share(),
        grouped(arms.contacted.n_customers),
        100.0 * arms.control.share(),
        grouped(arms.control.n_customers)
    );
    let says = match one.finding {
        ContactFinding::ArmsDifferBefore => {
            "but they differed before the contact already, so that this proves nothing: draw the control group by chance"
        }
        ContactFinding::Lowers => "contacts drive them away",
        ContactFinding::Raises => "contacts help",
        ContactFinding::NoDifference | ContactFinding::TooFew => "chance can explain the difference",
    };
    format!("{shares}; {says}")
}

fn of_rate(does: &str, rate: &RateEvidence, is_used: bool) -> Option<String> {
    let Estimate { value, interval: [low, high], .. } = rate.measured?;
    let [playbook, value, low, high] = [rate.playbook, value, low, high].map(|share| 100.0 * share);
    let used = match rate.together.filter(|_| is_used) {
        Some(together) => format!("; the list takes {:.0} %", 100.0 * together),
        None => String::new(),
    };
    let measured = if value > 0.0 { format!("{value:.0} %") } else { "nobody".to_owned() };
    Some(format!(
        "the playbook says that it {does} {playbook:.0} %, your contacts say {measured} ({low:.0} to {high:.0} %){used}"
    ))
}
