//! Faults at random: kills and stops at any time, a full disk, folders that may only be read, damaged bytes in every file that
//! a night reads. The last list and the champion stay whole, the next night succeeds, and nothing is left over.
//!
//! `RETAIN_FAULT_KILLS` and `RETAIN_FAULT_BYTES` ask for more of them than the quick run has, `RETAIN_FAULT_SEED` for others.

#![expect(clippy::print_stdout, reason = "counts of a long run are its result")]

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::accidents::{binary, files};
use super::hostile::next;
use crate::shop::Shop;

const NIGHT: &str = "nights/2025-06-01";
const BEFORE: &str = "nights/2025-05-20";
const MODELS: &str = "models/simulated-shop";
/// 2025-07-02T06:00:00Z
const CLOCK: u64 = 1_751_436_000;

/// A small shop with a champion, its list, and the list of a night before.
fn shop() -> Shop {
    let shop = Shop::simulated(500);
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 2\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop.command("run").args(["--as-of", "2025-05-20", "--out", BEFORE]).assert().success();
    shop.command("score").args(["--as-of", "2025-06-01", "--out", NIGHT]).assert().success();
    shop
}

fn asked(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

/// The binary with a command for the night, by the clock of so many seconds later.
fn night(shop: &Shop, name: &str, seconds: u64) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(shop.path(""))
        .args([name, "--config", "retain.toml", "--as-of", "2025-06-01", "--out", NIGHT, "--no-progress"])
        .env("SOURCE_DATE_EPOCH", (CLOCK + seconds).to_string())
        .env_remove("RUST_BACKTRACE")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A process that ended in another way than by an error of ours.
fn is_a_bug(output: &Output) -> bool {
    let said = said(output);
    !matches!(output.status.code(), Some(0..=5)) || said.contains("panicked") || said.contains("error[E709]")
}

fn hash(path: &Path) -> String {
    blake3::hash(&std::fs::read(path).unwrap_or_default()).to_hex().to_string()
}

/// The champion and the model behind the list, where every file of both is whole.
fn whole(shop: &Shop) -> (String, String) {
    let manifest: Value = serde_json::from_str(&shop.read(&format!("{NIGHT}/manifest.json"))).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert!(listed.len() > 10, "{manifest}");
    for file in listed {
        let path = shop.path(NIGHT).join(file["name"].as_str().unwrap());
        assert_eq!(file["blake3"], hash(&path), "{}", path.display());
    }
    let champion = shop.read(&format!("{MODELS}/champion")).trim().to_owned();
    let hashes: Value = serde_json::from_str(&shop.read(&format!("{MODELS}/{champion}/hashes.json"))).unwrap();
    for (name, stored) in hashes["files"].as_object().unwrap() {
        assert_eq!(stored, &hash(&shop.path(MODELS).join(&champion).join(name)), "{name}");
    }
    (champion, manifest["model_version"].as_str().unwrap().to_owned())
}

/// What no night leaves: unfinished files, and names that a usual night has not.
fn litter(shop: &Shop) -> Vec<PathBuf> {
    let is_usual = |path: &Path| {
        let version = path.strip_prefix(shop.path(MODELS)).ok().and_then(|path| path.components().next());
        version.is_some_and(|first| first.as_os_str().to_string_lossy().len() > 20)
    };
    let known: BTreeSet<PathBuf> = [BEFORE, NIGHT].iter().map(|night| shop.path(night)).collect();
    let is_odd = |path: &PathBuf| {
        let parent = path.parent().unwrap();
        let is_of_models = path.starts_with(shop.path(MODELS)) && !is_usual(path);
        let name = path.file_name().unwrap().to_str().unwrap();
        (is_of_models && !["champion", "history.jsonl", "lock", ".lock"].contains(&name))
            || (path.starts_with(shop.path("nights")) && !known.contains(parent))
    };
    files(&shop.path("")).into_keys().filter(is_odd).chain(shop.unfinished()).collect()
}

/// How long a command takes that is not disturbed.
fn duration(shop: &Shop, name: &str) -> Duration {
    let begun = Instant::now();
    assert!(night(shop, name, 0).status().unwrap().success());
    begun.elapsed()
}

/// Waits until a run writes, at most as long as it takes.
fn wait_for_writing(shop: &Shop, at_most: Duration) {
    let begun = Instant::now();
    // Folders come and go meanwhile: what cannot be read is not there.
    let is_written = |folder: &&str| {
        let entries = std::fs::read_dir(shop.path(folder)).into_iter().flatten().filter_map(Result::ok);
        let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.any(|name| name.ends_with(".partial") && !name.ends_with(".lock.partial"))
    };
    while begun.elapsed() < at_most && !["nights", MODELS].iter().any(is_written) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_night_that_is_killed_or_stopped_leaves_the_last_list_or_the_new_one_and_the_next_succeeds() {
    let shop = shop();
    let mut durations = [duration(&shop, "run"), duration(&shop, "score")];
    let mut state = asked("RETAIN_FAULT_SEED", 22);
    let (mut n_killed, mut n_stopped, mut n_ended) = (0_u64, 0_u64, 0_u64);
    let n_asked = asked("RETAIN_FAULT_KILLS", 12);
    // A machine that others use is slow at one time and fast at another, so that some nights end before they are disturbed.
    for trial in 1..=5 * n_asked {
        if n_killed + n_stopped >= n_asked {
            break;
        }
        let which = next(&mut state) % 2;
        let is_kill = next(&mut state).is_multiple_of(2);
        let thousandths = u32::try_from(next(&mut state) % 1_000).unwrap();
        let begun = Instant::now();
        let mut child = night(&shop, ["run", "score"][which], trial).spawn().unwrap();
        // Half of them fall into the time in which something is written, which is short.
        if next(&mut state).is_multiple_of(2) {
            wait_for_writing(&shop, durations[which] * 2);
            std::thread::sleep(durations[which] * thousandths / 4_000);
        } else {
            std::thread::sleep(durations[which] * thousandths / 1_000);
        }
        let signal = if is_kill { "-KILL" } else { "-TERM" };
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let status = child.wait().unwrap();
        let what = format!("trial {trial}: {} {signal} after {thousandths} thousandths", ["run", "score"][which]);
        match (status.code(), status.signal()) {
            (Some(0), _) => {
                n_ended += 1;
                durations[which] = durations[which].min(begun.elapsed());
            }
            // Told to stop before it had begun, it has no code either.
            (Some(130), _) | (None, Some(15)) if !is_kill => n_stopped += 1,
            (None, Some(9)) if is_kill => n_killed += 1,
            other => panic!("{what}: {other:?}"),
        }
        let (champion, of_list) = whole(&shop);
        assert_eq!(champion, of_list, "{what}");
        if !is_kill {
            assert_eq!(litter(&shop), Vec::<PathBuf>::new(), "{what}");
        }
        assert!(night(&shop, "score", trial).status().unwrap().success(), "{what}: the next night");
        assert_eq!(whole(&shop), (champion.clone(), champion), "{what}: the next night");
        assert_eq!(litter(&shop), Vec::<PathBuf>::new(), "{what}: the next night");
        let history = shop.read(&format!("{MODELS}/history.jsonl"));
        assert!(history.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{what}: {history}");
    }
    println!("{n_killed} killed, {n_stopped} stopped, {n_ended} ended before");
    assert!(n_killed > 0 && n_stopped > 0);
}

#[test]
fn a_disk_that_is_full_is_an_error_that_names_the_file_and_costs_nothing() {
    let shop = shop();
    let (mut n_failed, mut n_done) = (0, 0);
    for (trial, kibibytes) in [0, 2, 8, 32, 128, 4_096].into_iter().enumerate() {
        for name in ["run", "score"] {
            let before = files(&shop.path(NIGHT));
            let champion = whole(&shop).0;
            // Where files may not grow beyond a limit, writing fails in the middle as on a full disk.
            let limit = format!("trap '' XFSZ; ulimit -f {kibibytes}; exec \"$0\" \"$@\"");
            let job = night(&shop, name, 10 + trial as u64);
            let mut limited = Command::new("bash");
            limited.args(["-c", &limit]).arg(binary()).args(job.get_args()).current_dir(shop.path(""));
            limited.envs(job.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let output = limited.output().unwrap();
            let (code, said) = (output.status.code(), said(&output));
            assert!(!is_a_bug(&output), "{name}, {kibibytes} KiB: {code:?} {said}");
            if code == Some(0) {
                n_done += 1;
                assert_eq!(whole(&shop).0, whole(&shop).1);
            } else {
                n_failed += 1;
                assert_eq!(code, Some(1), "{name}, {kibibytes} KiB: {said}");
                assert!(said.contains("error[E701]: cannot write `"), "{name}, {kibibytes} KiB: {said}");
                assert!(files(&shop.path(NIGHT)) == before, "{name}, {kibibytes} KiB: {said}");
                assert_eq!(whole(&shop).0, champion);
            }
            assert_eq!(litter(&shop), Vec::<PathBuf>::new(), "{name}, {kibibytes} KiB: {said}");
        }
    }
    assert!(n_failed >= 6 && n_done >= 2, "{n_failed} failed, {n_done} done");
    assert!(night(&shop, "score", 99).status().unwrap().success());
}

/// Runs a script in which folders can be mounted that nobody else sees; `None` where that is not possible.
fn in_mounts(shop: &Shop, script: &str) -> Option<Output> {
    let may = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        crate::skip::skipped("unshare");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-rm", "bash", "-euc", script]).arg(binary()).current_dir(shop.path(""));
    command.env("SOURCE_DATE_EPOCH", CLOCK.to_string()).env_remove("RUST_BACKTRACE");
    Some(command.output().unwrap())
}

const SCORE: &str = "\"$0\" score --config retain.toml --as-of 2025-06-01 --quiet";
const RUN: &str = "\"$0\" run --config retain.toml --as-of 2025-06-01 --quiet";

#[test]
fn a_real_disk_without_room_keeps_the_last_list() {
    let shop = shop();
    let size: usize = files(&shop.path("nights")).values().map(Vec::len).sum();
    let mut n_failed = 0;
    for share in [10, 30, 45, 300] {
        let kibibytes = size / 1_024 + 64 + size * share / 100 / 1_024;
        let script = format!(
            "mkdir disk; trap 'umount disk; rmdir disk' EXIT; mount -t tmpfs -o size={kibibytes}k none disk\n\
             cp -r {BEFORE} {NIGHT} disk/; code=0; {SCORE} --out disk/2025-06-01 || code=$?\n\
             diff -rq --exclude=timings.json --exclude=manifest.json {NIGHT} disk/2025-06-01 >&2; ls -A disk >&2\n\
             exit $code"
        );
        let Some(output) = in_mounts(&shop, &script) else { return };
        let said = said(&output);
        assert!(!is_a_bug(&output), "{said}");
        assert!(
            !said.contains("differ") && !said.contains("Only in") && said.ends_with("2025-05-20\n2025-06-01\n"),
            "{share}: {said}"
        );
        if output.status.code() != Some(0) {
            n_failed += 1;
            assert!(said.contains("error[E701]: cannot write `") && said.contains("No space left"), "{said}");
        }
    }
    assert!((1..4).contains(&n_failed), "{n_failed}");
}

#[test]
fn folders_that_may_only_be_read_are_named_and_cost_nothing() {
    let shop = shop();
    let read_only = |folder: &str| format!("mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}\n");
    let before = files(&shop.path(""));
    for (folder, job, says) in [(NIGHT, SCORE, NIGHT), (NIGHT, RUN, NIGHT), ("models", RUN, "models/")] {
        let Some(output) = in_mounts(&shop, &format!("{}{job} --out {NIGHT}", read_only(folder))) else { return };
        let said = said(&output);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{folder}: {:?} {said}", output.status);
        assert!(said.contains("error[E70") && said.contains(says) && said.contains("Read-only"), "{folder}: {said}");
        assert!(files(&shop.path("")) == before, "{folder}: {said}");
    }
    // A nightly job needs the models only to read them.
    if let Some(output) = in_mounts(&shop, &format!("{}{SCORE} --out {NIGHT}", read_only("models"))) {
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}

/// The bytes of a file with one kind of damage.
fn damaged(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = next(state) % bytes.len().max(1);
    match next(state) % 5 {
        0 => bytes.truncate(place),
        1 => {
            let end = bytes.len().min(place + 64);
            bytes[place..end].fill(0);
        }
        2 => bytes[place] = u8::try_from(next(state) % 256).unwrap(),
        3 => {
            let again = bytes[place..].to_vec();
            bytes.extend(again);
        }
        _ => bytes[place] ^= 1 << (next(state) % 8),
    }
    bytes
}

#[test]
fn damaged_bytes_are_refused_with_the_name_of_the_file_or_change_nothing() {
    let shop = shop();
    let (champion, _) = whole(&shop);
    let version = format!("{MODELS}/{champion}");
    let in_folder = |folder: &str| -> Vec<String> {
        let names = std::fs::read_dir(shop.path(folder)).unwrap().map(|entry| entry.unwrap());
        let names = names
            .filter(|entry| entry.metadata().unwrap().len() > 0 && entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap());
        let mut paths: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
        paths.sort();
        paths
    };
    let models = [in_folder(&version), in_folder(MODELS)].concat();
    let inputs = ["purchases", "complaints", "customers"].map(|table| format!("{table}.csv"));
    let all: Vec<String> = [&models, &in_folder(BEFORE), &inputs[..]].concat();
    let lists = || ["list.csv", "winback.csv"].map(|name| shop.read(&format!("{NIGHT}/{name}")));
    let (right, mut state) = (lists(), asked("RETAIN_FAULT_SEED", 22));
    let (mut n_refused, mut n_right) = (0, 0);
    for trial in 0..asked("RETAIN_FAULT_BYTES", 40) {
        let path = &all[next(&mut state) % all.len()];
        let name = path.rsplit('/').next().unwrap();
        let sound = std::fs::read(shop.path(path)).unwrap();
        std::fs::write(shop.path(path), damaged(&sound, &mut state)).unwrap();
        let before = files(&shop.path(NIGHT));
        let output = night(&shop, "score", 0).stderr(Stdio::piped()).output().unwrap();
        let (code, said) = (output.status.code(), said(&output));
        assert!(!is_a_bug(&output), "{trial}, {path}: {code:?} {said}");
        let of_list = serde_json::from_str::<Value>(&shop.read(&format!("{NIGHT}/manifest.json"))).unwrap();
        assert_eq!(of_list["model_version"], champion.as_str(), "{trial}, {path}");
        if code == Some(0) {
            n_right += 1;
            // Other rows give another list; what is no input may change nothing.
            assert!(inputs.contains(path) || lists() == right, "{trial}, {path}: {said}");
        } else {
            n_refused += 1;
            let table = name.trim_end_matches(".csv");
            assert!(said.contains("error[E") && said.contains(table), "{trial}, {path}: {code:?} {said}");
            let after = files(&shop.path(NIGHT));
            let gone: Vec<_> = before.iter().filter(|(path, bytes)| after.get(*path) != Some(bytes)).collect();
            assert!(gone.is_empty(), "{trial}, {path}: {gone:?} {said}");
        }
        std::fs::write(shop.path(path), sound).unwrap();
        if inputs.contains(path) {
            assert!(night(&shop, "score", 0).status().unwrap().success(), "{trial}, {path}: the next night");
            let rejects =
                |path: &PathBuf| ["rejects_", "refused_"].iter().any(|name| path.to_string_lossy().contains(name));
            assert!(!files(&shop.path(NIGHT)).keys().any(rejects), "{trial}, {path}: rows that were not rejected");
        }
        assert!(lists() == right, "{trial}, {path}: {said}");
        assert_eq!(litter(&shop), Vec::<PathBuf>::new(), "{trial}, {path}: {said}");
    }
    println!("{n_refused} refused, {n_right} right");
    assert!(n_refused > 0 && n_right > 0);
}
