"""Upkeep: every fault is found and named with what mends it; copies, backup, restore, repair and rebuild bring back the same."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandsnap.capture import Archive, replay
from sandsnap.cli.app import run
from sandsnap.model import Capture
from sandsnap.read.sources import source_of
from sandsnap.record import queries
from sandsnap.settings import Copies, Settings
from sandsnap.upkeep import copies, scan
from sandsnap.upkeep.copies import kept

DEMO = Path(__file__).resolve().parents[1] / "src" / "sandsnap" / "demo"
Out = pytest.CaptureFixture[str]


@pytest.fixture
def home(one_vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    shutil.copytree(one_vendor, tmp_path / "home")
    return tmp_path / "home"


def rows(home: Path) -> list[tuple[object, ...]]:
    with queries.connect_readonly(Settings(home).warehouse) as con:
        return queries.sql(
            con, 'SELECT vendor, "table", key, "values", valid_from, quote FROM history ORDER BY ALL'
        ).rows


def doctor(home: Path, capsys: Out) -> dict[str, str]:
    run(["doctor", "--json", "--home", str(home)])
    return {f["part"]: f["wrong"] for f in json.loads(capsys.readouterr().out) if f["wrong"]}


def test_a_healthy_home_is_well(home: Path, capsys: Out) -> None:
    assert doctor(home, capsys) == {}
    assert run(["doctor", "--deep", "--home", str(home)]) == 0


@pytest.mark.slow
def test_the_doctor_names_each_fault(home: Path, capsys: Out) -> None:
    warehouse = home / "sandsnap.duckdb"
    good = warehouse.read_bytes()
    warehouse.write_bytes(b"not a database" * 100)
    assert set(doctor(home, capsys)) == {"warehouse"}
    assert run(["show", "prices", "--home", str(home)]) == 3
    assert "doctor" in capsys.readouterr().err
    warehouse.unlink()
    assert "does not exist" in doctor(home, capsys)["warehouse"]
    warehouse.write_bytes(good)
    (home / "captures" / "index.sqlite3").unlink()
    assert "missing" in doctor(home, capsys)["index"]
    assert run(["archive", "repair", "--home", str(home)]) == 0
    capsys.readouterr()
    assert doctor(home, capsys) == {}
    home.chmod(0o755)
    assert "open to others" in doctor(home, capsys)["home"]


@pytest.mark.slow
def test_a_clock_that_was_ahead_has_a_way_out(home: Path, capsys: Out) -> None:
    import time_machine

    ahead = datetime.now(UTC) + timedelta(days=400)
    with time_machine.travel(ahead, tick=True):
        run(["reread", "--home", str(home)])
    capsys.readouterr()
    assert "clock was ahead" in doctor(home, capsys)["clock"]
    assert run(["rebuild", "--home", str(home)]) == 0
    capsys.readouterr()
    assert "clock" not in doctor(home, capsys)


def test_backup_and_restore_give_the_same(home: Path, tmp_path: Path, capsys: Out) -> None:
    there, new = tmp_path / "backup", tmp_path / "new"
    assert run(["backup", str(there), "--home", str(home)]) == 0
    assert run(["backup", str(there), "--home", str(home)]) == 3  # not over another one
    assert run(["restore", str(there), "--home", str(home)]) == 3  # not over data
    assert run(["restore", str(there), "--home", str(new)]) == 0
    assert rows(new) == rows(home)
    with Archive(home / "captures") as a, Archive(new / "captures") as b:
        assert [c.sha256 for c in a.captures()] == [c.sha256 for c in b.captures()]
    capsys.readouterr()
    assert doctor(new, capsys) == {}
    victim = there / "sandsnap.duckdb"
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    assert run(["restore", str(there), "--home", str(tmp_path / "other")]) == 3
    assert not (tmp_path / "other").exists()


def test_rebuild_gives_the_same_facts(home: Path, capsys: Out) -> None:
    before = rows(home)
    (home / "sandsnap.duckdb").unlink()
    assert run(["rebuild", "--home", str(home)]) == 0
    assert rows(home) == before
    shutil.rmtree(home / "captures")
    capsys.readouterr()
    assert run(["rebuild", "--home", str(home)]) == 3
    assert "nothing to rebuild from" in capsys.readouterr().err
    assert rows(home) == before


def test_rollback(home: Path, capsys: Out) -> None:
    settings = Settings(home)
    today = datetime.now(UTC).date()
    assert list(copies.dated(settings)) == [today]
    before = hashlib.sha256(settings.warehouse.read_bytes()).hexdigest()
    settings.warehouse.write_bytes(b"damaged")
    assert run(["rollback", "--to", "2001-01-01", "--home", str(home)]) == 3
    assert str(today) in capsys.readouterr().err
    assert run(["rollback", "--to", str(today), "--home", str(home)]) == 0
    assert hashlib.sha256(settings.warehouse.read_bytes()).hexdigest() == before


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 2000), unique=True, max_size=60), st.integers(1, 9), st.integers(0, 9))
def test_which_copies_are_kept(numbers: list[int], days: int, months: int) -> None:
    held = {date(2020, 1, 1) + timedelta(days=n) for n in numbers}
    left = kept(held, Copies(days, months))
    assert left <= held
    assert set(sorted(held)[-days:]) <= left
    assert len(left) <= days + months
    # Dropping day by day keeps what dropping at once would.
    assert kept(left, Copies(days, months)) == left


def archive_of(folder: Path, n: int) -> Archive:
    archive = Archive(folder)
    at = datetime(2026, 1, 1, 5, tzinfo=UTC)
    for i in range(n):
        body = f"<p>page {i}</p>".encode() * 50
        archive.add(Capture(f"https://toy.example/{i}", at, body, hashlib.sha256(body).hexdigest()))
    return archive


@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_a_damaged_record_is_set_aside_and_the_others_go_on(part: float, tmp_path: Path) -> None:
    archive_of(tmp_path, 9).close()
    path = tmp_path / "warc" / "2026-01-01.warc.gz"
    data = bytearray(path.read_bytes())
    at = int(len(data) * part)
    data[at : at + 40] = os.urandom(40)
    path.write_bytes(data)
    (looked,) = scan.verify(tmp_path)
    assert looked.damage
    assert sum(s.end - s.start for s in scan.scan(bytes(data))) == len(data)
    scan.repair(tmp_path)
    (again,) = scan.verify(tmp_path)
    assert not again.damage
    assert again.records == looked.records >= 7
    assert (tmp_path / "damaged" / path.name).read_bytes() == bytes(data)
    with Archive(tmp_path) as archive:
        assert len(archive) in (8, 9, 7)
        assert all(c.body for c in archive.captures())


@given(st.binary(max_size=300))
def test_whatever_the_bytes_each_is_in_one_span(data: bytes) -> None:
    spans = list(scan.scan(data))
    assert [s.start for s in spans] == [0, *(s.end for s in spans)][: len(spans)]
    assert (spans[-1].end if spans else 0) == len(data)


def spoiled(archive: Path) -> str:
    """Damage the record of a whole page, somewhere in the archive; its URL."""
    with Archive(archive) as held:
        entry = next(e for e in held.entries() if e.place == e.body and source_of(e.url))
    path = archive / "warc" / entry.place.warc
    data = bytearray(path.read_bytes())
    at = entry.place.start + entry.place.length // 2
    data[at : at + 20] = bytes(b ^ 255 for b in data[at : at + 20])
    path.write_bytes(data)
    return entry.url


def test_a_damaged_record_stops_no_run(home: Path, capsys: Out) -> None:
    before, url = rows(home), spoiled(home / "captures")
    assert run(["reread", "--since", "2020-01-01", "--home", str(home)]) == 0
    assert "0 values corrected" in capsys.readouterr().out
    assert rows(home) == before  # what was read of it stays
    assert "archive repair" in " ".join(line["mend"] for line in doctored(home, capsys) if line["wrong"])
    assert url


def doctored(home: Path, capsys: Out) -> list[dict[str, str]]:
    run(["doctor", "--deep", "--json", "--home", str(home)])
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


def in_little_room(folder: Path, kib: int) -> None:
    """A file system of its own for a folder; another size where it is there already."""
    how = "remount,size" if folder.is_mount() else "size"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{how}={kib}k", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip(f"no file system of its own can be had here: {done.stderr.decode().strip()}")


@pytest.fixture
def little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SANDSNAP_CONTACT", "https://example.org/contact")
    folder = tmp_path / "little"
    folder.mkdir()
    yield folder
    if folder.is_mount():
        subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("kib", [80, 400, 1000])
def test_a_disk_that_is_really_full_and_what_is_kept(kib: int, little: Path, capsys: Out) -> None:
    """Full while the index is made, pages are archived, the warehouse is written or put in place."""
    in_little_room(little, kib)
    home = little / "home"
    fill = ["backfill", "--captures", str(DEMO / "freestyle"), "--home", str(home)]
    assert run(fill) == 3
    err = capsys.readouterr().err.strip().splitlines()
    assert len(err) == 1 and "the disk is full: free space and run it again" in err[0]
    run(["doctor", "--home", str(home)])
    assert "MB are free" in capsys.readouterr().out
    in_little_room(little, 60_000)
    assert run(fill) in (1, 4)  # matters, and little disk is left
    capsys.readouterr()
    assert set(doctor(home, capsys)) <= {"disk", "runs"}
    with Archive(home / "captures") as archive:
        assert len(list(archive.captures())) == len(list(replay(DEMO / "freestyle")))


@pytest.mark.slow
def test_a_home_that_cannot_be_written_answers_and_records_nothing(little: Path, capsys: Out) -> None:
    in_little_room(little, 60_000)
    home = little / "home"
    fill = ["backfill", "--captures", str(DEMO / "freestyle"), "--home", str(home)]
    run(fill)
    subprocess.run(["mount", "-o", "remount,ro", little], check=True)
    capsys.readouterr()
    for words in (fill, ["reread"], ["rebuild"], ["archive", "repair"]):
        assert run([*words, "--home", str(home)] if "--home" not in words else words) == 3
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert "read-only: mount it for writing" in line
    for words in (["show", "prices"], ["sql", "SELECT 1"], ["coverage"], ["history", "freestyle"]):
        assert run([*words, "--home", str(home)]) in (0, 1)
        assert capsys.readouterr().err == ""


FAULTS = [
    (OSError(28, "No space left on device", "x"), 3, "the disk is full"),
    (OSError(30, "Read-only file system", "x"), 3, "read-only"),
    (PermissionError(13, "Permission denied", "x"), 3, "permission denied"),
    (ValueError("a figure of ours"), 70, "a defect of ours"),
    (ExceptionGroup("two", [OSError(28, "No space left on device"), OSError(28, "x")]), 3, "the disk is full"),
]


@pytest.mark.parametrize(("fault", "code", "said"), FAULTS, ids=[str(f[0]) for f in FAULTS])
def test_every_fault_is_one_line(
    fault: Exception, code: int, said: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("sandsnap.record.recorder.record_days", fail)
    assert run(["backfill", "--captures", str(DEMO / "freestyle"), "--home", str(home)]) == code
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert len(list(tmp_path.glob("sandsnap-defect-*"))) == (code == 70)
