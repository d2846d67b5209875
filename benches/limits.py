"""Where the time of a feature table goes, beside what the machine can do at best.

usage: limits.py RETAIN CONFIG.toml OUT DAY[,DAY...] FILE.parquet COLUMN [COLUMN ...]

Prints how fast polars reads the same columns of the file and nothing else, how fast memory is copied, and how fast a file
is written and synced; then the stages of `retain features --verbose` with bytes per second. Bytes are those of the columns
in memory. Needs polars and numpy.
"""

import os
import re
import subprocess
import sys
import time

import numpy as np
import polars as pl


def timed(work):
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def main():
    retain, config, out, days, path, *columns = sys.argv[1:]
    frame, seconds = timed(lambda: pl.read_parquet(path, columns=columns))
    megabytes = frame.estimated_size() / 1e6
    print(f"plain read        {seconds:6.2f} s  {megabytes:8.0f} MB  {megabytes / seconds:8.0f} MB/s")
    del frame
    source = np.ones(125_000_000)
    target = np.zeros_like(source)
    _, seconds = timed(lambda: np.copyto(target, source))
    print(f"memory copy       {seconds:6.2f} s  {1000:8.0f} MB  {1000 / seconds:8.0f} MB/s")
    os.makedirs(out, exist_ok=True)

    def write():
        with open(os.path.join(out, "limit"), "wb") as file:
            file.write(memoryview(source).cast("B"))
            os.fsync(file.fileno())

    _, seconds = timed(write)
    os.remove(os.path.join(out, "limit"))
    print(f"write and sync    {seconds:6.2f} s  {1000:8.0f} MB  {1000 / seconds:8.0f} MB/s")
    command = [retain, "features", "--config", config, "--out", out, "--verbose", "--no-progress", "--as-of", *days.split(",")]
    done, seconds = timed(lambda: subprocess.run(command, capture_output=True, text=True))
    print(f"whole command     {seconds:6.2f} s")
    size = os.path.getsize(os.path.join(out, "features.parquet")) / 1e6
    for line in done.stderr.splitlines():
        if found := re.match(r"([a-z ]+): ([\d.]+) s(?: of a thread, (\d+) MB)?$", line):
            stage, seconds, moved = found[1], float(found[2]), found[3]
            moved = float(moved) if moved else size if stage == "features" else megabytes
            print(f"{stage:29} {seconds:6.2f} s  {moved:8.0f} MB  {moved / max(seconds, 0.01):8.0f} MB/s")


main()
