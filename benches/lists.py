"""Whether the list has those who are about to leave and not those who have left, where the truth is known.

usage: lists.py RETAIN FOLDER [--customers N] [--seeds FIRST LAST]

For each seed a simulated shop is scored as of 120 days before the end of its data with a model trained on what was known by
then. The truth says who had left before that day and who left within the horizon of 60 days. Population: everyone on the list
and on the win-back list. Prints, as means over seeds with 95 % intervals (resamples of seeds), the share already gone among
the first 50 and 100 and among all; and the share of the true yearly margin of those who left within the horizon that the
first 5, 10 and 20 % hold, by the list's order and by others. The true order knows who is still here, each one's base hazard
and true margin; what complaints add to a hazard is not in the truth. Needs polars; leaves its files in FOLDER.
"""

import argparse
import subprocess
from pathlib import Path

import numpy as np
import polars as pl

AS_OF, UNTIL = "2025-03-04", "2025-05-03"
SHARES = [0.05, 0.10, 0.20]
MORE = "\n[backtest]\nlast = 1\nbootstrap = 40\n"


def run(retain, *arguments):
    done = subprocess.run([retain, *map(str, arguments), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr[-600:]}")
    return done


def lists(folder):
    """All rows, the list in its order and the win-back list behind it."""
    parts = [folder / name for name in ["list.csv", "winback.csv"] if (folder / name).exists()]
    read = lambda path: pl.read_csv(path, schema_overrides={"customer_id": pl.Utf8}, infer_schema_length=None)
    return pl.concat([read(path).with_columns(part=pl.lit(i)) for i, path in enumerate(parts)], how="diagonal_relaxed")


def measured(retain, folder, seed, customers):
    shop = folder / f"shop_{seed}"
    if not (shop / "retain.toml").exists():
        run(retain, "simulate", "--customers", customers, "--seed", seed, "--out", shop)
        with open(shop / "retain.toml", "a") as config:
            config.write(MORE)
    out = shop / "run"
    run(retain, "run", "--config", shop / "retain.toml", "--as-of", AS_OF, "--out", out)
    truth = pl.read_csv(shop / "truth.csv", schema_overrides={"customer_id": pl.Utf8}, infer_schema_length=None)
    rows = lists(out).join(truth, on="customer_id", how="left", maintain_order="left")
    left = rows["left_at"].cast(pl.Utf8).fill_null("9999")
    gone, leaves = (left < AS_OF).to_numpy(), ((left >= AS_OF) & (left < UNTIL)).to_numpy()
    number = lambda column: rows[column].cast(pl.Float64).to_numpy()
    margin = 365 * number("purchase_rate_per_day") * number("mean_order_value")
    hazard = number("hazard_per_day") + number("hazard_per_order") * number("purchase_rate_per_day")
    p, value = number("churn_probability"), number("value_at_stake")
    scores = {
        "the list": -np.arange(len(rows), dtype=float),
        "true hazard x true margin": np.where(gone, 0.0, hazard * margin),
        "churn probability": p,
        "value at stake": value,
        "churn probability x value": p * value,
        "recency, the longest silence": number("days_since_last_order"),
        "recency, the shortest silence": -number("days_since_last_order"),
    }
    figures = {}
    for name, score in scores.items():
        order = np.argsort(-score, kind="stable")
        held = lambda share: margin[order[: round(share * len(order))]] @ leaves[order[: round(share * len(order))]]
        figures[name] = [gone[order[:n]].mean() for n in (50, 100)]
        figures[name] += [held(share) / (margin @ leaves) for share in SHARES]
    return figures, [len(rows), gone.mean(), leaves.mean(), (rows["part"] == 1).mean()]


def interval(values):
    values = np.array(values)
    random = np.random.default_rng(1)
    means = random.choice(values, (2000, len(values))).mean(axis=1)
    return f"{values.mean():.3f} [{np.quantile(means, 0.025):.3f}, {np.quantile(means, 0.975):.3f}]"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("retain")
    parser.add_argument("folder", type=lambda path: Path(path).resolve())
    parser.add_argument("--customers", type=int, default=8_000)
    parser.add_argument("--seeds", type=int, nargs=2, default=[4242, 4261])
    arguments = parser.parse_args()
    found, shops = [], []
    for seed in range(arguments.seeds[0], arguments.seeds[1] + 1):
        figures, shop = measured(arguments.retain, arguments.folder, seed, arguments.customers)
        found.append(figures)
        shops.append(shop)
        print(f"seed {seed}: {shop[0]} rows, gone {shop[1]:.3f}, leave {shop[2]:.3f}, the list's first 50 gone "
              f"{figures['the list'][0]:.2f}, margin held by its first tenth {figures['the list'][3]:.3f}", flush=True)
    rows, gone, leaves, winback = np.array(shops).T
    print(f"\n{len(found)} shops, {rows.mean():.0f} rows each; gone {interval(gone)}, leave within the horizon "
          f"{interval(leaves)}, on the win-back list {interval(winback)}\n")
    print("| ranked by | gone, first 50 | gone, first 100 | margin held, first 5 % | first 10 % | first 20 % |")
    print("|---|---|---|---|---|---|")
    for name in found[0]:
        cells = [interval([figures[name][i] for figures in found]) for i in range(5)]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
