"""Dagster: the list of every night. What a run means is decided by its exit code (docs/reference/exit-codes.md)."""

import subprocess

from dagster import Config, Definitions, Failure, OpExecutionContext, RetryRequested, ScheduleDefinition, job, op


class Shop(Config):
    """Where the config of the shop is, and the command: `score`, or `run` for a new model."""

    config: str = "/srv/shop/retain.toml"
    command: str = "score"


@op
def make_list(context: OpExecutionContext, shop: Shop) -> None:
    """Makes the list. The address of a database comes from the environment."""
    done = subprocess.run(["retain", shop.command, "--config", shop.config, "--quiet"], check=False, capture_output=True, text=True)
    context.log.info(done.stderr)
    for_a_person = {
        2: "the config is wrong",
        3: "the data were refused",
        4: "a gate stopped the list (E432), or the new model was not promoted and the list is there (E425)",
    }
    if done.returncode == 5:
        context.log.info("nobody to rank; the earlier list stands")
    elif done.returncode in for_a_person:
        raise Failure(f"{for_a_person[done.returncode]}: {done.stderr}", allow_retries=False)
    elif done.returncode != 0:
        raise RetryRequested(max_retries=2, seconds_to_wait=600) from Failure(done.stderr)


@job
def retention():
    make_list()


definitions = Definitions(jobs=[retention], schedules=[ScheduleDefinition(job=retention, cron_schedule="30 3 * * *")])
