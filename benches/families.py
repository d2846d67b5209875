"""What each family of features adds: the backtest of a config again and again, each time without one family.

usage: families.py RETAIN CONFIG.toml FOLDER [FAMILY ...]

RETAIN is the binary; FOLDER gets a config and a backtest for each family. Families without features here are passed over.
Prints, for the blend and the logistic regression, the figure without the family less the figure with all of them, as a
mean over the test cutoffs, with a 95 % interval from 400 resamples of whole customers: a log-loss that rises and an AUC
that falls speak for the family. Needs polars and numpy.
"""

import pathlib
import re
import subprocess
import sys

import numpy as np
import polars as pl

FAMILIES = (
    "recency frequency monetary cadence trend season basket categories shop returns complaints silence surveys "
    "attributes value_model"
).split()
LEARNERS = {"blend": "churn_probability", "logistic": "p_logistic"}


def backtest(retain, config, folder, left_out):
    text = config.read_text()
    here = config.parent.resolve()
    # The config moves, so its paths become whole ones.
    text = re.sub(r'"((?:\.\./)+[^"]*)"', lambda m: f'"{(here / m[1]).resolve()}"', text)
    if left_out:
        text += f'\n[selection]\nleave_out = ["{left_out}"]\n'
    name = left_out or "all"
    path = folder / f"{name}.toml"
    path.write_text(text)
    done = subprocess.run(
        [retain, "backtest", "--config", path, "--out", folder / name, "--quiet", "--no-progress"],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        if "E313" in done.stderr:
            return None
        sys.exit(done.stderr)
    frame = pl.read_parquet(folder / name / "predictions.parquet")
    return frame.select("cutoff", "customer_id", "churned", *LEARNERS.values()).sort("cutoff", "customer_id")


def auc(y, p, weight):
    """Area under the curve of weighted rows, ties counted half."""
    values, group = np.unique(p, return_inverse=True)
    left = np.bincount(group, weight * y, len(values))
    stayed = np.bincount(group, weight * ~y, len(values))
    below = np.cumsum(stayed) - stayed
    return float(np.sum(left * (below + stayed / 2)) / (left.sum() * stayed.sum()))


def log_loss(y, p, weight):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(np.average(-np.where(y, np.log(p), np.log(1 - p)), weights=weight))


def main():
    retain, config, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    full = backtest(retain, config, folder, None)
    ids = full["customer_id"].unique().sort()
    place = {name: i for i, name in enumerate(ids)}
    customer = np.array([place[name] for name in full["customer_id"]])
    cutoff = full["cutoff"].to_numpy()
    groups = [cutoff == day for day in np.unique(cutoff)]
    y = full["churned"].to_numpy().astype(bool)
    random = np.random.default_rng(1)
    draws = [np.bincount(random.integers(0, len(ids), len(ids)), minlength=len(ids))[customer] for _ in range(400)]
    print(f"{len(full)} rows, {len(ids)} customers, {len(groups)} cutoffs")
    for family in sys.argv[4:] or FAMILIES:
        without = backtest(retain, config, folder, family)
        if without is None:
            continue
        cells = []
        for learner, column in LEARNERS.items():
            a, b = without[column].to_numpy(), full[column].to_numpy()
            for name, figure in {"log-loss": log_loss, "AUC": auc}.items():

                def change(weight):
                    return np.mean([figure(y[g], a[g], weight[g]) - figure(y[g], b[g], weight[g]) for g in groups])

                low, high = np.quantile([change(weight) for weight in draws], [0.025, 0.975])
                cells.append(f"{learner} {name} {change(np.ones(len(y))):+.4f} [{low:+.4f}, {high:+.4f}]")
        print(family.ljust(12), "  ".join(cells), flush=True)


main()
