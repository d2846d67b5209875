"""How many of those who a past list said would leave or had left came back within nine months: Online Retail II.

usage: never_back.py FOLDER OUT [OUT ...]

FOLDER has the two Parquet files of Online Retail II; each OUT is the folder of `retain run --as-of 2011-03-01` on it. Prints by bands
of `gone_probability + leaving_probability` the mean and the share of customers without a purchase up to the end of the data, and
how well the sum tells them (AUC). Whoever left after the nine months began counts too: the sum may be a little lower.
"""

import sys
from datetime import datetime
from pathlib import Path

import polars as pl

DAY = datetime(2011, 3, 1)
BANDS = [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.01]


def customer(name):
    return pl.col(name).cast(pl.Float64).cast(pl.Int64)


def main(folder, outs):
    files = [pl.read_parquet(path) for path in sorted(Path(folder).glob("year_*.parquet"))]
    lines = pl.concat(files, how="vertical_relaxed").filter(
        pl.col("Customer ID").is_not_null() & (pl.col("Price") > 0) & (pl.col("Quantity") > 0) & (pl.col("InvoiceDate") >= DAY)
    )
    back = lines.select(customer("Customer ID")).unique()
    for out in outs:
        columns = ["customer_id", "gone_probability", "leaving_probability"]
        rows = pl.concat([pl.read_parquet(Path(out) / f"{name}.parquet", columns=columns) for name in ("list", "winback")])
        rows = rows.select(customer("customer_id").alias("id"), said=pl.col("gone_probability") + pl.col("leaving_probability"))
        rows = rows.with_columns(never=~pl.col("id").is_in(back["Customer ID"].implode()))
        rank, never = rows["said"].rank(), rows["never"]
        n = never.sum()
        auc = (rank.filter(never).sum() - n * (n + 1) / 2) / (n * (len(rows) - n))
        print(f"{out}: {len(rows)} customers, said {rows['said'].mean():.3f}, not back {never.mean():.3f}, AUC {auc:.3f}")
        for low, high in zip(BANDS, BANDS[1:]):
            band = rows.filter((pl.col("said") >= low) & (pl.col("said") < high))
            if len(band):
                print(f"  {low:.2f} to {min(high, 1.0):.2f}: {len(band)} customers, said {band['said'].mean():.3f}, not back {band['never'].mean():.3f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
