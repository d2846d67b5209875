"""Whether figures of quality look better than they are, on simulated shops.

usage: optimism.py RETAIN FOLDER SEED [SEED ...]

For each seed a shop of 1,500 simulated customers over four years, horizon 60 days, is tested by `retain backtest` at nine
days. Three things are compared, with 95 % intervals from resamples of whole shops:

1. As reported, and later. What `retain train --as-of 2025-01-01` reports are the figures at the last four cutoffs that had
   matured by then. Beside them stand those of the model of that day itself, at that day, and those of the same procedure
   at the same four days of the next year, on which nothing had been decided. Log-loss and AUC are also given less those of
   MBG/NBD alone at the same rows, which chooses nothing on folds: so the season and the change of the shop cancel out.
2. Losses on folds that chose a setting, beside those that the setting chosen before each fold would have had, on the same
   rows (`nested` in `backtest.json`): what a figure measured on its own selection is too good by.
3. The best of the baselines, chosen on the test rows as the grade does, less the one that was best a year before.

Needs polars, numpy, scikit-learn; leaves its files in FOLDER.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import log_loss, roc_auc_score

REPORTED = ["2024-08-04", "2024-09-03", "2024-10-03", "2024-11-02"]
DAY = "2025-01-01"
LATER = ["2025-08-04", "2025-09-03", "2025-10-03", "2025-11-02"]
CUSTOMERS, DAYS = 1_500, 1_461
BASELINES = ["p_recency", "p_overdue", "p_rfm", "p_mbg_nbd"]


def backtest(retain, folder, seed):
    """Simulates and tests a shop once; returns predictions and report."""
    shop = folder / f"seed_{seed}"
    if not (shop / "retain.toml").exists():
        make = [retain, "simulate", "--customers", CUSTOMERS, "--days", DAYS, "--seed", seed, "--out", shop]
        subprocess.run([str(part) for part in [*make, "--format", "parquet"]], check=True, capture_output=True)
    out = shop / "out"
    if not (out / "predictions.parquet").exists():
        config = shop / "optimism.toml"
        cutoffs = ", ".join(f'"{day}"' for day in [*REPORTED, DAY, *LATER])
        text = (shop / "retain.toml").read_text()
        config.write_text(f"{text}\n[backtest]\ncutoffs = [{cutoffs}]\nbootstrap = 40\n")
        command = [retain, "backtest", "--config", config, "--out", out, "--quiet", "--no-progress"]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return pl.read_parquet(out / "predictions.parquet"), json.loads((out / "backtest.json").read_text())


def figures(rows, column):
    y, p = rows["churned"].to_numpy(), np.clip(rows[column].to_numpy(), 1e-6, 1 - 1e-6)
    return np.array([roc_auc_score(y, p), log_loss(y, p), np.mean(y) - np.mean(p)])


def mean_at(predictions, days, column):
    at = [predictions.filter(pl.col("cutoff") == pl.lit(day).str.to_date()) for day in days]
    return np.mean([figures(rows, column) for rows in at], axis=0)


def interval(values):
    values = np.asarray(values, dtype=float)
    random = np.random.default_rng(1)
    means = values[random.integers(0, len(values), (4_000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values.mean():+.5f} [{low:+.5f}, {high:+.5f}]"


def main():
    retain, folder, seeds = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
    periods = {"reported": REPORTED, "that day's model": [DAY], "a year later": LATER}
    blend = {name: [] for name in periods}
    ahead = {name: [] for name in periods}
    nested, lucky, n_rows = {}, [], 0
    for seed in seeds:
        predictions, report = backtest(retain, folder, seed)
        n_rows += len(predictions)
        for name, days in periods.items():
            ours, plain = (mean_at(predictions, days, column) for column in ["churn_probability", "p_mbg_nbd"])
            blend[name].append(ours)
            ahead[name].append(ours - plain)
        of_baselines = {days[0]: [mean_at(predictions, days, b)[0] for b in BASELINES] for days in (REPORTED, LATER)}
        before, now = of_baselines[REPORTED[0]], of_baselines[LATER[0]]
        lucky.append(max(now) - now[int(np.argmax(before))])
        of_shop = {}
        for choice in report["choices"]:
            for found in choice["nested"]:
                key = (found["learner"], found["choice"])
                of_shop.setdefault(key, []).append(found["nested"] - found["in_selection"])
        for key, values in of_shop.items():
            nested.setdefault(key, []).append(np.mean(values))
        print(f"seed {seed}: log-loss", *(f"{name} {values[-1][1]:.4f}" for name, values in blend.items()), flush=True)
    print(f"\n{len(seeds)} shops, {n_rows} rows at nine cutoffs; means over shops, 95 % intervals over shops")
    for title, of in [("the blend", blend), ("the blend less MBG/NBD", ahead)]:
        for figure, label in enumerate(["AUC", "log-loss", "churn rate less mean probability"]):
            means = "  ".join(f"{name} {np.mean([v[figure] for v in values]):.5f}" for name, values in of.items())
            print(f"{title}, {label}: {means}")
            for name in list(periods)[1:]:
                difference = [b[figure] - a[figure] for a, b in zip(of["reported"], of[name])]
                print(f"    {name} less reported: {interval(difference)}")
    print("\nloss nested less loss in selection, by learner and choice (above 0: the figure on its own folds is too good)")
    for (learner, choice), values in sorted(nested.items()):
        print(f"    {learner}, {choice}: {interval(values)} over {len(values)} shops")
    print(f"\nAUC of the best baseline on the test rows less that of the best one a year before: {interval(lucky)}")


main()
