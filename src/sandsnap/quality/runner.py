"""Makes the cases of the pages, judges them, and adds the verdicts up."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from zlib import crc32

from sandsnap.capture import replay
from sandsnap.quality import pages
from sandsnap.quality.cases import Case
from sandsnap.quality.edits_amounts import AMOUNTS
from sandsnap.quality.edits_delivery import DELIVERY
from sandsnap.quality.edits_phrases import PHRASES
from sandsnap.quality.edits_scope import SCOPE
from sandsnap.quality.edits_structure import STRUCTURE
from sandsnap.quality.edits_twins import BESIDE, TWINS
from sandsnap.quality.figures import Figure, Original
from sandsnap.quality.judge import Verdict, judge, read_days
from sandsnap.quality.redesigns import REDESIGNS
from sandsnap.record.writer import Writer
from sandsnap.tell.significance import load

Progress = Callable[[str, int, int], None]
SAMPLE_SHARE = 5
WORDS = 37  # an edit in many wordings: every so many'th of them on a page, others on the next page
LONG = {"alternating", "alternating_wording"}  # twenty days each: one figure of a page is enough


def quiet(what: str, done: int, total: int) -> None:
    """No progress."""


def find_pages(captures: Path | None = None, *, sample: bool = False) -> list[Original]:
    """Golden pages, demo archive, and the real captures of `captures` or ../shared/captures. The sample is without the
    real ones, so that it is the same everywhere."""
    sources = [("golden", pages.golden()), ("demo", iter(pages.demo()))]
    real = captures or Path(__file__).resolve().parents[4] / "shared" / "captures"
    if not sample and (captures is not None or real.is_dir()):
        sources.append(("captures", iter(pages.latest(replay(real)))))
    return pages.originals(sources)


def cases(page: Original, figures: int) -> Iterator[Case]:
    """Every mutation of a page, each amount edit on at most so many of its figures."""
    for edit in (*DELIVERY, *STRUCTURE, *REDESIGNS, *BESIDE):
        yield from edit(page)
    first = crc32(page.name.encode()) % WORDS
    for worded in (*SCOPE, *PHRASES):
        for figure in _spread(page.figures)[:figures]:
            yield from islice(worded(page, figure), first, None, WORDS)
    for amount in (*AMOUNTS, *TWINS):
        made = 0
        for figure in _spread(page.figures):
            for case in amount(page, figure):
                made += 1
                yield case
            if made >= (1 if amount.__name__ in LONG else figures):
                break


def _spread(figures: Sequence[Figure]) -> list[Figure]:
    """The figures with one of each table first, then the next of each."""
    turns: dict[str, list[Figure]] = {}
    for f in figures:
        turns.setdefault(min(f.tables), []).append(f)
    longest = max(map(len, turns.values()), default=0)
    return [row[n] for n in range(longest) for row in turns.values() if n < len(row)]


def run(
    originals: Sequence[Original], *, figures: int, only: frozenset[str] = frozenset(), share: int = 1, progress: Progress = quiet
) -> list[Verdict]:  # fmt: skip
    """The verdicts on the pages' cases. `share`: every so many'th case of each mutation, spread over the pages."""
    out = []
    rules = load()
    turn: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory(prefix="sandsnap-quality-") as folder,
        Writer(Path(folder) / "empty.duckdb") as writer,
    ):
        for n, page in enumerate(originals, 1):
            progress(page.name, n, len(originals))
            chosen = []
            for case in cases(page, figures):
                if only and case.mutation not in only:
                    continue
                turn[case.mutation] = turn.get(case.mutation, -1) + 1
                if turn[case.mutation] % share == 0:
                    chosen.append(case)
            known = read_days(chosen)
            out += [judge(case, writer, known, rules) for case in chosen]
    return out
