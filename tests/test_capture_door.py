"""The archive's door: each record comes in or is refused by itself, whatever stands in it, and the others come in."""

import gzip
import json
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.capture import Archive, Refused, replay
from sandsnap.capture.door import MAX_BYTES, DoorError, dated
from sandsnap.capture.identity import AddressError, archived_at, identity
from sandsnap.model import Capture
from sandsnap.read.addresses import canonical
from sandsnap.read.sources import source_of, vendor_of

GOOD = {"file": "good.md", "url": "https://v.test/good", "captured_at": "2026-07-04"}


def let_in(path: Path) -> tuple[list[Capture], list[Refused]]:
    refused: list[Refused] = []
    return list(replay(path, on_refused=refused.append)), refused


def folder(path: Path, *lines: str | bytes | dict[str, Any], end: bytes = b"\n") -> Path:
    """An index of these lines between two good rows; a mapping is a row that is good but for what it says."""
    path.mkdir(exist_ok=True)
    (path / "good.md").write_text("good")
    (path / "page.md").write_text("page")
    row = {"file": "page.md", "url": "https://v.test/page", "captured_at": "2026-07-04"}
    texts = [json.dumps({**row, **x}) if isinstance(x, dict) else x for x in (GOOD, *lines, {**GOOD, "status": 404})]
    (path / "index.jsonl").write_bytes(end.join(t if isinstance(t, bytes) else t.encode() for t in texts))
    return path


TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()
BAD_ROWS: list[tuple[Any, str]] = [
    ("[1, 2]", "not a JSON object"),
    ("null", "not a JSON object"),
    ("{broken", "not JSON"),
    ("[" * 100_000, "nested|not JSON"),
    ('{"status": ' + "1" * 5_000 + "}", "not JSON"),
    (b'{"file": "page.md", "url": "https://v.test/\xff"}', "not UTF-8"),
    ("\0\0\0\0", "not JSON"),
    ({"captured_at": "2026-13-45"}, "not a date"),
    ({"captured_at": "2026-02-30"}, "not a date"),
    ({"captured_at": 20260704}, "not a date"),
    ({"captured_at": ["2026-07-04"]}, "not a date"),
    ({"captured_at": "0001-01-01T00:00:00+14:00"}, "no day of this world"),
    ({"captured_at": "9999-12-31T23:59:59-14:00"}, "no day of this world"),
    ({"captured_at": "1970-01-01"}, "before 1990"),
    ({"captured_at": str(TOMORROW + timedelta(days=1))}, "in the future"),
    ({"captured_at": "2036-02-01"}, "in the future"),
    ({"status": -1}, "status"),
    ({"status": 0}, "status"),
    ({"status": 999}, "status"),
    ({"status": True}, "status"),
    ({"status": "200"}, "status"),
    ({"complete": "no"}, "complete"),
    ({"url": "http://["}, "no address"),
    ({"url": "http://v.test:99999/"}, "no address"),
    ({"url": "ftp://v.test/page"}, "no address"),
    ({"url": "javascript:alert(1)"}, "no address"),
    ({"url": "https://"}, "no address"),
    ({"url": "https://v.test/\u0000"}, "no address"),
    ({"url": "https://v.test/\ud800"}, "half a character"),
    ({"url": 7}, "missing or not a text"),
    ({"url": "https://web.archive.org/web/20200101000000id_/https://v.test/page"}, "another day"),
    ({"file": ""}, "missing"),
    ({"file": "."}, "no regular file"),
    ({"file": "gone.md"}, "not there"),
    ({"file": "../page.md"}, "outside"),
    ({"file": "/etc/passwd"}, "outside"),
    ({"file": "pa\0ge.md"}, "outside"),
    ({"file": "\ud800.md"}, "half a character"),
    ({"file": "x" * 5_000}, "cannot be read"),
    ({"file": "page.md/more"}, "cannot be read"),
    ({"sha256": "0" * 64}, "sha256 is"),
    ({"sha256": "abc"}, "64 hexadecimal"),
]


