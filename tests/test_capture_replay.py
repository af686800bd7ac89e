"""Replay: index folders and WARC files of any origin as captures, or an error that names the file."""

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sandsnap.capture import Archive, ReplayError, replay
from sandsnap.model import Capture

SHARED = Path(__file__).resolve().parents[2] / "shared" / "captures"


def folder_of(folder: Path, *rows: dict[str, Any]) -> Path:
    """An index folder; each row's file gets its own name as content, unless `body` gives it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in rows:
        body = row.pop("body", row["file"]).encode()
        (folder / row["file"]).write_bytes(body)
        lines.append({"url": "https://v.test/p", "sha256": hashlib.sha256(body).hexdigest(), **row})
    (folder / "index.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_an_index_folder_becomes_captures_in_date_order(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        {"file": "undated.txt", "captured_at": None},
        {"file": "p@2026-07-04~b.md", "captured_at": "2026-07-04", "complete": True},
        {"file": "p@2026-07-04.md", "captured_at": "2026-07-04", "complete": False},
        {"file": "old.html", "captured_at": "2025-01-01T02:00:00+02:00", "status": 404},
        {"file": "blob.bin"},
    )
    found = list(replay(tmp_path))
    assert [c.file for c in found] == ["old.html", "p@2026-07-04.md", "p@2026-07-04~b.md", "blob.bin", "undated.txt"]
    assert found[0] == Capture(
        url="https://v.test/p",
        captured_at=datetime(2025, 1, 1, tzinfo=UTC),
        body=b"old.html",
        sha256=hashlib.sha256(b"old.html").hexdigest(),
        status=404,
        headers=(("Content-Type", "text/html"),),
        file="old.html",
    )
    assert found[1].captured_at == datetime(2026, 7, 4, tzinfo=UTC)
    assert [c.complete for c in found] == [True, False, True, True, True]
    assert found[3].captured_at is None and found[4].captured_at is None
    assert [c.header("content-type") for c in found[1:]] == ["text/markdown", "text/markdown", None, "text/plain"]


def test_a_folder_of_folders_is_one_archive_in_date_order(tmp_path: Path) -> None:
    folder_of(
        tmp_path / "b", {"file": "1.md", "captured_at": "2026-01-01"}, {"file": "3.md", "captured_at": "2026-01-03"}
    )
    folder_of(tmp_path / "a", {"file": "2.md", "captured_at": "2026-01-02"})
    assert [c.file for c in replay(tmp_path)] == ["1.md", "2.md", "3.md"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"sha256": "0" * 64}, "a.md: sha256 is .*restore the file"),
        ({"file": "gone.md"}, "gone.md: not there; restore it or remove its row"),
        ({"file": "../a.md"}, "line 1: file '../a.md' lies outside"),
        ({"captured_at": "July"}, "line 1: captured_at 'July' is not a date"),
        ({"complete": "yes"}, "line 1: 'complete' must be"),
        ({"url": None}, "line 1: 'url' is missing"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    folder_of(tmp_path, {"file": "a.md"})
    line = json.loads((tmp_path / "index.jsonl").read_text())
    (tmp_path / "index.jsonl").write_text(json.dumps({**line, **row}) + "\n")
    with pytest.raises(ReplayError, match=message):
        list(replay(tmp_path))


def test_nothing_to_replay_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("x")
    for path, message in (
        (tmp_path, "no index.jsonl"),
        (tmp_path / "no", "no such"),
        (tmp_path / "page.html", "neither"),
    ):
        with pytest.raises(ReplayError, match=message):
            replay(path)


class Warc:
    """A WARC file as other tools write it: through warcio's own writer."""

    def __init__(self, path: Path) -> None:
        self.handle = path.open("wb")
        self.writer = WARCWriter(self.handle, gzip=path.name.endswith(".gz"), warc_version="1.1")
        self.writer.write_record(self.writer.create_warcinfo_record(path.name, {"software": "other"}))

    def response(self, url: str, date: str, body: bytes, status: str = "200 OK", *headers: tuple[str, str]) -> str:
        http = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
            warc_headers_dict={"WARC-Date": date},
        )  # fmt: skip
        self.writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Payload-Digest"))

    def revisit(self, url: str, date: str, digest: str, of: tuple[str, str], status: str | None = None) -> None:
        http = StatusAndHeaders(status, [("ETag", '"new"')], protocol="HTTP/1.1") if status else None
        record = self.writer.create_revisit_record(
            url, digest, *of, http_headers=http, warc_headers_dict={"WARC-Date": date}
        )
        self.writer.write_record(record)

    def request(self, url: str) -> None:
        http = StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True)
        self.writer.write_record(self.writer.create_warc_record(url, "request", http_headers=http))


