"""What `status` says of the watched pages beside the warehouse: how many there are, how much of their amounts is accounted
for, what is second hand, and which declared pages have no real copy yet. Noted when a run has recorded, so that `status`
opens no page and loads no reader; and with each page's counts, so that the next run reads none that is as it was.
"""

import json
from collections.abc import Mapping

from sandsnap.read.residue.watch import Accounts
from sandsnap.read.sources import source_of, vendor, version
from sandsnap.read.statements import judged
from sandsnap.settings import Settings
from sandsnap.vendors import VENDORS
from sandsnap.watching import Counts, counted


def note(settings: Settings, known: Accounts) -> None:
    """Write the notes of an archive as it is now, in one step. `known`: the accounts of pages that the run has read."""
    pages = counted(settings, known, _noted(settings))
    by_vendor: dict[str, list[Counts]] = {name: [] for name in VENDORS}
    versions = {}
    for url, captures in pages.items():
        source = source_of(url)
        assert source  # only pages of sources are counted
        versions[url] = version(source.vendor)
        by_vendor[source.vendor] += [counts for counts in captures.values() if counts]
    unproven = [
        {"vendor": s.vendor, "source_url": s.url} for n in VENDORS for s in vendor(n).sources if s.live and not s.proven
    ]
    found = {
        "accounted": [_accounted(name, own) for name, own in by_vendor.items()],
        "unproven": unproven,
        "vendors": [_declared(name) for name in VENDORS],
        "pages": {url: {"version": versions[url], "captures": captures} for url, captures in sorted(pages.items())},
    }
    path = settings.watch_notes
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    beside.replace(path)


def _accounted(name: str, pages: list[Counts]) -> dict[str, object]:
    used, ignored, left = (sum(p[i] for p in pages) for i in range(3))
    amounts = used + ignored + left
    share = round(1 - left / amounts, 4) if amounts else None
    return {"vendor": name, "amounts": amounts, "used": used, "ignored": ignored, "residue": left, "share": share}


def _declared(name: str) -> dict[str, object]:
    others = [j.fact for j in judged(name) if j.fact.basis == "second_hand"]
    return {
        "vendor": name, "sources": sum(s.live for s in vendor(name).sources), "second_hand": len(others),
        "replaced_by": sorted({f.source_url for f in others}),
    }  # fmt: skip


def _noted(settings: Settings) -> dict[str, Mapping[str, Counts | None]]:
    """What the run before counted, of pages whose readers are still the same; nothing where its notes cannot be read."""
    try:
        pages = json.loads(settings.watch_notes.read_text("utf-8"))["pages"]
        sources = {url: source_of(url) for url in pages}
        return {
            url: {name: tuple(counts) if counts else None for name, counts in pages[url]["captures"].items()}
            for url, source in sources.items()
            if source and pages[url]["version"] == version(source.vendor)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # they are written anew
