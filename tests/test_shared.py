"""The main job on the real captures: what a careful reader found on them, and what a replay of the whole archive tells."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandsnap import pipeline
from sandsnap.record import alert_queries, queries
from sandsnap.settings import Settings

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def test_against_the_labels(shared: Path) -> None:
    tool = shared / "tools" / "score_truth.py"
    done = subprocess.run([sys.executable, tool, "--verbose"], capture_output=True, text=True, check=True)
    t = json.loads(done.stdout.splitlines()[-1])
    assert t["right"] / t["facts"] >= 0.98, done.stdout
    assert t["read_in_scope"] == t["labelled_in_scope"], done.stdout
    assert t["traps_kept"] == t["traps"], done.stdout
    assert t["pairs_right"] / t["pairs"] >= 0.97, done.stdout


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    captures = Path(__file__).resolve().parents[2] / "shared" / "captures"
    if not captures.is_dir():
        pytest.skip("../shared/captures is absent")
    settings = Settings(tmp_path_factory.mktemp("replayed"))
    pipeline.backfill(settings, captures)
    return settings


def changes(settings: Settings, vendor: str) -> list[dict[str, Any]]:
    with queries.connect_readonly(settings.warehouse) as con:
        return [r for r in alert_queries.steps(con).records() if r["vendor"] == vendor]


def said(rows: list[dict[str, Any]], day: str, key: str, field: str) -> set[tuple[str, str]]:
    return {(r["before"], r["after"]) for r in rows if str(r["day"]) == day and r["key"] == key and r["field"] == field}


def test_flys_gpu_prices_as_its_pages_tell_them(replayed: Settings) -> None:
    rows = changes(replayed, "fly")
    assert said(rows, "2024-08-15", "any / gpu / l40s / - / list", "usd") == {("2.5", "1.25")}
    cut = {
        "a10": ("1.5", "0.75"),
        "l40s": ("1.25", "0.7"),
        "a100-40g-pcie": ("2.5", "1.25"),
        "a100-80g-sxm": ("3.5", "1.5"),
    }
    for sku, (before, after) in cut.items():
        assert said(rows, "2026-02-11", f"any / gpu / {sku} / - / list", "usd") == {(before, after)}
        assert said(rows, "2026-02-11", sku, "status") == {("available", "ending")}


def test_daytonas_licence_and_e2bs_sessions(replayed: Settings) -> None:
    assert said(changes(replayed, "daytona"), "2025-04-28", "core", "licence") == {("Apache-2.0", "AGPL-3.0")}
    assert said(changes(replayed, "e2b"), "2024-02-15", "hobby / session_max", "amount") == {("24", "1")}


def test_rewording_is_no_change(replayed: Settings, shared: Path) -> None:
    """Pairs in which the text changed and no fact did: nothing in their scope changes on the later day."""
    wrong = []
    for truth in sorted((shared / "truth").glob("*.jsonl")):
        rows = changes(replayed, truth.stem)
        index = [
            json.loads(line)
            for line in (shared / "captures" / truth.stem / "index.jsonl").read_text("utf-8").splitlines()
        ]
        captured = {f"{truth.stem}/{e['file']}": e for e in index}
        for line in truth.read_text("utf-8").splitlines():
            case = json.loads(line)
            if case["kind"] != "pair" or case["changes"]:
                continue
            after = captured[case["after"]]
            same_day = [
                e for e in index if e["url"] == after["url"] and e.get("captured_at") == after.get("captured_at")
            ]
            if len(same_day) > 1:
                continue  # a day holds one reading: a pair within a day, or a day of two versions, is not told apart
            wrong += [
                (case["case"], r["key"], r["before"], r["after"])
                for r in rows
                if str(r["day"]) == (after.get("captured_at") or "")[:10]
                and pipeline.source_of(r["source_url"]) is pipeline.source_of(after["url"])
                and any(_in_scope(r, part) for part in case["scope"])
            ]
    assert wrong == []


def _in_scope(row: dict[str, Any], part: dict[str, Any]) -> bool:
    key = json.loads(row["key_columns"])
    where = part.get("where") or {}
    return row["table"] == part["table"] and all(
        key.get(k, v) in (v if isinstance(v, list) else [v]) for k, v in where.items()
    )


def test_every_unread_page_is_an_issue_with_a_reason(replayed: Settings) -> None:
    with queries.connect_readonly(replayed.warehouse) as con:
        unread = queries.sql(
            con,
            "SELECT r.source_url, r.reader, r.day FROM readings r WHERE outcome <> 'good' AND NOT EXISTS "
            "(FROM issues i WHERE i.source_url = r.source_url AND i.first_on <= r.day AND i.last_on >= r.day)",
        ).rows
        assert unread == []
        grid = queries.sql(con, "SELECT count(DISTINCT vendor) FROM prices").rows
    assert grid == [(8,)]


def test_a_second_replay_changes_nothing(replayed: Settings, shared: Path) -> None:
    again = pipeline.backfill(replayed, shared / "captures" / "freestyle")
    assert not again.result.changed
    # Five years of captures: claims, the facts and steps made of them, events with their words, and every view.
    assert replayed.warehouse.stat().st_size <= 2_000 * 1024  # rewritten where a third of it is free