@pytest.mark.parametrize(("row", "why"), BAD_ROWS, ids=[f"{n}-{why}" for n, (_, why) in enumerate(BAD_ROWS)])
def test_a_bad_row_is_refused_and_the_others_come_in(tmp_path: Path, row: Any, why: str) -> None:
    found, refused = let_in(folder(tmp_path / "f", row))
    assert [c.url for c in found] == [GOOD["url"]] * 2
    assert len(refused) == 1 and re.search(why, refused[0].why), refused


def test_what_is_no_page_of_the_folder_is_not_followed_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "page.md").write_text("outside")
    names = ("link.md", "pipe.md", "folder.md", "through/page.md", "big.md", "loop.md")
    path = folder(tmp_path / "f", *({"file": name} for name in names))
    (path / "link.md").symlink_to(tmp_path / "outside" / "page.md")
    os.mkfifo(path / "pipe.md")
    (path / "folder.md").mkdir()
    (path / "through").symlink_to(tmp_path / "outside")
    with (path / "big.md").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    (path / "loop.md").symlink_to("loop.md")
    found, refused = let_in(path)
    assert len(found) == 2 and len(refused) == len(names)


def test_an_index_that_is_a_link_or_a_folder_refuses_its_folder_only(tmp_path: Path) -> None:
    folder(tmp_path / "good")
    for name in ("link", "folder"):
        folder(tmp_path / name)
        (tmp_path / name / "index.jsonl").unlink()
    (tmp_path / "link" / "index.jsonl").symlink_to(tmp_path / "good" / "index.jsonl")
    (tmp_path / "folder" / "index.jsonl").mkdir()
    found, refused = let_in(tmp_path)
    assert len(found) == 2 and len(refused) == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_marks_and_separators_of_an_index(tmp_path: Path, end: bytes) -> None:
    path = folder(
        tmp_path / "f", '{"file": "page.md", "url": "https://v.test/page", "title": "a\u2028b\u0085c"}', "", end=end
    )
    data = (path / "index.jsonl").read_bytes()
    for written in (data, b"\xef\xbb\xbf" + data, data.decode().encode("utf-16")):
        (path / "index.jsonl").write_bytes(written)
        found, refused = let_in(path)
        assert len(found) == 3 and not refused


def test_a_row_that_stands_twice_is_one_capture_twice_and_the_archive_keeps_one(tmp_path: Path) -> None:
    found, _ = let_in(folder(tmp_path / "f", {}, {}))
    with Archive(tmp_path / "archive") as archive:
        assert archive.add_all(found) == 2


def test_a_web_archives_address_dates_its_copy() -> None:
    url = "http://web.archive.org/web/20250312101112id_/http://v.test/"
    assert dated(None, url) == datetime(2025, 3, 12, 10, 11, 12, tzinfo=UTC) == archived_at(url)
    assert dated(datetime(2025, 3, 12), url) == datetime(2025, 3, 12, tzinfo=UTC)  # noqa: DTZ001 -- no zone is UTC
    assert archived_at("http://web.archive.org/web/2025id_/http://v.test/") is None
    assert archived_at("http://web.archive.org/web/20259912101112/http://v.test/") is None
    with pytest.raises(DoorError, match="another day"):
        dated(datetime(2026, 3, 12, tzinfo=UTC), url)


RECORD = (
    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
    "Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
)
U = "https://v.test/"


def record(
    url: str = U, date: str = "2026-01-01T00:00:00Z", http: bytes = b"HTTP/1.1 200 OK\r\n", body: bytes = b"b"
) -> bytes:
    block = http + b"\r\n" + body
    return RECORD.format(url=url, date=date, length=len(block)).encode() + block + b"\r\n\r\n"