@pytest.fixture(params=[".warc", ".warc.gz"])
def warc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Warc]]:
    path = tmp_path / f"crawl{request.param}"
    made = Warc(path)
    yield path, made
    made.handle.close()


U = "https://v.test/"


def test_a_foreign_warc_with_revisits_encodings_and_other_records(warc: tuple[Path, Warc]) -> None:
    path, out = warc
    plain = out.response(U, "2026-01-01T00:00:00Z", b"one", "200 OK", ("ETag", '"old"'))
    out.request(U)
    out.response(U, "2026-01-02T00:00:00.250000Z", gzip.compress(b"two"), "200 OK", ("Content-Encoding", "gzip"))
    out.response(
        U, "2026-01-03T00:00:00Z", b"3\r\nfou\r\n1\r\nr\r\n0\r\n\r\n", "200 OK", ("Transfer-Encoding", "chunked")
    )
    out.response(U + "gone", "2026-01-04T00:00:00Z", b"", "404 Not Found")
    out.revisit(U, "2026-01-05T00:00:00Z", plain, (U, "2026-01-01T00:00:00Z"))
    out.revisit(U, "2026-01-06T00:00:00Z", "sha1:UNKNOWN", (U, "2026-01-02T00:00:00.250000Z"), "200 OK")
    out.revisit(U, "2026-01-07T00:00:00Z", plain, (U, "2026-01-01T00:00:00Z"), "304 Not Modified")
    out.handle.close()
    found = list(replay(path))
    assert [(c.day.isoformat(), c.status, c.body) for c in found if c.day] == [
        ("2026-01-01", 200, b"one"),
        ("2026-01-02", 200, b"two"),
        ("2026-01-03", 200, b"four"),
        ("2026-01-04", 404, b""),
        ("2026-01-05", 200, b"one"),
        ("2026-01-06", 200, b"two"),
        ("2026-01-07", 200, b"one"),
    ]
    assert all(c.sha256 == hashlib.sha256(c.body).hexdigest() for c in found)
    assert found[1].captured_at == datetime(2026, 1, 2, microsecond=250000, tzinfo=UTC)
    assert {name for c in found for name, _ in c.headers} == {"Content-Type", "ETag"}
    assert [found[n].header("ETag") for n in (4, 5, 6)] == ['"old"', '"new"', '"new"']


def test_a_revisit_finds_its_body_in_another_file_even_a_later_one(tmp_path: Path) -> None:
    first, second = Warc(tmp_path / "1.warc.gz"), Warc(tmp_path / "2.warc.gz")
    digest = second.response(U, "2026-01-01T00:00:00Z", b"one")
    first.revisit(U, "2026-01-02T00:00:00Z", digest, (U, "2026-01-01T00:00:00Z"))
    first.handle.close()
    second.handle.close()
    assert [(c.body, c.day.day) for c in replay(tmp_path) if c.day] == [(b"one", 1), (b"one", 2)]
    with pytest.raises(ReplayError, match="in none of the files"):
        list(replay(tmp_path / "1.warc.gz"))


def test_a_cut_warc_is_an_error_and_what_came_before_is_given(warc: tuple[Path, Warc]) -> None:
    path, out = warc
    out.response(U, "2026-01-01T00:00:00Z", b"one")
    out.response(U, "2026-01-02T00:00:00Z", bytes(range(256)) * 50)
    out.handle.close()
    path.write_bytes(path.read_bytes()[:-120])
    captures = replay(path)
    assert next(captures).body == b"one"
    with pytest.raises(ReplayError, match=r"crawl\.warc"):
        next(captures)


def test_an_encoding_that_cannot_be_decoded_is_an_error(warc: tuple[Path, Warc]) -> None:
    path, out = warc
    out.response(U, "2026-01-01T00:00:00Z", b"\x28\xb5", "200 OK", ("Content-Encoding", "zstd"))
    out.handle.close()
    with pytest.raises(ReplayError, match="content-encoding 'zstd'"):
        list(replay(path))


def test_a_file_that_is_no_warc_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(b"<html>an error page</html>\n" * 20)
    with pytest.raises(ReplayError, match=r"x\.warc"):
        list(replay(tmp_path / "x.warc"))


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/captures is not here")
def test_the_shared_captures_go_through_the_archive_and_its_warcs_unchanged(tmp_path: Path) -> None:
    captures = list(replay(SHARED))
    assert len(captures) == sum(len(p.read_text().splitlines()) for p in SHARED.glob("*/index.jsonl"))
    with Archive(tmp_path) as archive:
        assert archive.add_all(captures) == len(captures)
        assert list(archive.captures()) == captures
    assert {(c.file, c.sha256, c.complete) for c in replay(tmp_path)} == {
        (c.file, c.sha256, c.complete) for c in captures
    }
