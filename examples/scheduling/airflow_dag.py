"""Airflow: the list of every night, and a new model on the first of the month.

What a run of `retain` means for the task is decided by its exit code (docs/reference/exit-codes.md): what may pass by itself is
tried again, what a person must mend is not.
"""

import subprocess
from datetime import datetime, timedelta

from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.sdk import dag, task

CONFIG = "/srv/shop/retain.toml"


def retain(command: str, day: str) -> None:
    """Runs a command as of a day. The address of a database comes from the environment of the worker."""
    code = subprocess.run(["retain", command, "--config", CONFIG, "--as-of", day, "--quiet"], check=False).returncode
    for_a_person = {
        2: "the config is wrong",
        3: "the data were refused",
        4: "a gate stopped the list (E432), or the new model was not promoted and the list is there (E425)",
    }
    if code == 5:
        raise AirflowSkipException("nobody to rank; the earlier list stands")
    if code in for_a_person:
        raise AirflowFailException(for_a_person[code])
    if code != 0:
        raise AirflowException(f"could not run (exit code {code}); earlier results are untouched")


@dag(schedule="30 3 * * *", start_date=datetime(2025, 1, 1), catchup=False, max_active_runs=1)
def retention():
    # A list is of the day after the data: the end of the interval, not its start.
    @task(retries=2, retry_delay=timedelta(minutes=10))
    def make_list(data_interval_end=None):
        command = "run" if data_interval_end.day == 1 else "score"
        retain(command, data_interval_end.strftime("%Y-%m-%d"))

    make_list()


retention()