BAD_RECORDS = {
    "an unknown encoding": record(http=b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n"),
    "no HTTP": record(http=b"", body=b"what?"),
    "status ²": record(http="HTTP/1.1 ² OK\r\n".encode()),
    "status 999": record(http=b"HTTP/1.1 999 No\r\n"),
    "year 1": record(date="0001-01-01T00:00:00+14:00"),
    "year 2036": record(date="2036-01-01T00:00:00Z"),
    "no date": record(date="July"),
    "no address": record(url="https://["),
    "a length that is none": record().replace(b"Content-Length: ", b"Content-Length: x"),
    "another digest": record().replace(
        b"WARC-Date", b"WARC-Payload-Digest: sha256:" + b"A" * 52 + b"====\r\nWARC-Date"
    ),
    "no head": b"no record at all\r\n\r\n",
}


@pytest.mark.parametrize("packed", [False, True], ids=["warc", "warc.gz"])
@pytest.mark.parametrize("bad", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_bad_warc_record_is_refused_and_the_others_come_in(tmp_path: Path, bad: bytes, packed: bool) -> None:
    parts = [record(U + "1"), bad, record(U + "2"), record(U + "3")]
    path = tmp_path / ("x.warc.gz" if packed else "x.warc")
    path.write_bytes(b"".join(gzip.compress(p) if packed else p for p in parts))
    found, refused = let_in(path)
    assert [c.url for c in found if c.url != U] == [U + "1", U + "2", U + "3"]
    assert [c for c in found if c.url == U] == [] and refused


@given(at=st.integers(0, 10_000), junk=st.binary(min_size=1, max_size=40))
def test_damage_anywhere_in_a_packed_warc_costs_the_records_it_hits(at: int, junk: bytes) -> None:
    members = [gzip.compress(record(f"{U}{n}", body=b"%d " % n * 50)) for n in range(6)]
    data = b"".join(members)
    at %= len(data)
    hurt = data[:at] + junk + data[at + len(junk) :]
    ends = [sum(map(len, members[: n + 1])) for n in range(6)]
    whole = {f"{U}{n}" for n in range(6) if ends[n] <= at or ends[n] - len(members[n]) >= at + len(junk)}
    with tempfile.TemporaryDirectory() as tmp:
        path = Path(tmp) / "x.warc.gz"
        path.write_bytes(hurt)
        found, _ = let_in(path)
    assert whole <= {c.url for c in found}


SAME = [
    "https://fly.io/docs/about/pricing",
    "http://fly.io/docs/about/pricing/",
    "http://fly.io:80/docs/about/pricing",
    "https://fly.io:443/docs/about/pricing#top",
    "//fly.io/docs//about/pricing",
    "fly.io/docs/about/pricing",
    "https://www.fly.io/docs/about/pricing?",
    "https://FLY.io./docs/%61bout/./x/../pricing",
    "https://web.archive.org/web/20260101000000id_/https://fly.io/docs/about/pricing",
    "http://web.archive.org:80/web/2026/http:/fly.io/docs/about/pricing",
    "https://web.archive.org/web/20260101000000if_/fly.io/docs/about/pricing/",
    "http://localhost:8080/all/20260101000000mp_/https://fly.io:443/docs/about/pricing",
    "https://web.archive.org/web/20260101000000id_/https://web.archive.org/web/20250101000000id_/http://fly.io/docs/about/pricing",
]


@pytest.mark.parametrize("url", SAME)
def test_a_page_has_one_identity(url: str) -> None:
    assert canonical(url) == "fly.io/docs/about/pricing"
    assert source_of(url) is source_of(SAME[0]) is not None and vendor_of(url) == "fly"


@pytest.mark.parametrize(
    "url", [f"{SAME[0]}?currency=eur", f"{SAME[0]}%3Fa", f"{SAME[0]}:80", "https://fly.io:8443/docs/about/pricing"]
)
def test_another_page_is_another_page(url: str) -> None:
    assert source_of(url) is None


@given(st.text(max_size=40))
def test_identity_is_a_text_or_an_address_error_and_settles(text: str) -> None:
    try:
        once = identity(text)
    except AddressError:
        assert canonical(text) == text.strip().lower()
    else:
        assert identity(f"https://{once}") == once
