//! Tests of how the champion, its list and the history change: killed between any two steps, torn, failing.

use std::io::Write;
use std::path::Path;

use super::layout::HISTORY;
use super::promotion::STEPS;
use super::tests::{error, registry, version};
use super::*;
use crate::files::{OutputFolder, Ready};
use crate::units::Timestamp;

const NOW: Timestamp = Timestamp(0);

/// A list of a version that only waits for its place.
fn list(folder: &Path, version: &str) -> Ready {
    // A folder that was made for a run goes with the claim, which ends here before the files have come.
    std::fs::create_dir_all(folder).unwrap();
    let output = OutputFolder::claim(folder, crate::units::Timestamp(0)).unwrap();
    let staged = output.stage().unwrap();
    staged.add("list.csv", |writer| write!(writer, "list of {version}")).unwrap();
    staged.add("manifest.json", |writer| write!(writer, "manifest of {version}")).unwrap();
    staged.ready().unwrap()
}

fn listed(folder: &Path) -> Option<[String; 2]> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    Some([text("list.csv")?, text("manifest.json")?])
}

fn list_of(version: &str) -> [String; 2] {
    [format!("list of {version}"), format!("manifest of {version}")]
}

fn last_champion(registry: &Registry) -> Option<String> {
    history::champion(&registry.history().unwrap().lines).map(str::to_owned)
}

/// Two versions, of which the first is the champion with a list, if there is to be one.
fn two_versions(registry: &Registry, list_before: Option<&Path>) -> [String; 2] {
    let writing = registry.write(NOW).unwrap();
    let [first, second] = [0.3, 0.4].map(|weight| writing.register(version(weight), NOW).unwrap().manifest.version);
    if let Some(folder) = list_before {
        writing.promote(&first, "better", NOW, Some(list(folder, &first))).unwrap();
    }
    [first, second]
}

#[test]
fn a_kill_between_any_two_steps_leaves_the_old_pair_or_the_new_one() {
    for has_champion in [true, false] {
        let mut n_new = 0;
        for n_steps in 0..=STEPS.len() {
            let (folder, registry) = registry();
            let day = folder.path().canonicalize().unwrap().join("runs/day");
            let [first, second] = two_versions(&registry, has_champion.then_some(&day));
            let old = (has_champion.then(|| first.clone()), has_champion.then(|| list_of(&first)));
            let new = (Some(second.clone()), Some(list_of(&second)));
            let writing = registry.write(NOW).unwrap();
            let line = Writing::line(Event::Promoted, &second, "better", NOW);
            let mut promotion = writing.promotion(line, Some(list(&day, &second))).unwrap();
            STEPS.iter().take(n_steps).for_each(|step| step(&mut promotion).unwrap());
            // A killed process drops nothing.
            std::mem::forget(promotion);
            drop(writing);
            let pair = || (registry.champion().unwrap(), listed(&day));
            let killed = pair();
            assert!(killed == old || killed == new, "{n_steps} steps: {killed:?}");
            let writing = registry.write(NOW).unwrap();
            assert_eq!(pair(), killed, "what was true stays true");
            assert!(!promotion::is_under_way(registry.folder()) && !day.join(".champion").exists());
            // A killed process may leave the folder that it had made.
            assert!(killed.1.is_some() || std::fs::read_dir(&day).map_or(0, Iterator::count) == 0);
            assert_eq!(last_champion(&registry), killed.0, "{n_steps} steps");
            let n_damaged = registry.history().unwrap().damaged.len();
            assert_eq!((writing.mended().len(), n_damaged), (usize::from((1..STEPS.len()).contains(&n_steps)), 0));
            n_new += usize::from(killed == new);
            match (killed == new, has_champion) {
                (true, true) => assert_eq!(writing.roll_back(NOW).unwrap(), first),
                _ => assert!(writing.roll_back(NOW).is_err()),
            }
        }
        assert_eq!(n_new, 3, "the list and the champion change by one step");
    }
}

