"""A year of nights of a simulated shop: which planted faults are caught, on which night, with how many messages; false alarms.

    python3 benches/nights.py RETAIN FOLDER SEEDS [--nights 365] [--customers 2000]

One champion scores every night on what had been delivered by then. At the last night each fault is planted alone. Slow
decay and a base-rate jump are followed for months, because no first night can show them. Prints a table in Markdown.
"""
import argparse, csv, datetime, json, random, shutil, subprocess
from pathlib import Path

DAY = datetime.timedelta(days=1)
START = datetime.date(2024, 7, 1)
CHECKS = ["rewritten_past", "repeated_rows", "missing_rows", "surplus_rows", "unit_shift", "new_nulls", "constant_column",
          "new_levels", "clock_shift", "population_jump", "feature_drift", "base_rate", "score_drift", "list_turnover", "model_decay"]
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("retain"), parser.add_argument("folder", type=Path), parser.add_argument("seeds", type=int)
    parser.add_argument("--nights", type=int, default=365), parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--follow", action="store_true", help="also follow a base-rate jump and slow decay, and a track without")
    given = parser.parse_args()
    retain = str(Path(given.retain).resolve())
    caught, false, followed_lines = {name: [] for name in [*FAULTS, "model file damaged"]}, [], []
    for seed in range(1, given.seeds + 1):
        shop = Shop(retain, given.folder.resolve() / f"seed{seed}", seed, given.customers)
        shop.train()
        for night in range(1, given.nights + 1):
            day = START + DAY * night
            shop.deliver(day)
            code, told = shop.score(day)
            false += [f"seed {seed}, night {night}: {check}" for check in told]
            assert code in (0, 4), (day, code)
        last = START + DAY * (given.nights + 1)
        for name, fault in FAULTS.items():
            shop.deliver(last, fault)
            caught[name].append(shop.score(last))
            shutil.rmtree(shop.folder / "nights" / last.isoformat(), ignore_errors=True)
        shop.deliver(last)
        caught["model file damaged"].append(damaged(shop, last))
        if given.follow:
            jump = START + DAY * 20
            half = followed(shop, "half", 5, 12, lambda rows, day: leaving(rows, day, jump))
            decay = followed(shop, "decay", 20, 13, exchanged)
            usual = followed(shop, "usual", 20, 13, None)
            followed_lines += [f"| {seed} | half stop buying on day 20 | {half[0]} | {', '.join(half[1])} |",
                               f"| {seed} | slow decay | {decay[0]} | {', '.join(decay[1])} |",
                               f"| {seed} | nothing | {usual[0]} | {', '.join(usual[1])} |"]
    print("| fault | caught | with one message | exit codes | checks |\n| --- | --- | --- | --- | --- |")
    for name, outcomes in caught.items():
        told = [told for _, told in outcomes]
        checks = sorted({check for told in told for check in told})
        codes = sorted({code for code, _ in outcomes})
        n = len(outcomes)
        print(f"| {name} | {sum(bool(t) for t in told)} of {n} | {sum(len(t) == 1 for t in told)} of {n} | "
              f"{', '.join(map(str, codes))} | {', '.join(checks)} |")
    print(f"\nFalse alarms in {given.seeds} x {given.nights} usual nights: {len(false)}")
    print("\n".join(false))
    if followed_lines:
        print("\n| seed | followed | first alarm on day | alarms |\n| --- | --- | --- | --- |")
        print("\n".join(followed_lines))


if __name__ == "__main__":
    main()
