"""A year of nights of simulated shops: which planted faults are caught, on which night, with how many messages; false alarms.

    python3 benches/nights.py RETAIN FOLDER SEEDS [--first-seed 1] [--nights 365] [--customers 2000] [--follow]

One champion scores every night on what had been delivered by then. The simulated shop has seasons and grows; on top of it
come holidays on which few buy, and a Black Friday for which people wait. Each fault is planted alone on a night of its own,
drawn from the seed; the night is then scored once more as it should have been. Slow decay and a base-rate jump are followed
for months, because no first night can show them. After each seed the table of all seeds so far is written to FOLDER/table.md.
"""
import argparse, csv, datetime, json, random, shutil, subprocess
from pathlib import Path

DAY = datetime.timedelta(days=1)
START = datetime.date(2024, 7, 1)
CHECKS = ["lost_opt_outs", "unknown_customers", "changed_histories", "shrunk_table", "empty_table", "silent_feed", "fewer_nulls", "rewritten_past", "repeated_rows", "missing_rows",
          "surplus_rows", "unit_shift", "new_nulls", "constant_column", "new_levels", "clock_shift", "population_jump",
          "feature_drift", "base_rate", "score_drift", "list_turnover", "model_decay"]
# Nobody works and few buy: Christmas, New Year, Easter Sunday of 2023 to 2025.
HOLIDAYS = {"12-24", "12-25", "12-26", "01-01", "2023-04-09", "2024-03-31", "2025-04-20"}
BLACK_FRIDAYS = [datetime.date(2023, 11, 24), datetime.date(2024, 11, 29)]
TIMES = {"purchases": "purchased_at", "complaints": "recorded_at", "customers": "signed_up_at"}


class Shop:
    def __init__(self, retain, folder, seed, customers):
        self.retain, self.folder = retain, folder
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([retain, "simulate", "--customers", str(customers), "--seed", str(seed), "--out", folder, "--quiet"],
                       check=True, capture_output=True)
        with open(folder / "retain.toml", "a") as config:
            config.write("\n[panel]\nmax_cutoffs = 6\n[backtest]\nlast = 3\nbootstrap = 50\n"
                         "[output]\npage_rows = 0\nsheet_rows = 0\n")
        self.tables = {}
        for name in TIMES:
            with open(folder / f"{name}.csv", newline="") as file:
                self.tables[name] = list(csv.DictReader(file))
        self.tables["purchases"] = with_calendar(self.tables["purchases"])

    def deliver(self, day, change=None):
        """Writes what was known before a day."""
        for name, time in TIMES.items():
            known = [dict(row) for row in self.tables[name] if row[time][:10] < day.isoformat()]
            if name == "purchases" and change:
                known = change(known, day)
            with open(self.folder / f"{name}.csv", "w", newline="") as file:
                writer = csv.DictWriter(file, self.tables[name][0].keys())
                writer.writeheader()
                writer.writerows(known)

    def run(self, *words):
        return subprocess.run([self.retain, *words, "--config", self.folder / "retain.toml", "--log-format", "json"],
                              capture_output=True, text=True)

    def train(self):
        self.deliver(START)
        done = self.run("run", "--as-of", START.isoformat(), "--out", self.folder / "nights" / START.isoformat())
        models = next((self.folder / "models").iterdir())
        if not (models / "champion").exists():
            version = sorted(path.name for path in models.iterdir() if path.is_dir())[0]
            self.run("models", "promote", version)
        return done

    def score(self, day, track="nights"):
        """Exit code, and the checks that spoke: of the manifest, or of the error."""
        out = self.folder / track / day.isoformat()
        done = self.run("score", "--as-of", day.isoformat(), "--out", out)
        told = []
        for line in done.stderr.splitlines():
            text = json.loads(line).get("message", "") if line.startswith("{") else line
            text = text or json.loads(line).get("fields", {}).get("message", "")
            bracketed = [part.split("]")[0] for part in text.split("[")[1:]]
            if text.startswith("error[E432]"):
                told += [name for name in bracketed if name in CHECKS]
            elif text.startswith("error[") or (text.startswith("warning[") and bracketed[0] in CHECKS):
                told.append(bracketed[0])
        return done.returncode, told