#[test]
fn a_kill_without_a_list_and_one_whose_folder_stays_leave_a_history_that_tells_of_the_champion() {
    for with_list in [true, false] {
        for n_steps in 0..=STEPS.len() {
            let (folder, registry) = registry();
            let day = folder.path().canonicalize().unwrap().join("runs/day");
            let [first, second] = two_versions(&registry, Some(&day));
            std::fs::create_dir(day.join("kept")).unwrap();
            let writing = registry.write(NOW).unwrap();
            let line = Writing::line(Event::Promoted, &second, "better", NOW);
            let list = with_list.then(|| list(&day, &second));
            assert!(list.as_ref().is_none_or(|list| list.replacement().is_none()));
            let mut promotion = writing.promotion(line, list).unwrap();
            STEPS.iter().take(n_steps).for_each(|step| step(&mut promotion).unwrap());
            std::mem::forget(promotion);
            drop(writing);
            let writing = registry.write(NOW).unwrap();
            let champion = registry.champion().unwrap().unwrap();
            assert!([&first, &second].contains(&&champion));
            assert_eq!(last_champion(&registry).as_ref(), Some(&champion), "{n_steps} steps");
            if with_list {
                assert_eq!(listed(&day), Some(list_of(&champion)), "{n_steps} steps");
            }
            assert_eq!(writing.roll_back(NOW).is_ok(), champion == second);
        }
    }
}

#[test]
fn a_change_that_fails_leaves_everything_as_it_was() {
    let (folder, registry) = registry();
    let day = folder.path().canonicalize().unwrap().join("runs/day");
    let [first, second] = two_versions(&registry, Some(&day));
    let history = std::fs::read(registry.folder().join(HISTORY)).unwrap();
    let writing = registry.write(NOW).unwrap();
    let ready = list(&day, &second);
    // Neither the folder nor a file of it can take its place any more.
    std::fs::remove_dir_all(ready.replacement().unwrap()).unwrap();
    assert!(error(writing.promote(&second, "better", NOW, Some(ready))).starts_with("error[E701]"));
    assert_eq!((registry.champion().unwrap().unwrap(), listed(&day)), (first.clone(), Some(list_of(&first))));
    assert_eq!(std::fs::read(registry.folder().join(HISTORY)).unwrap(), history);
    assert!(!promotion::is_under_way(registry.folder()) && !day.join(".champion").exists());
}

#[test]
fn a_reader_settles_what_was_interrupted_unless_it_still_goes_on() {
    let (folder, registry) = registry();
    let day = folder.path().canonicalize().unwrap().join("runs/day");
    let [_, second] = two_versions(&registry, Some(&day));
    let writing = registry.write(NOW).unwrap();
    let line = Writing::line(Event::Promoted, &second, "better", NOW);
    let mut promotion = writing.promotion(line, Some(list(&day, &second))).unwrap();
    STEPS.iter().take(4).for_each(|step| step(&mut promotion).unwrap());
    assert_eq!(registry.settle(NOW).unwrap(), [], "another process is at it");
    assert_eq!(registry.champion().unwrap().as_ref(), Some(&second));
    drop(writing);
    assert_eq!(registry.settle(NOW).unwrap(), [Mended::Promoted { version: second }]);
    assert_eq!(registry.settle(NOW).unwrap(), []);
}

#[test]
fn a_torn_history_is_mended_and_tells_of_the_champion_again() {
    let (folder, registry) = registry();
    let [first, second] = two_versions(&registry, Some(&folder.path().join("day")));
    registry.write(NOW).unwrap().promote(&second, "better", NOW, None).unwrap();
    let path = registry.folder().join(HISTORY);
    let whole = std::fs::read(&path).unwrap();
    let last_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for length in [last_line, last_line + 1, whole.len() - 20, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let writing = registry.write(NOW).unwrap();
        assert_eq!(last_champion(&registry).as_ref(), Some(&second), "{length} bytes");
        let history = registry.history().unwrap();
        assert!(history.damaged.is_empty() && !history.is_open);
        assert_eq!(writing.roll_back(NOW).unwrap(), first, "{length} bytes");
        writing.promote(&second, "again", NOW, None).unwrap();
    }
    let damaged = std::fs::read_to_string(registry.folder().join("history.damaged")).unwrap();
    assert_eq!(damaged.lines().count(), 2, "what was torn out is kept: {damaged}");
}

