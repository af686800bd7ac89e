"""Backfill: a past from a folder of captures, a documentation repository or a web archive, in any order."""

from datetime import date
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

from flows.report import publish
from flows.warehouse_limit import alone
from sandsnap import past, pipeline
from sandsnap.capture.web_archive import INTERNET_ARCHIVE, Server
from sandsnap.health.watched import watched
from sandsnap.settings import load
from sandsnap.vendors import VENDORS


@task(name="backfill", retries=1, retry_delay_seconds=60, timeout_seconds=2 * 3600, persist_result=False)
def take(captures: Path, vendors: list[str] | None, home: Path | None, run_id: str | None) -> pipeline.Outcome:
    """Archive, read and record: one task, because it is one writing run."""
    return pipeline.backfill(load(home), captures, vendors or VENDORS, flow_run_id=run_id)


@task(name="backfill from git", retries=1, retry_delay_seconds=60, timeout_seconds=2 * 3600, persist_result=False)
def take_git(
    repository: str, rules: str | None, vendors: list[str] | None, home: Path | None, run_id: str | None
) -> past.Taken:
    """Every version of a documentation repository that is not here yet."""
    return past.from_git(load(home), repository, vendors or VENDORS, rules=rules, flow_run_id=run_id)


@task(
    name="backfill from a web archive",
    retries=2,
    retry_delay_seconds=600,
    timeout_seconds=12 * 3600,
    persist_result=False,
)
def take_web_archive(
    server: Server, since: date | None, vendors: list[str] | None, home: Path | None, run_id: str | None
) -> past.Taken:
    """Every copy that is not here yet; a retry goes on where the one before stopped."""
    settings, names = load(home), vendors or VENDORS
    found, wanted = past.plan(settings, server, names, since)
    return past.from_web_archive(settings, server, found, wanted, names, flow_run_id=run_id)


@flow(name="sandsnap-backfill", log_prints=True, validate_parameters=False)
def backfill(
    captures: Path | None = None, git: str | None = None, rules: str | None = None, web_archive: str | None = None,
    replay: str | None = None, since: date | None = None, vendors: list[str] | None = None, home: Path | None = None,
) -> pipeline.Outcome | None:  # fmt: skip
    """Record copies from one of three places; the result is that of the days in order. None: nothing new.

    `rules` says which pages the files of `git` are (OWNER/REPOSITORY or a TOML file); `web_archive` is a CDX server's
    address, or "" for the Internet Archive. Raises ValueError unless one place is named.
    """
    if sum(x is not None for x in (captures, git, web_archive)) != 1:
        raise ValueError("name one of captures, git and web_archive")
    settings, log = load(home), get_run_logger()
    with alone(settings), watched(settings, "backfill", log.warning):
        if captures is not None:
            outcome: pipeline.Outcome | None = take(Path(captures), vendors, home, flow_run.id)
        else:
            taken = (
                take_git(git, rules, vendors, home, flow_run.id) if git is not None
                else take_web_archive(Server(web_archive or INTERNET_ARCHIVE, replay), since, vendors, home, flow_run.id)
            )  # fmt: skip
            log.info("%d new copies, %d were here already, %d not taken", taken.new, taken.known, len(taken.issues))
            outcome = taken.outcome
        if outcome is not None:
            publish(settings, outcome, "backfill")
    return outcome
