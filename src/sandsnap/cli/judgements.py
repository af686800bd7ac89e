"""What `sandsnap check` prints: each claim with its verdict and what it rests on, and the places that nothing binds."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandsnap.publish.claims.check import Judgement
    from sandsnap.publish.claims.facts import Claim
    from sandsnap.publish.claims.places import Place

UNBOUND_SHOWN = 10
RARE = ("true_second_hand", "circular")  # counted where there are any


def print_places(found: list["Place"]) -> None:
    """Every place with what binds it."""
    for p in found:
        figures = f" ({', '.join(a.text.strip() for a in p.amounts)})" if p.amounts else ""
        print(f"{p.state}: {p.where}{figures}: {_safe(p.text)}")
    counts = {s: sum(p.state == s for p in found) for s in dict.fromkeys(p.state for p in found)}
    print(", ".join(f"{n} {s}" for s, n in counts.items()))


def print_unbound(unbound: list["Place"], every: bool) -> None:
    """The places that nothing binds; the first ten, or every one."""
    if not unbound:
        return
    print(f"unbound: {len(unbound)} (no binding covers them, so nothing says whether they are true)")
    for p in unbound if every else unbound[:UNBOUND_SHOWN]:
        figures = f" ({', '.join(a.text.strip() for a in p.amounts)})" if p.amounts else ""
        print(f"  {p.where}{figures}: {_safe(p.text)}")
    if not every and len(unbound) > UNBOUND_SHOWN:
        print(f"  and {len(unbound) - UNBOUND_SHOWN} more: --all")


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in _short(text))


def place_of(p: "Place") -> dict[str, Any]:
    """A place as a JSON record."""
    return {
        "verdict": p.state.replace(" ", "_"), "phrase": p.text, "vendor": p.vendor, "row": p.row, "plan": p.plan,
        "amounts": [a.text.strip() for a in p.amounts],
    }  # fmt: skip


def print_judgements(made: list["Judgement"], every: bool) -> None:
    """The judgements by verdict, what is true only counted unless `every`, and the counts."""
    from sandsnap.publish.claims.check import VERDICTS

    groups = {v: [j for j in made if j.verdict == v] for v in VERDICTS}
    for verdict, own in groups.items():
        if not own:
            continue
        print(f"{_word(verdict)}: {len(own)} ({VERDICTS[verdict]})")
        for j in own:
            if verdict not in ("true", "true_second_hand") or every:
                print(_block(j))
        print()
    print(
        ", ".join(f"{len(own)} {_word(v)}" for v, own in groups.items() if own or v not in RARE)
        + f", of {len(made)} claims"
    )


def _word(verdict: str) -> str:
    return {"true_second_hand": "true (second-hand)"}.get(verdict, verdict.replace("_", " "))


def _block(j: "Judgement") -> str:
    place = "" if j.binding.vendor is None else f"[{j.binding.vendor} × {j.binding.row}] "
    says = f"“{j.binding.phrase}”" if j.binding.phrase else f"(an icon: {j.binding.shows})"
    lines = [f"  {place}{says}"]
    if j.since is not None:
        older = " or earlier (no fact is older)" if j.before == "not_verifiable" else f" ({j.before} before)"
        then = f"; when the page was published: {j.at_publication.replace('_', ' ')}" if j.at_publication else ""
        lines.append(f"    {j.verdict} since {j.since}{older}{then}")
    lines += [f"    {'is' if j.verdict == 'false' else 'fact' if j.verdict != 'lost' else 'why'}: {f}" for f in j.found]
    lines += list(dict.fromkeys(_citation(c, "") for c in j.used))[:4]
    lines += list(dict.fromkeys(_citation(c, "but ") for c in j.rivals))[:4]
    if j.binding.note:
        lines.append(f"    note: {j.binding.note}")
    # Quotes are scraped text: no control character of theirs may reach a terminal.
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _citation(c: "Claim", lead: str) -> str:
    what = f"“{_short(c.quote)}”" if c.quote else _unquoted(c)
    return f"      {lead}{what} {c.source_url}, from {c.valid_from}, verified {c.verified_on}"


def _unquoted(c: "Claim") -> str:
    from sandsnap.publish.claims.check import read_by

    if c.basis == "second_hand":
        return f"second-hand, read by {read_by(c) or 'others'}:"
    return "judged by a person, nothing to quote"


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= 160 else folded[:159] + "…"


def record_of(j: "Judgement") -> dict[str, Any]:
    """A judgement as a JSON record."""
    from sandsnap.cli.output import plain

    return {
        "verdict": j.verdict,
        "phrase": j.binding.phrase,
        "vendor": j.binding.vendor,
        "row": j.binding.row,
        "shows": j.binding.shows,
        "rests_on": j.binding.expression.text,
        "found": list(j.found),
        "since": plain(j.since),
        "before": j.before,
        "at_publication": j.at_publication,
        "note": j.binding.note,
        "facts": [_fact(c) for c in j.used],
        "against": [_fact(c) for c in j.rivals],
    }


def _fact(c: "Claim") -> dict[str, Any]:
    from sandsnap.cli.output import plain

    return {
        "vendor": c.vendor, "product": c.product, "table": c.table, "key": c.key,
        "values": {k: plain(v) for k, v in c.columns.items()}, "basis": c.basis, "source_url": c.source_url,
        "quote": c.quote, "verified_on": plain(c.verified_on), "valid_from": plain(c.valid_from),
    }  # fmt: skip
