//! Models whose files were damaged, in two hundred seeded ways: the same list or an error, never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use retain::config::Config;
use retain::error::Failure;
use retain::pipeline::{self, Beside, Nobody, RankedList};
use retain::registry::{CHAMPION, Registry, Version};
use retain::timeline::{ContactLog, Cutoff, EventLog};
use retain::units::Timestamp;
use serde_json::Value;

use crate::reseal::reseal;
use crate::shop::Shop;

const FILES: [&str; 4] = ["model.json", "schema.json", "manifest.json", "evaluation.json"];
const MUTATIONS: u64 = 200;

/// A generator of whole numbers (Steele, Lea and Flood 2014).
struct Draws(u64);

impl Draws {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.draw() % n.max(1) as u64).unwrap()
    }
}

/// A trained shop in memory, and its models in folders that may be damaged.
struct Bench {
    /// Its folder lives as long as this.
    _shop: Shop,
    config: Config,
    log: EventLog,
    as_of: Cutoff,
    version: String,
    files: Vec<Vec<u8>>,
}

impl Bench {
    fn new() -> Self {
        let shop = Shop::simulated(400);
        shop.edit_config(|text| text + "\n[panel]\nmax_cutoffs = 3\n[backtest]\nlast = 1\nbootstrap = 40\n");
        // So small a shop may not pass the gate.
        shop.command("train").output().unwrap();
        let config = Config::from_toml(&shop.read("retain.toml"), &shop.path("retain.toml")).unwrap();
        let loaded = retain::validate::load(&config, Timestamp(i64::MAX)).unwrap().accepted().unwrap();
        let log =
            EventLog::build(loaded.tables, &config.timezone).unwrap().naming_categories(loaded.dictionaries.categories);
        let registry = Registry::new(&config.models.dir, &config.name);
        shop.command("models").args(["promote", &registry.versions().unwrap()[0]]).assert().success();
        let version = registry.load(CHAMPION).unwrap().manifest;
        let as_of = Cutoff::at_start_of(version.as_of, &config.timezone);
        let mut bench = Self { _shop: shop, config, log, as_of, version: version.version, files: Vec::new() };
        bench.files = FILES.map(|name| std::fs::read(bench.folder(&bench.version).join(name)).unwrap()).into();
        bench
    }

    fn models(&self) -> PathBuf {
        self.config.models.dir.join(&self.config.name)
    }

    fn folder(&self, version: &str) -> PathBuf {
        self.models().join(version)
    }

    fn load(&self) -> Result<Version, Failure> {
        Registry::new(&self.config.models.dir, &self.config.name).load(CHAMPION)
    }

    fn score(&self, version: &Version) -> Result<RankedList, Failure> {
        let beside = Beside { contacts: &ContactLog::default(), owners: &[], holds: None };
        Ok(pipeline::score(&self.config, &self.log, version, self.as_of, beside, &Nobody)?.list)
    }

    /// What becomes of the version with one file changed, whose hashes are made anew if `with_hashes`.
    fn with_file(&self, number: usize, bytes: &[u8], with_hashes: bool) -> Result<RankedList, Failure> {
        let path = |version: &str| self.folder(version).join(FILES[number]);
        let (history, hashes) = (self.models().join("history.jsonl"), self.folder(&self.version).join("hashes.json"));
        let before = [std::fs::read(&history).unwrap(), std::fs::read(&hashes).unwrap()];
        std::fs::write(path(&self.version), bytes).unwrap();
        let name = if with_hashes { reseal(&self.models(), &self.version) } else { self.version.clone() };
        let outcome = self.load().and_then(|version| self.score(&version));
        if with_hashes {
            std::fs::rename(self.folder(&name), self.folder(&self.version)).unwrap();
        }
        for (name, bytes) in FILES.iter().zip(&self.files) {
            std::fs::write(self.folder(&self.version).join(name), bytes).unwrap();
        }
        std::fs::write(self.models().join(CHAMPION), &self.version).unwrap();
        std::fs::write(&history, &before[0]).unwrap();
        std::fs::write(&hashes, &before[1]).unwrap();
        outcome
    }
}

/// Changes one thing in a file: a byte, a number, the length of an array, or a key.
fn mutated(bytes: &[u8], draws: &mut Draws) -> Vec<u8> {
    let kind = draws.below(4);
    if kind == 0 {
        let mut bytes = bytes.to_vec();
        let at = draws.below(bytes.len());
        bytes[at] ^= 1 << draws.below(8);
        return bytes;
    }
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    let is_wanted = |value: &Value| match kind {
        1 => value.is_number(),
        2 => value.as_array().is_some_and(|array| !array.is_empty()),
        _ => value.as_object().is_some_and(|object| !object.is_empty()),
    };
    let mut places = Vec::new();
    collect(&value, "", &is_wanted, &mut places);
    if places.is_empty() {
        return Vec::new();
    }
    // Arrays have most of the numbers; so that others have their turn, kinds of places are drawn first.
    let kind_of = |place: &String| place.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let mut kinds: Vec<String> = places.iter().map(kind_of).collect();
    kinds.sort();
    kinds.dedup();
    let chosen = kinds[draws.below(kinds.len())].clone();
    places.retain(|place| kind_of(place) == chosen);
    let place = places[draws.below(places.len())].clone();
    change(value.pointer_mut(&place).unwrap(), draws);
    serde_json::to_vec(&value).unwrap()
}

