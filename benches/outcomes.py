"""Which customers the lists put first, beside what is true of them in simulated shops.

usage: outcomes.py RETAIN FOLDER SEED [SEED ...]

For each seed a shop of 8,000 simulated customers is trained and scored as of 120 days before its end, horizon 60 days. Prints
for several orders of all eligible: the share of the first 50 who had left before the day, and the share of the true margin
(orders a day x mean order) of those who left within the horizon that the first 5, 10 and 20 % have; how well `gone_probability`
tells who had left (AUC, and by bands predicted and true shares); AUC of the heads on their folds. Needs polars; leaves its
files in FOLDER.
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

DAY, HORIZON = datetime(2025, 3, 4), timedelta(days=60)
BANDS = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.0]


def scored(retain, folder, seed):
    shop = folder / f"shop{seed}"
    if not (shop / "retain.toml").exists():
        simulate = [retain, "simulate", "--customers", "8000", "--seed", str(seed), "--format", "parquet", "--out", shop]
        subprocess.run(simulate, check=True, capture_output=True)
        text = (shop / "retain.toml").read_text()
        (shop / "retain.toml").write_text(f'{text}\n[models]\ndir = "models"\n')
    run = [retain, "run", "--config", shop / "retain.toml", "--as-of", f"{DAY:%Y-%m-%d}", "--out", folder / f"out{seed}"]
    subprocess.run(run, check=True, capture_output=True)
    return shop, folder / f"out{seed}"


def auc(is_true, score):
    ranks = pl.Series(score).rank().to_numpy()
    n = is_true.sum()
    return (ranks[is_true].sum() - n * (n + 1) / 2) / (n * (len(ranks) - n))


def orders(rows, truth, gone, value):
    """What each order ranks by, the highest first."""
    column = {name: rows[name].to_numpy() for name in rows.columns if rows[name].dtype.is_numeric()}
    hazard = truth["hazard_per_day"] + truth["hazard_per_order"] * truth["purchase_rate_per_day"]
    never = column["churn_probability"] - column["quiet_probability"]
    last = column["leaving_probability"] - (never - column["gone_probability"])
    return {
        "list, then win-back list": column["expected_loss"] + 1e9 * (column["gone_probability"] <= 0.5),
        "churn probability x value": column["churn_probability"] * column["value_at_stake"],
        "last purchase x value": last * column["value_at_stake"],
        "value": column["value_at_stake"],
        "churn probability": column["churn_probability"],
        "recency": column["days_since_last_order"],
        "true hazard x value": np.where(gone, 0.0, 1.0 - np.exp(-60.0 * hazard.to_numpy())) * value,
    }


def main(retain, folder, seeds):
    found, gone_by_band, heads = {}, [], []
    for seed in seeds:
        shop, out = scored(retain, folder, seed)
        rows = pl.concat([pl.read_parquet(out / f"{name}.parquet") for name in ("list", "winback")])
        truth = rows.select("customer_id").join(pl.read_parquet(shop / "truth.parquet"), on="customer_id", how="left", maintain_order="left")
        left_at = truth["left_at"].dt.replace_time_zone(None)
        gone = (left_at < DAY).fill_null(False).to_numpy()
        leaves = ((left_at >= DAY) & (left_at < DAY + HORIZON)).fill_null(False).to_numpy()
        value = (truth["purchase_rate_per_day"] * truth["mean_order_value"]).to_numpy()
        for name, score in orders(rows, truth, gone, value).items():
            order = np.argsort(-score, kind="stable")
            share = [value[first][leaves[first]].sum() / value[leaves].sum() for first in (order[: round(f * len(order))] for f in (0.05, 0.1, 0.2))]
            found.setdefault(name, []).append([gone[order[:50]].mean(), *share, auc(leaves, score)])
        p = rows["gone_probability"].to_numpy()
        band = np.digitize(p, BANDS[1:-1])
        gone_by_band.append([[p[band == b].mean(), gone[band == b].mean()] for b in range(len(BANDS) - 1)])
        about = json.loads((out / "manifest.json").read_text())["heads"]
        heads.append([figures["auc"] for head in ("never", "last") for figures in about[head]["figures"]])
        print(f"seed {seed}: {len(rows)} eligible, {gone.mean():.3f} had left, {leaves.mean():.3f} left within the horizon; "
              f"AUC of gone {auc(gone, p):.3f}, follow-up {about['follow_up']['days']} days")
    print(f"\n{'order':28}{'gone in 50':>12}{'first 5 %':>12}{'10 %':>8}{'20 %':>8}{'AUC':>8}")
    for name, figures in found.items():
        mean = np.mean(figures, axis=0)
        print(f"{name:28}{mean[0]:12.3f}{mean[1]:12.3f}{mean[2]:8.3f}{mean[3]:8.3f}{mean[4]:8.3f}")
    print("\ngone, predicted and true by band: " + ", ".join(f"{p:.2f} {t:.2f}" for p, t in np.mean(gone_by_band, axis=0)))
    print("AUC of never (boosting, silence, alive) and last: " + ", ".join(f"{a:.3f}" for a in np.mean(heads, axis=0)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
