"""How often `mend` names the sentence that a lost one became: real successions of dated captures, and rewritten pages.

    python benchmarks/mending.py CAPTURES [--half tuned|held-back|written] [--show]

A real succession is a fact that two captures of one page state in different words, of which the later ones did not stand
there before. Where its values are the same, the later words are the right candidate; where they differ, a candidate without
a doubt would change a value silently, whichever it is. A rewriting says a cited sentence in
other words, as REWRITE has them: none of them is known to the ranking. A case belongs to the half that its hash names. The
`written` ones (rewordings.toml) a person wrote, before the ranking was looked at.
"""

import argparse
import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sandsnap.capture import replay
from sandsnap.mend.likely import own_terms, ranked
from sandsnap.model import Capture, Fact
from sandsnap.read.addresses import canonical
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.reading import page_of, read
from sandsnap.read.sources import source_of

# Plain words for plain words, and turns of a clause.
REWRITE = (
    (r"\bcan be\b", "may be"), (r"\bYou can\b", "It is possible to"), (r"\bruns? in\b", "executes inside"), (r"\beach\b", "every"),
    (r"\bEach\b", "Every"), (r"\ballows you to\b", "lets you"), (r"\benables?\b", "makes possible"), (r"\bautomatically\b", "by itself"),
    (r"\busing\b", "by means of"), (r"\bprovides?\b", "offers"), (r"\bpowered by\b", "built upon"), (r"\bup to\b", "as many as"),
    (r"\bcreate\b", "start"), (r"\bcreates\b", "starts"), (r"\bpaused?\b", "suspended"), (r"\bsecurely?\b", "safely"),
    (r"\bfull\b", "whole"),    (r"\bincluding\b", "among them"), (r"\bsupports?\b", "works with"), (r"\bdefault\b", "standard setting"),
    (r"\bbilled\b", "charged"),
    (r"\bper second\b", "by the second"), (r"\bcurrently\b", "at present"), (r"\bmaximum\b", "most"), (r"\bwithin\b", "inside"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Words that `old` says of a fact, and the sentence in which `new` says it. `kept`: whether the values are the same."""

    kind: str
    old: Page
    new: Page
    said: str
    truth: str
    kept: bool
    terms: tuple[str, ...]
    edit: bool  # whether mend offers an edit: what a person quoted; of what code reads, it names the place

    @property
    def held_back(self) -> bool:
        """Which half it belongs to."""
        return hashlib.sha256(f"{self.old.source_url}{self.said}{self.truth}".encode()).digest()[0] % 2 == 1


def facts_of(capture: Capture) -> dict[object, Fact]:
    return {f.id: f for r in read(capture) if r.outcome == "good" for f in r.facts if f.quote and " | " not in f.quote}


def successions(captures: list[Capture]) -> Iterator[Case]:
    by_url: dict[str, list[Capture]] = defaultdict(list)
    for c in captures:
        by_url[canonical(c.url)].append(c)
    told: set[tuple[str, str, str]] = set()
    for url, found in by_url.items():
        bodies = list({c.sha256: c for c in sorted(found, key=lambda c: str(c.captured_at))}.values())
        for a, b in pairwise(bodies):
            before, after = facts_of(a), facts_of(b)
            moved = {
                i
                for i in before.keys() & after.keys()
                if same_text(before[i].quote or "") != same_text(after[i].quote or "")
            }
            if not moved:
                continue
            old, new = page_of(a), page_of(b)
            for i in sorted(moved, key=str):
                said, now = before[i].quote or "", after[i].quote or ""
                stood = same_text(now) in same_text(old.running_text)
                if stood or same_text(said) in same_text(new.running_text) or (url, said, now) in told:
                    continue
                told.add((url, said, now))
                yield Case(
                    "real",
                    old,
                    new,
                    said,
                    now,
                    before[i].values == after[i].values,
                    own_terms(before[i]),
                    before[i].basis == "quoted",
                )


def rewritten(text: str, seed: int) -> str:
    """A sentence in other words; the same where nothing fits."""
    out = text
    for old, new in REWRITE[seed % 3 :: 1]:
        out = re.sub(old, new, out)
    head, comma, tail = out.partition(", ")
    if comma and seed % 2 and tail.endswith("."):
        out = f"{tail[:1].upper()}{tail[1:-1]}, {head[:1].lower()}{head[1:]}."
    return out


def rewritings(captures: list[Capture]) -> Iterator[Case]:
    told: set[str] = set()
    last = {canonical(c.url): c for c in sorted(captures, key=lambda c: str(c.captured_at))}
    for c in last.values():
        page, text = page_of(c), c.body.decode("utf-8", "replace")
        for fact in facts_of(c).values():
            sentence = next((s.text for s in page.sentences if same_text(fact.quote or "") in same_text(s.text)), None)
            if sentence is None or sentence in told or text.count(sentence) != 1:
                continue
            now = rewritten(sentence, len(told))
            if same_text(fact.quote or "") in same_text(now):
                continue
            told.add(sentence)
            body = text.replace(sentence, now).encode()
            at = c.captured_at + timedelta(days=1) if c.captured_at else None
            made = replace(c, body=body, sha256=hashlib.sha256(body).hexdigest(), captured_at=at)
            yield Case(
                "rewritten", page, page_of(made), fact.quote or "", now, True, own_terms(fact), fact.basis == "quoted"
            )


def written(captures: list[Capture]) -> Iterator[Case]:
    """What a person put in the place of a cited sentence of the last capture."""
    last = {canonical(c.url): c for c in sorted(captures, key=lambda c: str(c.captured_at))}
    for entry in tomllib.loads((Path(__file__).parent / "rewordings.toml").read_text("utf-8"))["reworded"]:
        c = last[canonical(entry["url"])]
        page, was, now = page_of(c), entry["was"], entry.get("same") or entry["other"]
        text = c.body.decode("utf-8", "replace")
        assert text.count(was) == 1, was
        fact = next(f for f in facts_of(c).values() if same_text(f.quote or "") in same_text(was))
        body = text.replace(was, now).encode()
        at = c.captured_at + timedelta(days=1) if c.captured_at else None
        made = replace(c, body=body, sha256=hashlib.sha256(body).hexdigest(), captured_at=at)
        # An edit is offered for whatever a person quotes instead.
        yield Case("written", page, page_of(made), fact.quote or "", now, "same" in entry, own_terms(fact), True)


def is_it(candidate: str, truth: str) -> bool:
    a, b = same_text(candidate), same_text(truth)
    return a in b or b in a


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("captures", type=Path)
    p.add_argument("--half", choices=("tuned", "held-back", "written"))
    p.add_argument("--show", action="store_true")
    args = p.parse_args()
    captures = [
        c for c in replay(args.captures) if c.complete and c.captured_at and c.status == 200 and source_of(c.url)
    ]
    cases = [] if args.half == "written" else [*successions(captures), *rewritings(captures)]
    for half in ("tuned", "held-back", "written"):
        if args.half not in (None, half):
            continue
        for kind in ("written",) if half == "written" else ("real", "rewritten"):
            own = [c for c in cases if c.kind == kind and c.held_back == (half == "held-back")]
            own = list(written(captures)) if kind == "written" else own
            first = among = silent = shown = safe = n = 0
            for c in own:
                found = ranked(c.new, c.said, c.old, terms=c.terms)
                if not c.kept:
                    wrong = [x for x in found if not x.doubts]
                    silent += bool(wrong) and c.edit
                    shown += bool(wrong)
                    if wrong and args.show:
                        print(f"  silent {c.said!r}\n      truth {c.truth!r}\n      shown {wrong[0].text!r}")
                    continue
                n += 1
                at = next((i for i, x in enumerate(found) if is_it(x.text, c.truth)), None)
                first += at == 0
                safe += at == 0 and not found[0].doubts
                among += at is not None
                if args.show and at != 0:
                    print(
                        f"  {at} {c.said!r}\n      truth {c.truth!r}\n      first {found[0].text if found else None!r}"
                    )
            print(
                f"{half:10} {kind:10} {n:3} of the same value: first {first / max(n, 1):.0%}, among three {among / max(n, 1):.0%}, "
                f"first without a doubt {safe / max(n, 1):.0%}; "
                f"{len(own) - n} of another value: {shown} shown without a doubt, {silent} with an edit"
            )


if __name__ == "__main__":
    main()
