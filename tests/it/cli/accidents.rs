//! Accidents: outputs that would harm inputs, folders that cannot be written to, runs that are killed or stopped, too
//! little memory or threads. What was true before is still true after, or the new is, as a whole.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use predicates::prelude::*;

use crate::shop::{Shop, retain};

/// The sample with a training that takes seconds.
fn quick() -> Shop {
    let shop = Shop::sample();
    shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n\n[backtest]\nlast = 1\nbootstrap = 40\n");
    shop
}

/// The binary for tools that start it themselves.
pub(super) fn binary() -> PathBuf {
    assert_cmd::cargo::cargo_bin("retain")
}

/// Every file below a folder with its bytes.
pub(super) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let place = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, bytes).unwrap();
    }
}

#[test]
fn an_output_never_replaces_an_input_nor_becomes_one() {
    let shop = quick();
    shop.command("train").assert().success();
    for name in ["list.parquet", "features.parquet", "predictions.parquet", "rejects_purchases.csv"] {
        std::fs::copy(shop.path("purchases.parquet"), shop.path(name)).unwrap();
    }
    let config = shop.read("retain.toml");
    let before = |shop: &Shop| files(&shop.path("")).into_keys().collect::<Vec<_>>();
    for (command, input) in [
        ("score", "list.parquet"),
        ("run", "list.parquet"),
        ("features", "features.parquet"),
        ("backtest", "predictions.parquet"),
        ("check", "rejects_purchases.csv"),
        ("explain", "rejects_purchases.csv"),
    ] {
        let names = before(&shop);
        shop.edit_config(|_| config.replace("\"purchases.parquet\"", &format!("\"{input}\"")));
        let customer: &[&str] = if command == "explain" { &["--customer", "C0000200"] } else { &[] };
        let refused =
            predicate::str::contains("error[E115]: `./").and(predicate::str::contains(format!("input `{input}`")));
        shop.command(command).args(["--out", "."]).args(customer).assert().code(2).stderr(refused);
        assert_eq!(before(&shop), names, "{command}");
    }
    // As an input that lies in a folder, a list would be read by the next run.
    shop.edit_config(|_| config.replace("\"purchases.parquet\"", "\"pur*.parquet\"").replace("\"runs\"", "\"tables\""));
    std::fs::create_dir(shop.path("tables")).unwrap();
    std::fs::rename(shop.path("complaints.parquet"), shop.path("tables/complaints.parquet")).unwrap();
    shop.edit_config(|text| text.replace("\"complaints.parquet\"", "\"tables\""));
    shop.command("score")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("error[E116]: `tables/sample/2025-07-02/list."));
    shop.edit_config(|_| config.clone());
    std::fs::rename(shop.path("tables/complaints.parquet"), shop.path("complaints.parquet")).unwrap();
    let version = format!("models/sample/{}", shop.read("models/sample/champion").trim());
    let refused = predicate::str::contains("error[E117]");
    shop.command("score").args(["--out", &version]).assert().code(2).stderr(refused);
    shop.command("score").args(["--out", "."]).assert().code(0);
}