fn collect(value: &Value, path: &str, is_wanted: &dyn Fn(&Value) -> bool, places: &mut Vec<String>) {
    if is_wanted(value) {
        places.push(path.to_owned());
    }
    match value {
        Value::Array(array) => {
            array.iter().enumerate().for_each(|(at, item)| collect(item, &format!("{path}/{at}"), is_wanted, places));
        }
        Value::Object(object) => object.iter().for_each(|(key, item)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            collect(item, &format!("{path}/{key}"), is_wanted, places);
        }),
        _ => {}
    }
}

fn change(value: &mut Value, draws: &mut Draws) {
    match value {
        Value::Array(array) => array.truncate(draws.below(array.len())),
        Value::Object(object) => {
            let key = object.keys().nth(draws.below(object.len())).unwrap().clone();
            object.remove(&key);
        }
        number => {
            let was = number.as_f64().unwrap();
            let others: [Value; 10] = [
                0.into(),
                (-1).into(),
                1.into(),
                999.into(),
                4_294_967_295_u64.into(),
                1e9.into(),
                1e300.into(),
                (-was).into(),
                (was * 1.5 + 0.1).into(),
                1e-300.into(),
            ];
            *number = others[draws.below(others.len())].clone();
        }
    }
}

fn assert_finite(list: &RankedList, told: &str) {
    for row in &list.rows {
        let p = row.prospect.churn_probability;
        assert!((0.0..=1.0).contains(&p) && row.prospect.value_at_stake.is_finite(), "{told}: {row:?}");
        let [low, high] = row.churn_interval.unwrap_or([p, p]);
        assert!((0.0..=1.0).contains(&low) && (low..=1.0).contains(&high), "{told}: {row:?}");
        let outcome = row.prospect.outcome;
        assert!([outcome.gone, outcome.leaving].iter().all(|p| (0.0..=1.0).contains(p)), "{told}: {row:?}");
        assert!(row.reasons.iter().all(|reason| reason.log_odds.is_finite()), "{told}: {row:?}");
    }
}

/// With hashes as registered nothing but the version itself is believed; with hashes made anew, what is in the files is
/// checked, and what passes gives a list of finite numbers.
#[test]
fn two_hundred_damaged_versions_give_the_same_list_or_an_error() {
    let bench = Bench::new();
    let list = bench.score(&bench.load().unwrap()).unwrap();
    assert!(list.rows.len() > 50, "{}", list.rows.len());
    let (mut refused, mut scored) = (0, 0);
    for seed in 0..MUTATIONS {
        let mut draws = Draws(seed);
        let number = draws.below(FILES.len());
        let bytes = mutated(&bench.files[number], &mut draws);
        let told = format!("seed {seed}, {}", FILES[number]);
        let outcome = |with_hashes: bool| {
            let tried = catch_unwind(AssertUnwindSafe(|| bench.with_file(number, &bytes, with_hashes)));
            tried.unwrap_or_else(|_| panic!("{told}: panicked"))
        };
        match outcome(false) {
            Ok(same) => {
                assert!(bytes == bench.files[number] && same.rows == list.rows, "{told}: a changed file is believed");
            }
            Err(error) => assert_eq!(error.report().code(), "E603", "{told}: {error}"),
        }
        match outcome(true) {
            Ok(list) => {
                assert_finite(&list, &told);
                scored += 1;
            }
            Err(error) => {
                assert!(error.report().hint().is_some() || error.report().code().starts_with("E4"), "{told}: {error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 50 && scored > 20, "{refused} refused, {scored} scored: both sides must be tried");
    assert_eq!(bench.score(&bench.load().unwrap()).unwrap().rows, list.rows, "everything was put back");
}

/// Names in `hashes.json` lead nowhere but to the files of the version, and large or odd files are not read.
#[test]
fn hashes_are_checked_as_well() {
    let bench = Bench::new();
    let path = bench.folder(&bench.version).join("hashes.json");
    let before = std::fs::read_to_string(&path).unwrap();
    let code = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let code = bench.load().unwrap_err().report().code();
        std::fs::write(&path, &before).unwrap();
        code
    };
    assert_eq!(code(""), "E603");
    assert_eq!(code(&before.replace("\"format\": 2", "\"format\": 3")), "E604");
    assert_eq!(code(&before.replace("\"evaluation.json\"", "\"../../../evaluation.json\"")), "E603");
    assert_eq!(code(&"[".repeat(100_000)), "E603");
    std::fs::write(bench.models().join("history.jsonl"), "").unwrap();
    assert!(bench.load().is_ok(), "what the history does not tell is not asked of it");
    assert_eq!(code(&before.replace("\"model.json\"", "\"xmodel.json\"")), "E603");
    assert_eq!(code(&before.replacen("\"evaluation.json\": \"", "\"evaluation.json\": \"0", 1)), "E603");
    let model = Path::new("model.json");
    std::fs::remove_file(bench.folder(&bench.version).join(model)).unwrap();
    assert_eq!(bench.load().unwrap_err().report().code(), "E603");
    std::fs::create_dir(bench.folder(&bench.version).join(model)).unwrap();
    assert_eq!(bench.load().unwrap_err().report().code(), "E603");
}
