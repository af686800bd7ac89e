"""The archive: nothing is lost, nothing is rewritten, and any order of adding gives the same captures."""

import hashlib
import io
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sandsnap.capture import Archive, ArchiveError, replay
from sandsnap.capture.index import Entry, Index, Place
from sandsnap.model import Capture

URL = "https://vendor.test/pricing"
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)


def capture(
    body: bytes = b"$0.05 per hour", url: str = URL, at: datetime | None = NOON, file: str | None = None, **more: object
) -> Capture:
    made = Capture(url=url, captured_at=at, body=body, sha256=hashlib.sha256(body).hexdigest(), file=file)
    return replace(made, **more)  # type: ignore[arg-type]


def order(c: Capture) -> tuple[str, str, str, str]:
    return (c.captured_at.isoformat() if c.captured_at else "~", c.url, c.file or "", c.sha256)


def warc_records(folder: Path) -> list[tuple[str, str | None]]:
    found = []
    for path in sorted((folder / "warc").glob("*.gz")):
        with path.open("rb") as handle:
            for record in ArchiveIterator(handle, check_digests="raise"):
                record.content_stream().read()
                found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
    return found


FULL = capture(
    body="é\r\n\r\nWARC/1.1\r\n".encode(),
    at=NOON.replace(microsecond=123456),
    file="pricing @2026-07-04~a%20b é.md",
    status=404,
    headers=(
        ("Content-Type", "text/html"),
        ("X-Title", "Ünïcode"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X", ""),
    ),
    redirects=("https://vendor.test/old", URL),
    complete=False,
)


@pytest.mark.parametrize(
    "original",
    [
        capture(),
        FULL,
        capture(body=b""),
        capture(at=None, file="undated.md"),
        capture(url="https://vendor.test/blog (exact post not known)"),
        capture(status=299),
    ],
)
def test_a_capture_comes_back_equal_after_reopening(tmp_path: Path, original: Capture) -> None:
    with Archive(tmp_path) as archive:
        assert archive.add(original) == original
    with Archive(tmp_path) as archive:
        assert list(archive.captures()) == [original]
        assert archive.get(original.sha256) == original
        assert archive.at(original.url, original.captured_at) == (original,)


def test_adding_twice_adds_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.add(capture())
        before = {path: path.read_bytes() for path in (tmp_path / "warc").iterdir()}
        assert archive.add(capture()) == capture()
        assert archive.add_all([capture(), capture()]) == 0
        assert {path: path.read_bytes() for path in (tmp_path / "warc").iterdir()} == before
        assert len(archive) == 1


def test_an_unchanged_body_becomes_a_revisit_record_that_refers_to_the_first(tmp_path: Path) -> None:
    later = capture(at=NOON + timedelta(days=1), headers=(("ETag", '"2"'),))
    with Archive(tmp_path) as archive:
        archive.add(capture())
        archive.add(later)
        assert list(archive.captures()) == [capture(), later]
    assert [kind for kind, _ in warc_records(tmp_path)] == ["warcinfo", "response", "warcinfo", "revisit"]
    with (tmp_path / "warc/2026-07-05.warc.gz").open("rb") as handle:
        record = list(ArchiveIterator(handle))[1]
    assert record.rec_headers.protocol == "WARC/1.1"
    assert record.rec_headers.get_header("WARC-Profile").endswith("/1.1/revisit/identical-payload-digest")
    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == URL
    assert record.rec_headers.get_header("WARC-Refers-To-Date") == "2026-07-04T12:00:00Z"


def test_warcio_reads_the_files_and_their_digests_as_it_reads_any(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.add_all([capture(), FULL, capture(b"other", at=None)])
    assert sorted(kind for kind, _ in warc_records(tmp_path)) == ["response"] * 3 + ["warcinfo"] * 2
    files = [str(path) for path in (tmp_path / "warc").iterdir()]
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", *files]
    assert subprocess.run(check, capture_output=True, timeout=60).returncode == 0


def test_days_may_be_added_out_of_order_even_when_the_body_came_later(tmp_path: Path) -> None:
    days = [capture(at=NOON + timedelta(days=n)) for n in range(3)]
    with Archive(tmp_path) as archive:
        for one in (days[2], days[0], days[1]):
            archive.add(one)
        assert list(archive.captures()) == days
        assert archive.latest(URL, date(2026, 7, 5)) == days[1]
        archive.rebuild()
        assert list(archive.captures()) == days


def test_two_captures_of_one_url_and_day_are_both_kept_and_ordered_by_file(tmp_path: Path) -> None:
    first, second = capture(b"one", file="p@2026-07-04.md"), capture(b"two", file="p@2026-07-04~0b4d189.md")
    with Archive(tmp_path) as archive:
        archive.add_all([second, first])
        assert list(archive.captures()) == [first, second]
        assert archive.latest(URL) == second


def test_lookups(tmp_path: Path) -> None:
    good = capture(b"a", headers=(("ETag", '"1"'), ("Last-Modified", "Sat, 04 Jul 2026 12:00:00 GMT")))
    same = replace(good, captured_at=NOON + timedelta(days=1))
    gone = capture(b"gone", at=NOON + timedelta(days=2), status=404, headers=(("ETag", '"404"'),))
    undated, other = capture(b"?", at=None), capture(b"b", url="https://other.test/")
    with Archive(tmp_path) as archive:
        archive.add_all([undated, gone, other, same, good])
        assert archive.latest(URL) == gone
        assert archive.latest(URL, status=200) == same
        assert archive.latest(URL, date(2026, 7, 3)) is None
        assert archive.latest("https://nowhere.test/") is None
        assert archive.last_validators(URL) == ('"1"', "Sat, 04 Jul 2026 12:00:00 GMT")
        assert archive.last_validators(other.url) == (None, None)
        assert archive.versions(URL) == (good, gone)
        assert list(archive.captures()) == [other, good, same, gone, undated]
        assert list(archive.captures(since=date(2026, 7, 5))) == [same, gone]
        assert list(archive.captures(urls=[other.url])) == [other]
        assert list(archive.captures(urls=[])) == []
        with pytest.raises(KeyError):
            archive.get("0" * 64)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (replace(capture(), sha256="0" * 64), "sha256"),
        (capture(at=NOON.replace(tzinfo=None)), "time zone"),
        (capture(headers=(("X", "a\r\nWARC-Type: x"),)), "header line"),
        (capture(url=URL + "\n"), "header line"),
        (capture(file=""), "file is empty"),
    ],
)
def test_what_cannot_be_kept_as_it_is_is_refused_and_leaves_nothing(
    tmp_path: Path, broken: Capture, message: str
) -> None:
    with Archive(tmp_path) as archive:
        archive.add(capture(b"before"))
        with pytest.raises(ValueError, match=message):
            archive.add_all([capture(b"good"), broken])
        assert [c.body for c in archive.captures()] == [b"before"]
        # The good one of the failed batch lies in the file already: adding it again finds it there.
        archive.add_all([capture(b"good"), capture(b"after")])
        assert sorted(c.body for c in archive.captures()) == [b"after", b"before", b"good"]
    assert [kind for kind, _ in warc_records(tmp_path)].count("response") == 3


