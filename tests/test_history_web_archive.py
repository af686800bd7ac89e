"""Copies of a web archive as captures: which are taken, what is refused, and that a stopped run goes on."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandsnap.capture import Archive, FetchPolicy
from sandsnap.capture.wacz import surt
from sandsnap.capture.web_archive import Copy, Server, WebArchiveError, _rows, chosen, fetch_copies, held
from sandsnap.cli.app import run
from tests.loopback import Handler, Seen, answer, serving, serving_beside
from tests.loopback import Server as Loopback

PAGE = "https://v.test/price"


def row(stamp: str, digest: str, status: str = "200", mime: str = "text/html") -> dict[str, str]:
    return {"timestamp": stamp, "digest": digest, "status": status, "mime": mime}


def test_a_copy_is_taken_when_its_digest_changed_and_once_a_day() -> None:
    left: Counter[str] = Counter()
    rows = [
        row("20260101000000", "A"), row("20260102000000", "A"), row("20260103000000", "B"), row("20260103120000", "C"),
        row("20260104000000", "X", "301"), row("20260105000000", "C"), row("20260106000000", "A", "-", "warc/revisit"),
        row("20260107000000", "Q", "-", "warc/revisit"), row("20260108000000", "E", "503"),
    ]  # fmt: skip
    assert [c.stamp for c in chosen(PAGE, rows, left)] == [
        "20260101000000", "20260103120000", "20260105000000", "20260106000000",
    ]  # fmt: skip
    assert left == {"redirect": 1, "another of the same day": 1, "status of an unknown body": 1, "status 503": 1}


def test_both_forms_of_a_cdx_answer_are_read() -> None:
    table = json.dumps([["timestamp", "statuscode", "mimetype", "digest"], ["20260101000000", "200", "text/html", "A"]])
    lines = json.dumps({"timestamp": "20260101000000", "status": "200", "mime": "text/html", "digest": "A"}) + "\n"
    assert list(_rows(table.encode())) == list(_rows(lines.encode())) == [row("20260101000000", "A")]
    assert list(_rows(b"")) == list(_rows(b"[]")) == []


@pytest.mark.parametrize("body", [b"<html>", b"[[1]]x", b'{"timestamp": "2026"}', b"\xff", b'[["a"],["b","c"]]', b"5"])
def test_an_answer_that_is_no_cdx_is_refused(body: bytes) -> None:
    with pytest.raises(WebArchiveError, match="CDX"):
        list(_rows(body))


def test_a_url_as_indexes_sort_it() -> None:
    assert surt("https://www.V.test:443/Docs/?b=1") == "test,v)/docs?b=1"
    assert surt("http://v.test:8080") == "test,v:8080)/"


COPIES = [Copy(PAGE, datetime(2026, 1, day, tzinfo=UTC), str(day)) for day in (1, 2, 3, 4, 5, 6)]


async def _fetched(folder: Path, stop_after: int | None = None) -> tuple[list[str], list[str], list[str]]:
    async with serving() as server:
        base = f"http://127.0.0.1:{server.port}/coll"
        archive_server = Server(f"{base}/cdx")
        paths = [archive_server.copy(c).removeprefix(f"http://127.0.0.1:{server.port}") for c in COPIES]
        server.page(paths[0], answer(200, b"one", ("Memento-Datetime", "Thu, 01 Jan 2026 00:00:00 GMT")))
        server.page(paths[1], answer(429, b"", ("Retry-After", "0")), answer(200, b"two"))
        server.page(paths[2], answer(302, b"", ("Location", paths[0])))
        server.page(paths[3], answer(200, b"four", ("Memento-Datetime", "Mon, 05 Jan 2026 00:00:00 GMT")))
        server.page(paths[4], answer(200, b"<script src=wombat.js></script>"))
        server.page(
            paths[5], answer(302, b"", ("Location", paths[5] + "/"))
        )  # the same copy, by its address with a slash
        server.page(paths[5] + "/", answer(200, b"six"))
        policy = FetchPolicy("http://c.test", requests_per_s=1000, backoff_s=0, allow_http=True, allow_private=True)

        def work() -> tuple[list[str], list[str]]:
            with Archive(folder) as archive:
                have = held(archive, COPIES)
                wanted = [c for c in COPIES if c.file not in have][:stop_after]
                taken, issues = fetch_copies(archive_server, wanted, policy, archive, lambda _: "v")
                return [c.body.decode() for c in taken], [i.message for i in issues]

        taken, issues = await asyncio.to_thread(work)
        return taken, issues, server.paths()


def test_only_the_copy_that_was_asked_for_is_content(tmp_path: Path) -> None:
    taken, issues, _ = asyncio.run(_fetched(tmp_path))
    assert taken == ["one", "two", "six"]
    said = " | ".join(sorted(issues))
    assert len(issues) == 3 and "leads to another capture" in said and "Mon, 05 Jan" in said and "banner" in said
    with Archive(tmp_path) as archive:
        assert {(str(c.day), c.url, c.body) for c in archive.captures()} == {
            ("2026-01-01", PAGE, b"one"), ("2026-01-02", PAGE, b"two"), ("2026-01-06", PAGE, b"six"),
        }  # fmt: skip


def test_a_run_that_was_stopped_does_not_ask_again(tmp_path: Path) -> None:
    first, _, _ = asyncio.run(_fetched(tmp_path, stop_after=1))
    then, _, asked = asyncio.run(_fetched(tmp_path))
    assert first == ["one"] and then == ["two", "six"]
    assert not any(path.endswith("/20260101000000id_/https://v.test/price") for path in asked[:1])


def test_a_web_archive_that_does_not_answer_is_one_line_and_no_empty_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "sandsnap.toml"
    config.write_text(
        '[fetch]\ncontact_url = "http://c.test"\nallow_http = true\nallow_private = true\nrequests_per_s = 500.0\nattempts = 1\n'
    )
    monkeypatch.setenv("SANDSNAP_CONFIG", str(config))
    words = ["backfill", "--web-archive", "http://127.0.0.1:9/cdx", "--vendor", "deno", "--home", str(tmp_path)]
    for more in (["--dry-run"], []):
        assert run([*words, *more]) == 2
        told = capsys.readouterr()
        assert told.out == "" and "list of it cannot be had" in told.err and len(told.err.splitlines()) == 1


def _pywb() -> str | None:
    beside = Path(os.environ.get("SANDSNAP_PYWB", sys.executable)).parent
    return shutil.which("wayback", path=str(beside)) or shutil.which("wayback")


@pytest.fixture
def wayback(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A real pywb over WARCs that our own archive wrote; its CDX address."""
    from sandsnap import pipeline
    from sandsnap.settings import Settings

    pages = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo" / "e2b"
    source = Settings(tmp_path / "source")
    pipeline.archive_copy(source, pages)
    command = _pywb()
    assert command
    manager = str(Path(command).with_name("wb-manager"))
    folder = tmp_path / "pywb"
    folder.mkdir()
    subprocess.run([manager, "init", "past"], cwd=folder, check=True, capture_output=True)
    warcs = sorted(str(f) for f in (source.archive / "warc").glob("2*.warc.gz"))
    subprocess.run([manager, "add", "past", *warcs], cwd=folder, check=True, capture_output=True)
    port = 18_300 + os.getpid() % 500
    with (folder / "log").open("wb") as log:
        job = subprocess.Popen([command, "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/past/cdx?url=a.test").close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/past/cdx", pages
    finally:
        job.kill()
        job.wait()


# As `sandsnap` does, but for the process that goes away: after the second copy, after the fourth, and while it records.
_STOP = """
import os, sys
from sandsnap import pipeline
from sandsnap.capture import archive
from sandsnap.cli.app import run
done, add = [], archive.Archive.add
def counted(self, capture):
    kept = add(self, capture)
    done.append(kept)
    if len(done) == {after}:
        os._exit(9)
    return kept
archive.Archive.add = counted
pipeline.record = lambda *a, **k: os._exit(9)
run(sys.argv[1:])
"""
STOPS = [_STOP.format(after=n) for n in (2, 4, 0)]


@pytest.mark.slow
@pytest.mark.skipif(_pywb() is None, reason="no pywb: .ci/run makes an environment for it (SANDSNAP_PYWB)")
def test_a_real_web_archive_gives_what_its_pages_give(
    wayback: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cdx, pages = wayback
    config = tmp_path / "sandsnap.toml"
    config.write_text(
        '[fetch]\ncontact_url = "http://c.test"\nallow_http = true\nallow_private = true\nrequests_per_s = 500.0\n'
    )
    monkeypatch.setenv("SANDSNAP_CONFIG", str(config))
    home, straight = tmp_path / "home", tmp_path / "straight"
    words = ["backfill", "--web-archive", cdx, "--vendor", "e2b", "--home", str(home)]
    assert run([*words, "--dry-run"]) == 0 and "would be taken" in capsys.readouterr().out
    assert not (home / "captures").exists()
    for stop in STOPS:  # a machine that goes off, three times
        killed = subprocess.run([sys.executable, "-c", stop, *words], capture_output=True, timeout=120)
        assert killed.returncode == 9, killed.stderr
    assert run(words) in (0, 1)
    assert run([*words, "--json"]) in (0, 1)
    assert run(["backfill", "--captures", str(pages), "--vendor", "e2b", "--home", str(straight)]) in (0, 1)
    capsys.readouterr()
    answers = []
    for folder in (home, straight):
        assert (
            run(["sql", "SELECT * EXCLUDE (source_url) FROM prices ORDER BY ALL", "--json", "--home", str(folder)]) == 0
        )
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] and answers[0] == answers[1]
    assert run(["archive", "export", str(tmp_path / "out"), "--home", str(home)]) == 0
    folder = tmp_path / "pywb"
    manager = str(Path(_pywb() or "").with_name("wb-manager"))
    subprocess.run([manager, "init", "evidence"], cwd=folder, check=True, capture_output=True)
    wacz = str(tmp_path / "out" / "sandsnap.wacz")
    subprocess.run([manager, "add", "--unpack-wacz", "evidence", wacz], cwd=folder, check=True, capture_output=True)
    evidence = cdx.replace("/past/", "/evidence/")
    listed = urllib.request.urlopen(f"{evidence}?url=https%3A%2F%2Fe2b.dev%2Fdocs%2Fbilling&output=json").read()
    assert b"e2b.dev/docs/billing" in listed


class Faulty(Loopback):
    """Stands before a web archive: hands everything on, but for the copies that it has a fault for."""

    def __init__(self, behind: str) -> None:
        super().__init__()
        self.behind, self.faults = behind, dict[str, list[bytes]]()

    def route(self, seen: Seen) -> Handler:
        left = self.faults.get(seen.path, [])
        if left:
            given = left.pop(0) if len(left) > 1 else left[0]
            if given:
                return lambda _, out: out.write(given)

        async def hand_on(seen: Seen, out: asyncio.StreamWriter) -> None:
            out.write(await asyncio.to_thread(self.fetched, seen.path))

        return hand_on

    def fetched(self, path: str) -> bytes:
        try:
            with urllib.request.build_opener(_NoRedirect).open(self.behind + path) as found:
                keep = ("content-type", "memento-datetime", "location")
                return answer(found.status, found.read(), *((n, v) for n, v in found.getheaders() if n.lower() in keep))
        except urllib.error.HTTPError as error:
            headers = [("Location", error.headers["Location"])] if error.headers["Location"] else []
            return answer(error.code, error.read(), *headers)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.mark.slow
@pytest.mark.skipif(_pywb() is None, reason="no pywb: .ci/run makes an environment for it (SANDSNAP_PYWB)")
def test_faults_of_a_real_web_archive_cost_the_copies_that_they_hit_and_no_other(
    wayback: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cdx, _ = wayback
    config, home = tmp_path / "sandsnap.toml", tmp_path / "home"
    config.write_text(
        '[fetch]\ncontact_url = "http://c.test"\nallow_http = true\nallow_private = true\nrequests_per_s = 500.0\n'
        "backoff_s = 0.01\nattempts = 3\nread_timeout_s = 5.0\n"
    )
    monkeypatch.setenv("SANDSNAP_CONFIG", str(config))
    with serving_beside(Faulty(cdx.removesuffix("/past/cdx"))) as proxy:
        words = [
            "backfill",
            "--web-archive",
            f"http://127.0.0.1:{proxy.port}/past/cdx",
            "--vendor",
            "e2b",
            "--home",
            str(home),
        ]

        def at(day: str, page: str) -> str:
            return f"/past/{day.replace('-', '')}000000id_/{page}"

        billing, home_page = "https://e2b.dev/docs/billing", "https://e2b.dev/docs"
        hit = {
            "2026-10-12": at("2026-10-12", billing), "2026-02-07": at("2026-02-07", billing),
            "2026-02-10": at("2026-02-10", home_page), "2026-03-16": at("2026-03-16", "https://e2b.dev/docs/sandbox/snapshots"),
            "2026-03-04": at("2026-03-04", "https://github.com/e2b-dev/infra"),
            "2026-02-05": at("2026-02-05", "https://e2b.dev/docs/sandbox/rate-limits"),
        }  # fmt: skip
        short = b"HTTP/1.1 200 x\r\nContent-Type: text/markdown\r\nContent-Length: 9000\r\n\r\n# Billing & limits"
        proxy.faults = {
            hit["2026-10-12"]: [answer(503, b"busy"), answer(429, b"", ("Retry-After", "0")), b""],
            hit["2026-02-07"]: [short],
            hit["2026-02-10"]: [answer(302, b"", ("Location", hit["2026-02-10"]))],
            hit["2026-03-16"]: [proxy.fetched(at("2026-02-19", "https://e2b.dev/docs/sandbox/persistence"))],
            hit["2026-03-04"]: [answer(302, b"", ("Location", at("2026-02-14", "https://github.com/e2b-dev/E2B")))],
            hit["2026-02-05"]: [answer(503, b"busy")],
        }
        assert run([*words, "--json"]) in (0, 1)
        row = json.loads(capsys.readouterr().out)
        missing = [m["message"] for m in row["not_taken"]]
        assert row["new"] > 10 and len(missing) == 5, row
        assert {m["kind"] for m in row["not_taken"]} == {"fetch_failed"}
        for day, said in (
            ("2026-02-07", ""), ("2026-02-10", "redirect"), ("2026-03-16", "served the capture of Thu, 19 Feb 2026"),
            ("2026-03-04", "leads to another capture"), ("2026-02-05", "503"),
        ):  # fmt: skip
            assert any(day in m and said in m for m in missing), (day, said, missing)
        proxy.faults = {}
        proxy.seen.clear()
        assert run([*words, "--json"]) in (0, 1)
        row = json.loads(capsys.readouterr().out)
        assert (row["new"], row["not_taken"]) == (5, [])
        asked = {seen.path for seen in proxy.seen if "id_/" in seen.path}
        assert asked == {path for day, path in hit.items() if day != "2026-10-12"}, (
            "what is here is not asked for again"
        )


def test_a_stored_page_is_shown_without_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import hashlib

    from sandsnap.model import Capture

    body = b'<html><script>alert("x")</script><p onclick="a()">$1</p></html>'
    sha = hashlib.sha256(body).hexdigest()
    with Archive(tmp_path / "captures") as archive:
        archive.add(Capture(PAGE, datetime(2026, 1, 1, tzinfo=UTC), body, sha))
    assert run(["capture", "show", sha[:10], "--output", "-", "--home", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert 'sandbox=""' in shown and "<script" not in shown and "default-src &#x27;none&#x27;" in shown
    assert run(["capture", "show", "ffff", "--output", "-", "--home", str(tmp_path)]) == 2
