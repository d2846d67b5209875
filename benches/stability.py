"""Whether the first reasons of a list stay the same with another seed and a day later.

usage: stability.py RETAIN CONFIG DAY FOLDER

Trains and scores as of DAY with the config's seed, again with another seed, and scores the first model a day later. Of the
first hundred of the first list, prints the share whose first reason is the same: of the same family, and in the same words but
for numbers. Customers who have moved to the win-back list count with their reason there; who is on neither list, as changed.
Needs polars; leaves its files in FOLDER.
"""

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl


def run(retain, command, config, day, out):
    done = subprocess.run([retain, command, "--config", config, "--as-of", day, "--out", out, "--quiet"],
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{command} {config} {day}: {done.stderr[-600:]}")


def reasons(folder):
    """The first reason of everyone by family and by words, in the order of the list."""
    found = {}
    for name in ["list.csv", "winback.csv"]:
        if (folder / name).exists():
            rows = pl.read_csv(folder / name, schema_overrides={"customer_id": pl.Utf8}, infer_schema_length=None)
            words = [re.sub(r"[\d.,]+", "#", text or "none") for text in rows["reason_1"].cast(pl.Utf8)]
            words = [re.sub(r"s\b", "", text) for text in words]
            found |= dict(zip(rows["customer_id"], zip(rows["reason_code_1"].cast(pl.Utf8), words)))
    return found


def main():
    retain, config, day, folder = sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3], Path(sys.argv[4]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    text = config.read_text()
    text = re.sub(r"(?m)^seed = .*\n", "", text)
    text = re.sub(r"(?m)^\[models\]\n(dir = .*\n)?", "", text)
    text = re.sub(r'path = "(?!/)', f'path = "{config.parent}/', text)
    text = re.sub(r'(?m)^    "(?!/)', f'    "{config.parent}/', text)
    for seed in (1, 2):
        more = f'\n[models]\ndir = "{folder}/models_{seed}"\n'
        (folder / f"seed_{seed}.toml").write_text(f"seed = {seed}\n" + text + more)
    later = str(date.fromisoformat(day) + timedelta(days=1))
    run(retain, "run", folder / "seed_1.toml", day, folder / "first")
    run(retain, "run", folder / "seed_2.toml", day, folder / "other_seed")
    run(retain, "score", folder / "seed_1.toml", later, folder / "day_later")
    first = reasons(folder / "first")
    hundred = list(first)[:100]
    for name in ["other_seed", "day_later"]:
        other = reasons(folder / name)
        same = lambda part: sum(customer in other and other[customer][part] == first[customer][part] for customer in hundred)
        print(f"{name}: same family {same(0)} of {len(hundred)}, same words {same(1)}; "
              f"on neither list {sum(customer not in other for customer in hundred)}")


if __name__ == "__main__":
    main()
