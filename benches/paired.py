"""Compares the predictions of `retain backtest` with those of another tool on the same customers and cutoffs.

usage: paired.py OURS/predictions.parquet THEIRS.parquet [THEIR_COLUMN ...]

THEIRS has cutoff, customer_id, y (1 = left) and one probability column for each model. Prints means over the cutoffs, and
our figure less theirs with a 95 % interval from 400 resamples of whole customers. Needs polars, numpy, scikit-learn.
"""

import sys

import numpy as np
import polars as pl
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

FIGURES = {
    "AUC": lambda y, p: roc_auc_score(y, p),
    "AP": lambda y, p: average_precision_score(y, p),
    "Brier": lambda y, p: brier_score_loss(y, p),
    "log-loss": lambda y, p: log_loss(y, np.clip(p, 1e-6, 1 - 1e-6)),
}


def figures(frame, column):
    groups = [g for _, g in frame.group_by("cutoff", maintain_order=True)]
    values = [[f(g["y"].to_numpy(), g[column].to_numpy()) for f in FIGURES.values()] for g in groups]
    return np.mean(values, axis=0)


def main():
    ours = pl.read_parquet(sys.argv[1]).select("cutoff", "customer_id", "churned", "churn_probability")
    theirs = pl.read_parquet(sys.argv[2]).with_columns(pl.col("cutoff").cast(pl.Date))
    columns = sys.argv[3:] or [c for c in theirs.columns if c.startswith("p_")]
    both = ours.join(theirs, on=["cutoff", "customer_id"], how="inner").sort("cutoff", "customer_id")
    agree = (both["churned"].cast(pl.Int8) == both["y"]).mean()
    print(f"{len(ours)} rows of ours, {len(theirs)} of theirs, {len(both)} in common, outcomes agree in {agree:.4f}")
    ids = both["customer_id"].unique().sort()
    place = {c: i for i, c in enumerate(ids)}
    rows_of = [[] for _ in ids]
    for row, c in enumerate(both["customer_id"]):
        rows_of[place[c]].append(row)
    random = np.random.default_rng(1)
    draws = []
    for _ in range(400):
        rows = np.concatenate([rows_of[i] for i in random.integers(0, len(ids), len(ids))]).astype(np.int64)
        sample = both[rows].sort("cutoff")
        draws.append({c: figures(sample, c) for c in ["churn_probability", *columns]})
    mine = figures(both, "churn_probability")
    print("ours".ljust(22), " ".join(f"{n} {v:.4f}" for n, v in zip(FIGURES, mine)))
    for column in columns:
        their = figures(both, column)
        print(column.ljust(22), " ".join(f"{n} {v:.4f}" for n, v in zip(FIGURES, their)))
        parts = []
        for i, name in enumerate(FIGURES):
            d = np.array([draw["churn_probability"][i] - draw[column][i] for draw in draws])
            low, high = np.quantile(d, [0.025, 0.975])
            parts.append(f"{name} {mine[i] - their[i]:+.4f} [{low:+.4f}, {high:+.4f}]")
        print("  ours less theirs   ", "  ".join(parts))


main()