#[test]
fn a_champion_named_by_hand_and_a_version_brought_by_hand_come_into_the_history() {
    let (folder, registry) = registry();
    let [first, second] = two_versions(&registry, Some(&folder.path().join("day")));
    std::fs::write(registry.folder().join(CHAMPION), format!("{second}\n")).unwrap();
    std::fs::write(registry.folder().join(HISTORY), "").unwrap();
    let mended = registry.write(NOW).unwrap().mended().to_vec();
    let mut versions = [first, second.clone()];
    versions.sort();
    let versions = versions.map(|version| Mended::Version { version });
    assert_eq!(mended, [versions.to_vec(), vec![Mended::Champion { version: second }]].concat());
    assert_eq!(registry.write(NOW).unwrap().mended(), []);
}

#[test]
fn two_versions_of_one_second_are_two_and_the_same_version_is_one() {
    let (_folder, registry) = registry();
    let writing = registry.write(NOW).unwrap();
    let name = |version: Version| writing.register(version, NOW).unwrap().manifest.version;
    let other = || {
        let mut other = version(0.3);
        other.manifest.config = serde_json::json!({ "seed": 2 });
        other
    };
    let names = [name(version(0.3)), name(other()), name(version(0.3)), name(other())];
    assert_eq!((&names[0], &names[1]), (&names[2], &names[3]));
    assert_eq!(names[1], format!("{}-2", names[0]));
    assert_eq!(registry.versions().unwrap().len(), 2);
    assert_eq!(registry.load(&names[1]).unwrap().manifest.config, serde_json::json!({ "seed": 2 }));
    assert_eq!(registry.history().unwrap().lines.len(), 2);
}

#[test]
fn what_names_nothing_wedges_nothing() {
    let (_folder, registry) = registry();
    let [first, second] = two_versions(&registry, None);
    registry.write(NOW).unwrap().promote(&first, "better", NOW, None).unwrap();
    for plan in ["", "{\"version\": 3}", "\u{0}\u{0}"] {
        std::fs::write(registry.folder().join(".promotion.json"), plan).unwrap();
        assert_eq!(registry.settle(NOW).unwrap(), [Mended::Plan]);
        assert_eq!(registry.champion().unwrap().as_ref(), Some(&first));
        assert!(registry.settle(NOW).unwrap().is_empty());
    }
    // A champion that is no text is no version, and another can take its place.
    std::fs::write(registry.folder().join(CHAMPION), [0xff, 0xfe]).unwrap();
    assert!(error(registry.load(CHAMPION)).starts_with("error[E610]"));
    registry.write(NOW).unwrap().promote(&second, "better", NOW, None).unwrap();
    assert_eq!(registry.champion().unwrap().as_ref(), Some(&second));
    assert_eq!(last_champion(&registry), Some(second));
}

#[test]
fn pruning_keeps_the_newest_the_champion_and_its_predecessor_and_the_history() {
    let (_folder, registry) = registry();
    let writing = registry.write(NOW).unwrap();
    let names: Vec<String> = (1..=6)
        .map(|second| {
            let now = Timestamp(NOW.0 + second * 1_000_000);
            writing.register(version(f64::from(i32::try_from(second).unwrap())), now).unwrap().manifest.version
        })
        .collect();
    for name in [&names[0], &names[1], &names[2]] {
        writing.promote(name, "better", NOW, None).unwrap();
    }
    let gone = writing.dispensable(2).unwrap();
    assert_eq!(gone, [names[0].clone(), names[3].clone()]);
    for name in &gone {
        writing.remove(name, "by hand", NOW).unwrap();
    }
    drop(writing);
    assert_eq!(registry.versions().unwrap(), [&names[1], &names[2], &names[4], &names[5]].map(Clone::clone));
    assert_eq!(registry.champion().unwrap().as_ref(), Some(&names[2]));
    let history = registry.history().unwrap().lines;
    assert_eq!(history.iter().filter(|line| line.event == Event::Pruned).count(), 2);
    assert_eq!(registry.write(NOW).unwrap().mended(), [], "nothing is left to mend");
    assert_eq!(registry.write(NOW).unwrap().roll_back(NOW).unwrap(), names[1]);
}
