"""Times BG/NBD of the Python package `lifetimes` beside ours, on the same machine in one run.

    pip install lifetimes && python benches/beside_lifetimes.py [customers]

Both fit, and then predict a year ahead, simulated customers whose histories are all distinct: purchase rates are
exponential with mean 1/6 a week, chances to leave are beta with a = 1 and b = 3, ages lie between one and two years.
"""

import subprocess
import sys
import time

import numpy as np
from lifetimes import BetaGeoFitter


def shop(n_customers: int, seed: int = 42):
    """Frequency, recency and age of simulated customers, in weeks."""
    random = np.random.default_rng(seed)
    rate = random.exponential(1 / 6, n_customers)
    leave = random.beta(1, 3, n_customers)
    age = random.uniform(52, 104, n_customers)
    frequency = np.zeros(n_customers)
    recency = np.zeros(n_customers)
    now = np.zeros(n_customers)
    active = np.ones(n_customers, dtype=bool)
    while active.any():
        now[active] += random.exponential(1 / rate[active])
        active &= now <= age
        frequency[active] += 1
        recency[active] = now[active]
        active &= random.random(n_customers) >= leave
    return frequency, recency, age


def main() -> None:
    n_customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    histories = shop(n_customers)
    start = time.perf_counter()
    fitter = BetaGeoFitter().fit(*histories)
    seconds = time.perf_counter() - start
    print(f"lifetimes: {n_customers:,} customers fitted in {seconds:.1f} s, {dict(fitter.params_.round(3))}")
    start = time.perf_counter()
    fitter.conditional_expected_number_of_purchases_up_to_time(52, *histories)
    fitter.conditional_probability_alive(*histories)
    seconds = time.perf_counter() - start
    print(f"lifetimes: expected purchases and P(alive) of {n_customers:,} in {seconds:.1f} s")
    # Ours predicts besides the probability of no purchase and the median wait.
    subprocess.run(["cargo", "bench", "--locked", "--bench", "clv", "--", "bg_nbd"], check=True)


if __name__ == "__main__":
    main()
