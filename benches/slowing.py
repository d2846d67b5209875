"""Customers who slow down: what value models expect, what the past year brought, and the middle of both, beside what came.

usage: slowing.py RETAIN FOLDER

Makes the lists of three public shops as of a past day (`examples/*.toml`, with the data beside the project) in FOLDER, and looks at
everyone on them who had been a customer for a year and bought in it. The list counts the geometric mean of the models and of the
past year where the models expect more; from it and the past year follows what the models alone expect. Prints, for those of whom
the models expect up to so many times the past year, predicted over actual margin and the mean absolute error per customer, for the
days that came. Needs polars.
"""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SHOPS = [("cdnow", date(1998, 4, 1), date(1998, 7, 1)), ("btydplus_grocery", date(2007, 9, 1), date(2007, 12, 30)),
         ("online_retail_ii", date(2011, 6, 12), date(2011, 12, 9))]
BINS = [(0, 1), (1, 1.5), (1.5, 2.5), (2.5, float("inf")), (1.5, float("inf")), (0, float("inf"))]


def purchases(shop):
    """Customer, day and net amount of every line."""
    if shop == "cdnow":
        rows = pl.read_parquet(DATA / shop / "cdnow_master.parquet")
        return rows.select(pl.col("customer_id").cast(pl.Utf8), day=pl.col("date").cast(pl.Date),
                           amount=pl.col("dollar_value"))
    if shop == "btydplus_grocery":
        rows = pl.read_parquet(DATA / shop / "groceryElog.parquet")
        return rows.select(customer_id=pl.col("cust").cast(pl.Utf8), day=pl.col("date").cast(pl.Date), amount=pl.lit(1.0))
    years = [pl.read_parquet(DATA / shop / f"year_{year}.parquet") for year in ("2009_2010", "2010_2011")]
    rows = pl.concat(years, how="vertical_relaxed").unique().filter(pl.col("Price") > 0, pl.col("Customer ID").is_not_null())
    rows = rows.filter(pl.col("Invoice").cast(pl.Utf8).str.starts_with("C") | (pl.col("Quantity") > 0))
    return rows.select(customer_id=pl.col("Customer ID").cast(pl.Int64).cast(pl.Utf8), day=pl.col("InvoiceDate").dt.date(),
                       amount=pl.col("Quantity") * pl.col("Price"))


def listed(retain, shop, day, folder):
    """What both lists of the day count for each customer."""
    config = folder / f"{shop}.toml"
    text = (ROOT / "examples" / f"{shop}.toml").read_text()
    config.write_text(text.replace("../../shared/data", str(DATA)))
    done = subprocess.run([retain, "run", "--config", config, "--as-of", str(day), "--out", folder / shop, "--quiet"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise SystemExit(done.stderr)
    columns = ["customer_id", "clv_predicted", "value_at_stake"]
    read = lambda name: pl.read_csv(folder / shop / f"{name}.csv", columns=columns, schema_overrides={"customer_id": pl.Utf8})
    return pl.concat([read("list"), read("winback")])


def main():
    retain, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print("| shop | models over the past year | customers | models alone | counted | past year alone |\n|---|---|---|---|---|---|")
    for shop, day, end in SHOPS:
        rows, share = purchases(shop), (end - day).days / 365
        def total(name, start, until):
            some = rows.filter(pl.col("day").is_between(start, until, closed="left"))
            return some.group_by("customer_id").agg(pl.col("amount").sum().alias(name))

        first = rows.filter(pl.col("day") < day).group_by("customer_id").agg(first=pl.col("day").min())
        all_ = listed(retain, shop, day, folder).join(first, on="customer_id")
        for other in (total("past", day - timedelta(365), day), total("came", day, end)):
            all_ = all_.join(other, on="customer_id", how="left")
        all_ = all_.filter(pl.col("first") <= day - timedelta(365), pl.col("past") > 0).with_columns(pl.col("came").fill_null(0))
        # Counted are the square root of models times past year, where the models expect more.
        ratio = pl.col("value_at_stake") / pl.col("past")
        all_ = all_.with_columns(times=pl.when(ratio > 1).then(ratio**2).otherwise(ratio),
                                 model=pl.col("clv_predicted") * pl.when(ratio > 1).then(ratio).otherwise(1.0))
        for low, high in BINS:
            some = all_.filter(pl.col("times") > low, pl.col("times") <= high)
            if some.is_empty():
                continue
            told = []
            for name in ("model", "clv_predicted", "past"):
                expected = some[name] * share
                told.append(f"{expected.sum() / some['came'].sum():.2f}; {(expected - some['came']).abs().mean():.2f}")
            print(f"| {shop}, {day}, {(end - day).days} days | {low} to {high} | {len(some)} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