def with_calendar(rows):
    """Three orders of four are not made on a holiday, and one in three of the five days before a Black Friday is made on it."""
    kept = []
    for row in rows:
        day = row["purchased_at"][:10]
        chance = random.Random("holiday " + row["order_id"]).random()
        if (day in HOLIDAYS or day[5:] in HOLIDAYS) and chance < 0.75:
            continue
        for friday in BLACK_FRIDAYS:
            if 0 < (friday - datetime.date.fromisoformat(day)).days <= 5 and chance < 1 / 3:
                row["purchased_at"] = friday.isoformat() + row["purchased_at"][10:]
        kept.append(row)
    # As delivered: in the order of time.
    return sorted(kept, key=lambda row: row["purchased_at"])


def days_before(day, n):
    return {(day - DAY * back).isoformat() for back in range(1, n + 1)}


def without(rows, day, n):
    gone = days_before(day, n)
    return [row for row in rows if row["purchased_at"][:10] not in gone]


def on_last_day(change):
    def faulty(rows, day):
        last = days_before(day, 1)
        for row in rows:
            if row["purchased_at"][:10] in last:
                change(row)
        return rows
    return faulty


def shifted(row):
    time = datetime.datetime.fromisoformat(row["purchased_at"].replace("Z", "+00:00"))
    row["purchased_at"] = (time - datetime.timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ")


def every(change):
    def faulty(rows, _):
        for row in rows:
            change(row)
        return rows
    return faulty


def imported(rows, day):
    """As many customers again, who bought once, five months ago."""
    ids = sorted({row["customer_id"] for row in rows})
    first = {row["customer_id"]: row for row in rows}
    when = (day - DAY * 150).isoformat() + "T12:00:00Z"
    more = [dict(first[id], customer_id="X" + id, order_id="X" + first[id]["order_id"], purchased_at=when) for id in ids]
    return rows + more


def cents(row):
    row["amount"] = f"{100 * float(row['amount']):.2f}"


FAULTS = {
    "feed stopped, first night": lambda rows, day: without(rows, day, 1),
    "feed stopped, second night": lambda rows, day: without(rows, day, 2),
    "a column nulled, last day": on_last_day(lambda row: row.update(channel="")),
    "a column nulled, whole file": every(lambda row: row.update(channel="")),
    "cents for euros, last day": on_last_day(cents),
    "cents for euros, whole file": every(cents),
    "doubled file": lambda rows, _: rows + rows,
    "time zone shifted by 9 h, last day": on_last_day(shifted),
    "time zone shifted by 9 h, whole file": every(shifted),
    "base-rate jump: old customers imported": imported,
}


DAMAGED = "model file damaged"


def damaged(shop, day):
    champion = next((shop.folder / "models").iterdir())
    model = champion / (champion / "champion").read_text().strip() / "model.json"
    before = model.read_bytes()
    model.write_bytes(before[: len(before) // 2] + b"#" + before[len(before) // 2 + 1:])
    outcome = shop.score(day)
    model.write_bytes(before)
    return outcome


def leaving(rows, day, from_day):
    """Half of all customers stop buying on a day."""
    return [row for row in rows if row["purchased_at"][:10] < from_day.isoformat() or int(row["customer_id"][1:]) % 2]


def exchanged(rows, day):
    """From the training on, more and more purchases are made by other customers than those the model knows for it."""
    ids = sorted({row["customer_id"] for row in rows if row["purchased_at"][:10] < START.isoformat()})
    for row in rows:
        age = (datetime.date.fromisoformat(row["purchased_at"][:10]) - START).days
        chance = random.Random(row["order_id"])
        if chance.random() < age / 120:
            row["customer_id"] = chance.choice(ids)
    return rows


def followed(shop, track, step, n, change):
    """The night on which an alarm first speaks, and all alarms."""
    shutil.copytree(shop.folder / "nights" / START.isoformat(), shop.folder / track / START.isoformat())
    first, all_told = None, []
    for night in range(1, n + 1):
        day = START + DAY * step * night
        shop.deliver(day, change)
        _, told = shop.score(day, track)
        all_told += [f"{check} (day {step * night})" for check in told]
        if told and first is None:
            first = step * night
    return first, all_told


def of_seed(given, retain, seed):
    """Codes and checks by fault, false alarms, and what was followed."""
    shop = Shop(retain, given.folder.resolve() / f"seed{seed}", seed, given.customers)
    shop.train()
    chance = random.Random(f"nights {seed}")
    faults = [*FAULTS, DAMAGED]
    # Not in the first weeks, when the job does not know yet how late feeds are.
    planted = dict(zip(chance.sample(range(min(15, given.nights - len(faults)), given.nights), len(faults)), faults))
    caught, false, followed_lines = {}, [], []
    for night in range(1, given.nights + 1):
        day = START + DAY * night
        fault = planted.get(night)
        if fault in FAULTS:
            shop.deliver(day, FAULTS[fault])
            caught[fault] = [night, *shop.score(day)]
            shutil.rmtree(shop.folder / "nights" / day.isoformat(), ignore_errors=True)
        shop.deliver(day)
        if fault == DAMAGED:
            caught[fault] = [night, *damaged(shop, day)]
        code, told = shop.score(day)
        false += [f"seed {seed}, night {night} ({day}), exit {code}: {check}" for check in told]
        assert code in (0, 4), (day, code)
    if given.follow:
        jump = START + DAY * 20
        half = followed(shop, "half", 5, 12, lambda rows, day: leaving(rows, day, jump))
        decay = followed(shop, "decay", 20, 13, exchanged)
        usual = followed(shop, "usual", 20, 13, None)
        followed_lines = [f"| {seed} | half stop buying on day 20 | {half[0]} | {', '.join(half[1])} |",
                          f"| {seed} | slow decay | {decay[0]} | {', '.join(decay[1])} |",
                          f"| {seed} | nothing | {usual[0]} | {', '.join(usual[1])} |"]
    return {"caught": caught, "false": false, "followed": followed_lines}


def table(seeds, n_nights):
    lines = ["| fault | caught | with one message | exit codes | checks |", "| --- | --- | --- | --- | --- |"]
    for name in [*FAULTS, DAMAGED]:
        outcomes = [seed["caught"][name] for seed in seeds.values()]
        told = [told for _, _, told in outcomes]
        checks = sorted({check for told in told for check in told})
        codes = sorted({code for _, code, _ in outcomes})
        n = len(outcomes)
        lines.append(f"| {name} | {sum(bool(t) for t in told)} of {n} | {sum(len(t) == 1 for t in told)} of {n} | "
                     f"{', '.join(map(str, codes))} | {', '.join(checks)} |")
    false = [line for seed in seeds.values() for line in seed["false"]]
    lines += [f"\nFalse alarms in {len(seeds)} x {n_nights} usual nights: {len(false)}", *false]
    lines += ["\n| seed | followed | first alarm on day | alarms |", "| --- | --- | --- | --- |"]
    return "\n".join(lines + [line for seed in seeds.values() for line in seed["followed"]]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("retain"), parser.add_argument("folder", type=Path), parser.add_argument("seeds", type=int)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--nights", type=int, default=365), parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--follow", action="store_true", help="also follow a base-rate jump and slow decay, and a track without")
    given = parser.parse_args()
    retain = str(Path(given.retain).resolve())
    seeds = {}
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        seeds[seed] = of_seed(given, retain, seed)
        (given.folder / "seeds.json").write_text(json.dumps(seeds, indent=1))
        (given.folder / "table.md").write_text(table(seeds, given.nights))
        shutil.rmtree(given.folder / f"seed{seed}")
    print(table(seeds, given.nights))


if __name__ == "__main__":
    main()