@pytest.mark.parametrize("left", [1, 9, 30, -1])
def test_a_torn_tail_is_ignored_and_cut_off_by_the_next_append(tmp_path: Path, left: int) -> None:
    path = tmp_path / "warc/2026-07-04.warc.gz"
    with Archive(tmp_path) as archive:
        archive.add(capture(b"kept"))
    size = path.stat().st_size
    with Archive(tmp_path) as archive:
        archive.add(capture(b"torn" * 100))
    whole = path.read_bytes()
    for name in tmp_path.glob("index*"):  # the crash came before the index knew
        name.unlink()
    path.write_bytes(whole[: size + left] if left > 0 else whole[:left])
    with Archive(tmp_path) as archive:
        assert [c.body for c in archive.captures()] == [b"kept"]
        archive.add(capture(b"next"))
        assert {c.body for c in archive.captures()} == {b"kept", b"next"}
    assert len(warc_records(tmp_path)) == 3
    assert path.read_bytes()[:size] == whole[:size]


def test_whole_records_that_the_index_missed_are_taken_in(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.add(capture(b"one"))
    before = (tmp_path / "index.sqlite3").read_bytes()
    with Archive(tmp_path) as archive:
        archive.add_all([capture(b"two"), capture(b"one", at=NOON + timedelta(days=1))])
    (tmp_path / "index.sqlite3").write_bytes(before)
    with Archive(tmp_path) as archive:
        assert sorted(c.body for c in archive.captures()) == [b"one", b"one", b"two"]


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_added(tmp_path: Path) -> None:
    program = """
import hashlib, itertools, pathlib, sys
from datetime import UTC, datetime, timedelta
from sandsnap.capture import Archive
from sandsnap.model import Capture
archive = Archive(pathlib.Path(sys.argv[1]))
for n in itertools.count():
    body = str(n).encode() * 500
    at = datetime(2026, 7, 4, tzinfo=UTC) + timedelta(days=n % 3, seconds=n)
    archive.add(Capture("https://vendor.test/", at, body, hashlib.sha256(body).hexdigest()))
    print(n, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while process.stdout.readline() != "20\n":
        assert process.poll() is None
    process.kill()
    done = max(map(int, process.stdout.read().split()), default=20)
    process.wait()
    process.stdout.close()
    with Archive(tmp_path) as archive:
        bodies = {c.body for c in archive.captures()}
    assert bodies >= {str(n).encode() * 500 for n in range(done + 1)}
    assert len(bodies) <= done + 2


@pytest.mark.parametrize("garbage", [b"", b"not a database at all" * 100])
def test_a_lost_or_broken_index_is_rebuilt_from_the_warc_files(tmp_path: Path, garbage: bytes) -> None:
    kept = sorted((capture(), FULL, capture(at=NOON + timedelta(days=3)), capture(b"?", at=None)), key=order)
    with Archive(tmp_path) as archive:
        archive.add_all(reversed(kept))
    for name in tmp_path.glob("index*"):
        name.unlink()
    if garbage:
        (tmp_path / "index.sqlite3").write_bytes(garbage)
    with Archive(tmp_path) as archive:
        assert list(archive.captures()) == kept


def test_damage_in_the_middle_and_lost_bytes_are_errors_that_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "warc/2026-07-04.warc.gz"
    with Archive(tmp_path) as archive:
        archive.add_all([capture(os.urandom(2000)), capture(b"last")])
    whole = path.read_bytes()
    path.write_bytes(whole[:-50])
    with pytest.raises(ArchiveError, match="restore the file"):
        Archive(tmp_path)
    path.write_bytes(whole[:1000] + b"\0" * 100 + whole[1100:])
    with Archive(tmp_path) as archive, pytest.raises(ArchiveError, match="restore the file"):
        list(archive.captures())
    for name in tmp_path.glob("index*"):
        name.unlink()
    with pytest.raises(ArchiveError, match="whole records behind it"):
        Archive(tmp_path)
    assert path.stat().st_size == len(whole)


def test_a_revisit_whose_body_is_lost_is_not_a_capture_until_the_body_is_added_again(tmp_path: Path) -> None:
    tomorrow = capture(at=NOON + timedelta(days=1))
    with Archive(tmp_path) as archive:
        archive.add_all([capture(), tomorrow])
    for lost in (*tmp_path.glob("index*"), tmp_path / "warc/2026-07-04.warc.gz"):
        lost.unlink()
    with Archive(tmp_path) as archive:
        assert (len(archive), list(archive.captures()), archive.latest(URL)) == (0, [], None)
        assert archive.add(tomorrow) == tomorrow
        archive.rebuild()
        assert list(archive.captures()) == [tomorrow]


def test_two_archives_on_one_folder_see_each_other(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as two:
        for n in range(6):
            (one, two)[n % 2].add(capture(str(n).encode()))
        assert len(one) == len(two) == 6
        assert list(one.captures()) == list(two.captures())


def test_threads_may_share_one_archive(tmp_path: Path) -> None:
    made = [capture(str(n % 7).encode(), at=NOON + timedelta(seconds=n)) for n in range(40)]
    with Archive(tmp_path) as archive, ThreadPoolExecutor(4) as threads:
        assert list(threads.map(archive.add, made)) == made
        assert list(archive.captures()) == made


def test_another_tools_file_in_the_folder_is_refused_and_not_misread(tmp_path: Path) -> None:
    Archive(tmp_path).close()
    with (tmp_path / "warc/other.warc.gz").open("wb") as handle:
        writer = WARCWriter(handle, warc_version="1.1")
        http = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(URL, "response", payload=io.BytesIO(b"x"), length=1, http_headers=http)
        )
    with pytest.raises(ArchiveError, match="replay its file instead"):
        Archive(tmp_path)


TIMES = st.sampled_from(
    [None, NOON, NOON + timedelta(microseconds=1), NOON + timedelta(days=1), NOON - timedelta(days=400)]
)
CAPTURES = st.builds(
    capture,
    body=st.sampled_from([b"", b"a", b"b", b"c" * 3000]),
    url=st.sampled_from([URL, "https://other.test/"]),
    at=TIMES,
    file=st.sampled_from([None, "a.md", "b.md"]),
).map(lambda c: replace(c, status=410) if c.body == b"a" else c)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(CAPTURES, min_size=1, max_size=12).flatmap(lambda made: st.tuples(st.just(made), st.permutations(made)))
)
def test_any_order_of_adding_gives_the_same_captures(orders: tuple[list[Capture], list[Capture]]) -> None:
    made, shuffled = orders
    expected = sorted({order(c): c for c in made}.values(), key=order)
    with tempfile.TemporaryDirectory() as folder:
        with Archive(Path(folder)) as archive:
            for one in shuffled:
                archive.add(one)
            assert list(archive.captures()) == expected
            archive.rebuild()
            assert list(archive.captures()) == expected
            for status in (None, 200, 410):
                mine = [c for c in expected if c.url == URL and c.captured_at and status in (None, c.status)]
                assert archive.latest(URL, NOON.date(), status=status) == max(
                    (c for c in mine if c.day and c.day <= NOON.date()), key=order, default=None
                )
                assert archive.latest(URL, status=status) == max(mine, key=order, default=None)
            assert list(archive.captures(urls=[URL])) == [c for c in expected if c.url == URL]
            for sha256 in {c.sha256 for c in expected}:
                assert {e.captured_at for e in archive.captures_of(sha256)} == {
                    c.captured_at for c in expected if c.sha256 == sha256
                }
                dated = [c.captured_at for c in expected if c.sha256 == sha256 and c.captured_at]
                assert archive.get(sha256).first_seen == min(dated, default=None)
        assert sorted(replay(Path(folder)), key=order) == expected


def test_eight_hundred_captures_are_read_in_under_a_second(tmp_path: Path) -> None:
    made = [
        capture(
            f"{n % 400} ".encode() * 3000,
            url=f"https://vendor.test/{n % 100}",
            at=NOON + timedelta(days=n // 100, seconds=n),
        )
        for n in range(800)
    ]
    with Archive(tmp_path) as archive:
        assert archive.add_all(made) == 800
        start = time.process_time()
        assert sum(1 for _ in archive.captures()) == 800
        assert time.process_time() - start < 1.0


def test_a_quiet_day_of_134_pages_costs_the_index_under_5_kilobytes(tmp_path: Path) -> None:
    index, sizes = Index(tmp_path / "index.sqlite3"), list[int]()
    for day in range(40):
        warc = f"{NOON.date() + timedelta(days=day)}.warc.gz"
        with index.writing():
            for n in range(134):
                place = Place(warc, 600 + n * 790, 790)
                url, sha256 = f"https://vendor{n % 8}.test/docs/{n}", hashlib.sha256(b"%d" % n).hexdigest()
                at = NOON + timedelta(days=day, microseconds=n * 437_123)
                index.insert(Entry(url, at, sha256, 200, True, None, place, place), holds_body=day == 0)
            index.set_size(warc, 600 + 134 * 790)
        index.close()  # the log is written back
        sizes.append(index.path.stat().st_size)
        index = Index(index.path)
    assert index.count() == 40 * 134
    index.close()
    assert (sizes[-1] - sizes[9]) / 30 <= 5_000


def test_an_index_of_an_older_version_is_made_again(tmp_path: Path) -> None:
    kept = [capture(), capture(at=NOON + timedelta(days=1))]
    with Archive(tmp_path) as archive:
        archive.add_all(kept)
    for name in tmp_path.glob("index*"):
        name.unlink()
    with closing(sqlite3.connect(tmp_path / "index.sqlite3")) as old:
        old.execute("CREATE TABLE captures (captured_at TEXT, url TEXT)")
        old.execute("CREATE INDEX by_url ON captures (url)")
        old.execute("PRAGMA user_version = 2")
    with Archive(tmp_path) as archive:
        assert list(archive.captures()) == kept
