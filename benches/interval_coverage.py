"""How often the intervals of churn probabilities hold what a model says that learnt from many more customers and later.

usage: interval_coverage.py RETAIN FOLDER SEED [SEED ...]

For each seed a shop of 1,500 simulated customers is scored at three days with a model of its own, trained on what was known
by then. The same customers are scored by a model that learnt from 25,000 other customers of the same simulated world up to
the end of the data, those days included: it stands for the truth. Prints the share of customers whose interval holds it, and
how often the places of the first 100 do. Needs polars; leaves its files in FOLDER.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

DAYS = ["2025-01-02", "2025-03-03", "2025-05-02"]
END = "2025-07-02"
MANY, FEW = 25_000, 1_500


def run(retain, *arguments):
    command = [retain, *map(str, arguments), "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shop(retain, folder, customers, seed):
    if not (folder / "retain.toml").exists():
        run(retain, "simulate", "--customers", customers, "--seed", seed, "--out", folder)
    return folder


def config(folder, models, name):
    path = folder / f"{name}.toml"
    path.write_text((folder / "retain.toml").read_text() + f'\n[models]\ndir = "{models}"\n')
    return path


def scored(retain, path, day, out):
    done = run(retain, "score", "--config", path, "--as-of", day, "--out", out)
    if done.returncode != 0:
        return None
    return pl.read_csv(out / "list.csv", schema_overrides={"customer_id": pl.Utf8}, infer_schema_length=None)


def main():
    retain, root, seeds = sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3:]
    many = shop(retain, root / "many", MANY, 991)
    if not (root / "many_models").exists():
        print(run(retain, "train", "--config", config(many, root / "many_models", "many"), "--as-of", END).stderr[-300:])
    rows = []
    for seed in seeds:
        few = shop(retain, root / f"few_{seed}", FEW, seed)
        truth_config = config(few, root / "many_models", "truth")
        for day in DAYS:
            own = config(few, root / f"few_{seed}_models_{day}", f"own_{day}")
            run(retain, "train", "--config", own, "--as-of", day)
            ours = scored(retain, own, day, few / f"own_{day}")
            truth = scored(retain, truth_config, day, few / f"truth_{day}")
            if ours is None or truth is None:
                print(f"seed {seed}, {day}: not scored")
                continue
            both = ours.join(truth.select("customer_id", true="churn_probability", true_rank="rank"), on="customer_id")
            p, low, high, true = (both[c].to_numpy() for c in ["churn_probability", "churn_probability_low", "churn_probability_high", "true"])
            logit = lambda p: np.log(np.clip(p, 1e-4, 1 - 1e-4) / (1 - np.clip(p, 1e-4, 1 - 1e-4)))
            sd = (logit(high) - logit(low)) / 2.563
            error = logit(p) - logit(true)
            first = both.filter(pl.col("rank") <= 100)
            places = ((first["true_rank"] >= first["rank_low"]) & (first["true_rank"] <= first["rank_high"])).mean()
            held = ((true >= low) & (true <= high)).mean()
            rows.append((held, (high - low).mean(), error.mean(), np.sqrt((error**2).mean()), np.sqrt((sd**2).mean()), error.std(), places))
            print(f"seed {seed}, {day}: {len(both)} customers, held {held:.3f}, width {rows[-1][1]:.3f}, error in log-odds: mean {rows[-1][2]:+.3f}, rms {rows[-1][3]:.3f} (stated {rows[-1][4]:.3f}), around the mean {rows[-1][5]:.3f}; places held {places:.2f}", flush=True)
    mean = np.mean(np.array(rows), axis=0)
    print(f"{len(rows)} lists: held {mean[0]:.3f}, width {mean[1]:.3f}, error rms {np.sqrt(np.mean(np.array(rows)[:, 3] ** 2)):.3f} (stated {np.sqrt(np.mean(np.array(rows)[:, 4] ** 2)):.3f}), mean error sd {np.array(rows)[:, 2].std():.3f}, around the mean {mean[5]:.3f}; places held {mean[6]:.2f}")


if __name__ == "__main__":
    main()