#[test]
fn a_draft_and_a_simulated_shop_replace_nothing_that_is_there() {
    let shop = quick();
    let own = files(&shop.path(""));
    let here = |args: &[&str]| {
        let mut command = retain();
        command.current_dir(shop.path("")).args(args);
        command
    };
    for format in ["csv", "parquet"] {
        let simulate = ["simulate", "--customers", "50", "--format", format, "--out", "."];
        here(&simulate).assert().code(2).stderr(predicate::str::contains("error[E113]: `./"));
    }
    let drafts: [&[&str]; 2] =
        [&["init", "--purchases", "purchases.parquet"], &["inspect", "--purchases", "purchases.parquet"]];
    for draft in drafts {
        let draft = [draft, &["--out", "purchases.parquet", "--force"]].concat();
        here(&draft)
            .assert()
            .code(2)
            .stderr(predicate::str::contains("error[E115]: `purchases.parquet` would replace"));
    }
    let refused = predicate::str::contains("error[E115]: `customers.parquet` would replace");
    shop.command("inspect").args(["--out", "customers.parquet", "--force"]).assert().code(2).stderr(refused);
    assert_eq!(files(&shop.path("")), own);
    here(&["simulate", "--customers", "50", "--out", ".", "--force"]).assert().success();
    assert_ne!(shop.read("retain.toml").as_bytes(), own[&shop.path("retain.toml")]);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_before_anything_is_learnt() {
    let shop = quick();
    std::fs::write(shop.path("afile"), "x").unwrap();
    for out in ["afile", "afile/x"] {
        let refused = predicate::str::contains("error[E708]").and(predicate::str::contains("afile` is a file"));
        shop.command("run").args(["--out", out]).assert().code(2).stderr(refused);
    }
    shop.edit_config(|text| text.replace("\"runs\"", "\"afile\""));
    shop.command("run").assert().code(2).stderr(predicate::str::contains("error[E708]"));
    assert!(!shop.path("models").exists());
    assert_eq!(shop.read("afile"), "x");
}

#[test]
fn the_files_of_a_run_are_the_same_byte_for_byte_but_for_timings() {
    let shop = quick();
    let folder = shop.path("runs/sample/2025-07-02");
    let all = |threads: &str| {
        shop.command("run").args(["--threads", threads]).assert().success();
        let models = shop.path("models");
        let found: BTreeMap<_, _> = files(&folder).into_iter().chain(files(&models)).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::remove_dir_all(&models).unwrap();
        found
    };
    let (mut one, mut two, mut again) = (all("1"), all("2"), all("2"));
    let timings = folder.join("timings.json");
    for run in [&mut one, &mut two, &mut again] {
        let text = String::from_utf8(run.remove(&timings).unwrap()).unwrap();
        assert!(text.contains("\"stage\": \"reading and checking\""), "{text}");
    }
    let names = |run: &BTreeMap<PathBuf, Vec<u8>>| run.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&two));
    for (path, bytes) in &one {
        assert!(two[path] == *bytes && again[path] == *bytes, "{} differs", path.display());
    }
    let manifest: serde_json::Value = serde_json::from_slice(&one[&folder.join("manifest.json")]).unwrap();
    let listed: Vec<_> = manifest["files"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
    let lists = ["details.parquet", "interviews.csv", "interviews.parquet", "list.csv", "list.parquet", "list.xlsx"];
    let more = ["monitor.json", "performance.parquet", "report.html", "report.json", "retain.prom", "value.json"];
    assert_eq!(listed, [&lists[..], &more, &["winback.csv", "winback.parquet"]].concat());
    for file in manifest["files"].as_array().unwrap() {
        let bytes = &one[&folder.join(file["name"].as_str().unwrap())];
        assert_eq!(file["blake3"], blake3::hash(bytes).to_hex().to_string());
        assert_eq!(file["size"], bytes.len());
    }
    for value in ["", "yesterday", "-5", "1e9", "99999999999999"] {
        let refused = predicate::str::contains("error[E118]");
        shop.command("check").env("SOURCE_DATE_EPOCH", value).assert().code(2).stderr(refused);
    }
}

#[test]
fn a_torn_history_is_mended_by_the_next_run() {
    let shop = quick();
    shop.command("run").assert().success();
    let path = shop.path("models/sample/history.jsonl");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    let told = predicate::str::contains("warning[damaged_history]: line 2 of `models/sample/history.jsonl`");
    shop.command("models").arg("list").assert().success().stderr(told);
    let mended = predicate::str::contains("note[registry_mended]: damaged lines of the history (2) are moved");
    shop.command("run").env("SOURCE_DATE_EPOCH", "1751436001").assert().success().stderr(mended);
    for action in ["list", "show", "rollback"] {
        shop.command("models").arg(action).assert().success();
    }
    let history = shop.read("models/sample/history.jsonl");
    let events: Vec<serde_json::Value> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = events.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(told, ["registered", "promoted", "registered", "promoted", "rolled_back"]);
}

