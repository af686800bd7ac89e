"""Pages that nobody would write, read for some minutes: no untyped exception, no page over its budget.

    python benchmarks/fuzz.py [--minutes 10] [--seconds 10] [--seed N] [--keep FOLDER]

Golden and demo pages are cut, doubled, nested and filled with what has broken readers before (spans, entities, marks of
other languages, figures of every form); hypothesis chooses how. A page fails where `read`
raises, where a reading has an issue of the kind `defect`, or where reading takes more CPU than --seconds. What fails is
written to --keep, with its address, and the command ends with 1.
"""

import argparse
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from sandsnap.model import Capture
from sandsnap.quality.pages import demo, golden
from sandsnap.read.reading import read
from sandsnap.read.residue.account import account

# ruff: noqa: E501  (what has broken readers before)
PIECES = (
    "<table>", "</table>", "<tr>", "<td>", "</td>", '<td colspan="999999">', '<td rowspan="0">', "<th>", "<div>", "</div>", "<p>", "<li>", "<ul>",
    "<del>", "</del>", "<span hidden>", "<template>", "<dialog>", "<select><option>", "<!--", "-->", "<script>", "<sup>1</sup>", "<br>", "<h2>",
    "<details>", "<img alt='$5'>", "<svg><title>x", "<![CDATA[", "&nbsp;", "&#0;", "&#x110000;", "|", "| --- | --- |", "\n\n", "\n# ", "\n- ", "```",
    "~~", "**", "\\$", "$", "$1", "$1,2,3", "1/0", "½", "1 250", "1\u202f250", "9" * 40, "1e999", "-0", "NaN", "0.000000000001", "–", "−", "…",
    " or ", " between 1 and ", " up to ", " from ", " per ", "/", "/hour", " GiB", " Gb", " vCPU", " minutes", " 30 February 2026", " 1 January 0000",
    " until 31 December 9999", "\u202e", "\ufeff", "\x00", "\x1b[31m", "ß", "İ", "ſ", "\U0001f600", "<% if true %>", "<%= x %>", "{{x}}", "{/* ", " */}",
    "{#if x}", "import x from 'y'", "---\n", "[^1]", "[a](b)", "]]>", "{", "}", '"', "'", ",", ":", "[", "]", "null", "true",
)  # fmt: skip
MOST = 200_000  # letters of a page


def edits(pages: list[Capture]) -> st.SearchStrategy[Capture]:
    """Captures of pages as they never were."""
    places = st.floats(0, 1, allow_nan=False)
    step = st.tuples(
        st.sampled_from(("put", "cut", "twice", "many")), places, places, st.sampled_from(PIECES) | st.text(max_size=12)
    )
    return st.builds(_edited, st.sampled_from(pages), st.lists(step, min_size=1, max_size=12))


def _edited(page: Capture, steps: list[tuple[str, float, float, str]]) -> Capture:
    text = page.body.decode("utf-8", "replace")
    for what, a, b, piece in steps:
        start, end = sorted((int(a * len(text)), int(b * len(text))))
        if what == "put":
            text = text[:start] + piece + text[start:]
        elif what == "cut":
            text = text[:start] + text[end:]
        elif what == "twice":
            text = text[:end] + text[start:end] + text[end:]
        else:
            text = text[:start] + piece * 2000 + text[start:]
        text = text[:MOST]
    body = text.encode("utf-8", "surrogatepass")
    return replace(page, body=body, sha256=sha256(body).hexdigest())


def trouble(capture: Capture, seconds: float) -> str | None:
    """What is wrong with how a page is read, or None."""
    began = time.process_time()
    readings = read(capture)
    account(capture, readings)
    took = time.process_time() - began
    defects = [i.message for r in readings for i in r.issues if i.kind == "defect"]
    return defects[0] if defects else f"{took:.1f} s" if took > seconds else None


def main() -> int:
    """Fuzz until the time is over or a page fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=10, help="CPU that a page may take")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="where failing pages are written")
    options = parser.parse_args()
    pages = [*golden(), *demo()]
    until, tried, failed = time.monotonic() + 60 * options.minutes, 0, list[tuple[Capture, str]]()
    number = options.seed if options.seed is not None else time.time_ns() % 2**32
    while time.monotonic() < until and not failed:
        number += 1

        @seed(number)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(edits(pages))
        def holds(capture: Capture) -> None:
            nonlocal tried
            tried += 1
            if time.monotonic() > until and not failed:
                return
            try:
                why = trouble(capture, options.seconds)
            except Exception as e:
                failed.append((capture, f"{type(e).__name__}: {e}"))
                raise
            if why:
                failed.append((capture, why))
            assert not why

        try:
            holds()
        except Exception as e:
            if not failed:
                raise
            print(f"seed {number}: {type(e).__name__}", file=sys.stderr)
    print(
        f"{tried} pages of {len(pages)} read in {options.minutes:g} minutes, {'one fails' if failed else 'none fails'}"
    )
    if not failed:
        return 0
    capture, why = failed[0]
    options.keep.mkdir(parents=True, exist_ok=True)
    path = options.keep / f"{capture.sha256[:12]}-{Path(capture.file or 'page').name}"
    path.write_bytes(capture.body)
    print(f"{why}\n{path}: sandsnap read {path} --url {capture.url}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