#[test]
fn leftovers_of_killed_runs_are_swept_and_files_of_others_are_not() {
    let shop = quick();
    shop.command("train").assert().success();
    let left =
        ["runs/sample/.retain-dead01.partial", "models/sample/.retain-dead02.partial", "runs/.retain-dead03.partial"];
    for name in left {
        std::fs::create_dir_all(shop.path(name)).unwrap();
        std::fs::write(shop.path(name).join("rows.parquet"), "customers").unwrap();
    }
    std::fs::write(shop.path("runs/sample/.mine.partial"), "x").unwrap();
    shop.command("run").assert().success();
    assert_eq!(shop.unfinished(), [shop.path("runs/sample/.mine.partial")]);
}

#[test]
fn a_list_of_an_earlier_run_keeps_nothing_that_is_not_of_the_new_one() {
    let shop = quick();
    shop.command("run").assert().success();
    let folder = shop.path("runs/sample/2025-07-02");
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    shop.edit("runs/sample/2025-07-02/manifest.json", |text| text.replace("\"value.json\"", "\"old.json\""));
    std::fs::rename(folder.join("value.json"), folder.join("old.json")).unwrap();
    shop.command("score").assert().success();
    shop.command("check").assert().success();
    let names: Vec<_> =
        files(&folder).into_keys().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let of_score = ["details.parquet", "interviews.csv", "interviews.parquet", "list.csv", "list.parquet", "list.xlsx"];
    let more = ["manifest.json", "monitor.json"];
    let others = ["notes.txt", "performance.parquet", "report.html", "report.json", "retain.prom", "timings.json"];
    assert_eq!(names, [&of_score[..], &more, &others, &["value.json", "winback.csv", "winback.parquet"]].concat());
}

#[cfg(unix)]
fn interrupted_after(shop: &Shop, milliseconds: u64, args: &[&str]) -> Option<i32> {
    let mut child = Command::new(binary())
        .current_dir(shop.path(""))
        .env("SOURCE_DATE_EPOCH", "1751436000")
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    child.wait().unwrap().code()
}

#[cfg(unix)]
#[test]
fn a_stop_at_any_time_leaves_nothing_behind() {
    let shop = quick();
    shop.command("run").assert().success();
    let mut n_stopped = 0;
    // Whatever the machine's speed: each time the run has ended or was stopped, and either way nothing is left.
    for milliseconds in (50..2_000).step_by(150) {
        let dealt: &[&str] = &["features", "--memory", "1MiB", "--out", "ft"];
        for args in [dealt, &["score", "--out", "night"]] {
            let code = interrupted_after(&shop, milliseconds, args);
            // Stopped before it had begun, it has no code.
            assert!([Some(0), Some(130), None].contains(&code), "{args:?}: {code:?}");
            n_stopped += u32::from(code == Some(130));
            assert_eq!(shop.unfinished(), Vec::<PathBuf>::new(), "{args:?} after {milliseconds} ms");
        }
    }
    assert!(n_stopped > 0);
}

/// Whether a tool of Linux is there; where it is not, the test is skipped with a line.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        crate::skip::skipped(tool);
    }
    found
}

/// More renames than any command does: a loop over them ends even where the command never succeeds.
const MOST_RENAMES: usize = 200;

/// Runs the binary and kills it at its so many-th rename; whether it came so far. It may end in no other way.
fn killed_at_rename(shop: &Shop, n: usize, args: &[&str]) -> bool {
    let inject = format!("inject=rename,renameat,renameat2:signal=KILL:when={n}");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e", &inject])
        .arg(binary())
        .args(args)
        .current_dir(shop.path(""))
        // A second later than the first run: another version.
        .env("SOURCE_DATE_EPOCH", "1751436001")
        .stdout(Stdio::null())
        .output()
        .unwrap();
    // The tracer ends as the traced process did.
    let was_killed = output.status.signal() == Some(9) || output.status.code() == Some(137);
    assert!(was_killed || output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(n < MOST_RENAMES, "still killed at rename {n}");
    was_killed
}

/// The champion, the model of the list, and the list's rows by list and by manifest.
fn pair(shop: &Shop) -> (String, String, usize, u64) {
    let manifest: serde_json::Value = serde_json::from_str(&shop.read("runs/sample/2025-07-02/manifest.json")).unwrap();
    let rows = shop.read("runs/sample/2025-07-02/list.csv").lines().count() - 1;
    let champion = shop.read("models/sample/champion").trim().to_owned();
    (champion, manifest["model_version"].as_str().unwrap().to_owned(), rows, manifest["rows"].as_u64().unwrap())
}

#[test]
fn a_kill_at_any_rename_leaves_the_old_champion_with_its_list_or_the_new_one_with_its_own() {
    if !has("strace") {
        return;
    }
    let shop = quick();
    shop.command("run").assert().success();
    let (old, ..) = pair(&shop);
    let kept = tempfile::tempdir().unwrap();
    for folder in ["runs", "models"] {
        copy(&shop.path(folder), &kept.path().join(folder));
    }
    let (mut n_old, mut n_new) = (0, 0);
    for n in 1.. {
        for folder in ["runs", "models"] {
            std::fs::remove_dir_all(shop.path(folder)).unwrap();
            copy(&kept.path().join(folder), &shop.path(folder));
        }
        if !killed_at_rename(&shop, n, &["run", "--quiet"]) {
            break;
        }
        let (champion, of_list, rows, stated) = pair(&shop);
        assert_eq!((&champion, rows as u64), (&of_list, stated), "killed at rename {n}");
        let is_new = champion != old;
        let rolled_back = shop.command("models").arg("rollback").assert().code(if is_new { 0 } else { 5 });
        let history = shop.read("models/sample/history.jsonl");
        assert!(history.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{rolled_back}");
        assert_eq!(history.matches("\"promoted\"").count(), 1 + usize::from(is_new), "killed at rename {n}: {history}");
        shop.command("score").assert().success();
        assert_eq!(shop.unfinished(), Vec::<PathBuf>::new(), "swept after a kill at rename {n}");
        if is_new { n_new += 1 } else { n_old += 1 }
    }
    assert!(n_old > 3 && n_new > 0, "{n_old} {n_new}");
}

#[test]
fn a_kill_at_any_rename_of_the_nightly_job_leaves_one_list_whole() {
    if !has("strace") {
        return;
    }
    let shop = quick();
    shop.command("run").assert().success();
    shop.edit_config(|text| text.replace("margin_share = 0.3", "margin_share = 0.5"));
    let before = shop.read("runs/sample/2025-07-02/list.csv");
    let mut n_kills = 0;
    for n in 1.. {
        if !killed_at_rename(&shop, n, &["score", "--quiet"]) {
            break;
        }
        n_kills += 1;
        let (_, _, rows, stated) = pair(&shop);
        assert_eq!(rows as u64, stated, "killed at rename {n}");
        let manifest = shop.read("runs/sample/2025-07-02/manifest.json");
        let hash = |name: &str| {
            blake3::hash(&std::fs::read(shop.path("runs/sample/2025-07-02").join(name)).unwrap()).to_hex().to_string()
        };
        assert!(
            ["list.csv", "list.parquet", "list.xlsx", "report.html", "value.json"]
                .iter()
                .all(|name| manifest.contains(&hash(name)))
        );
    }
    assert!(n_kills > 0);
    assert_ne!(shop.read("runs/sample/2025-07-02/list.csv"), before, "the last job was not killed");
    assert_eq!(shop.unfinished(), Vec::<PathBuf>::new());
}

#[test]
fn two_runs_at_once_in_one_folder_do_not_meet() {
    let shop = quick();
    shop.command("run").assert().success();
    let outcomes: Vec<(Option<i32>, String)> = std::thread::scope(|scope| {
        let run = || {
            let output = shop.command("score").args(["--out", "night"]).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(outcomes.iter().any(|(code, _)| *code == Some(0)), "{outcomes:?}");
    for (code, said) in &outcomes {
        let refused = *code == Some(1) && said.contains("error[E705]: another run is writing to `");
        assert!(*code == Some(0) || refused, "{code:?}: {said}");
    }
    assert_eq!(shop.unfinished(), Vec::<PathBuf>::new());
    assert!(shop.path("night/list.csv").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_further_is_an_error_that_names_it() {
    let shop = quick();
    shop.command("run").args(["--out", "night"]).assert().success();
    let list = shop.read("night/list.csv");
    let job = "ulimit -f 20; exec \"$0\" score --as-of 2025-07-02 --out night";
    let mut limited = Command::new("bash");
    limited.args(["-c", job]).arg(binary()).current_dir(shop.path("")).env("SOURCE_DATE_EPOCH", "1751436000");
    let output = limited.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("error[E701]: cannot write `"), "{said}");
    assert_eq!(shop.read("night/list.csv"), list);
    assert!(shop.unfinished().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_ends_with_an_error() {
    let shop = quick();
    let mut n_without = 0;
    // Below the size of the program itself, and a little more, the system refuses to start it.
    let least = std::fs::metadata(binary()).unwrap().len() / 1024 * 5 / 4;
    for kibibytes in [150_000, 180_000, 220_000, 260_000, 300_000, 400_000].into_iter().filter(|limit| *limit >= least)
    {
        let job = format!("ulimit -v {kibibytes}; exec \"$0\" run --quiet");
        let output = Command::new("bash")
            .args(["-c", &job])
            .arg(binary())
            .current_dir(shop.path(""))
            .env("SOURCE_DATE_EPOCH", "1751436000")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        // Where a file is read it is the file that could not be.
        let is_of_file = said.contains("error[E204]") && said.contains("out of memory");
        let refused = is_of_file || ["error[E706]", "error[E707]"].iter().any(|code| said.contains(code));
        match output.status.code() {
            Some(0) => {}
            Some(1) if refused && !said.contains("panicked") => n_without += 1,
            code => panic!("{code:?} with {kibibytes} KiB: {said}"),
        }
    }
    assert!(n_without > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn too_few_threads_end_with_an_error_and_too_many_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let shop = quick();
    for threads in ["0", "1025", "100000"] {
        let refused =
            predicate::str::contains("error[E112]: cannot use").and(predicate::str::contains("from 1 to 1024"));
        shop.command("check").args(["--threads", threads]).assert().code(2).stderr(refused);
    }
    let refused = predicate::str::contains("as POLARS_MAX_THREADS says");
    shop.command("check").env("POLARS_MAX_THREADS", "100000").assert().code(2).stderr(refused);
    if !(has("prlimit") && has("setpriv")) {
        return;
    }
    // The limit does not hold for the superuser, so that another user runs the binary, in a folder open to everyone.
    let is_superuser = shop.path("").metadata().is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0);
    if !is_superuser {
        crate::skip::skipped("the rights of the superuser");
        return;
    }
    std::fs::set_permissions(shop.path(""), std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::copy(binary(), shop.path("retain")).unwrap();
    let mut n_without = 0;
    for processes in [1, 3, 5, 7, 9, 10, 11, 12, 14, 40] {
        let output = Command::new("prlimit")
            .arg(format!("--nproc={processes}"))
            .args(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "./retain", "run", "--quiet"])
            .current_dir(shop.path(""))
            .env("SOURCE_DATE_EPOCH", "1751436000")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => {}
            Some(1) if said.contains("error[E706]") && !said.contains("panicked") => n_without += 1,
            code => panic!("{code:?} with {processes} processes: {said}"),
        }
    }
    assert!(n_without > 0);
}
