"""What `status` says of the watched pages beside the warehouse: how much of their amounts is accounted for, and which
declared pages have no real copy yet. Noted when a run has recorded, so that `status` opens no page and loads no reader.
"""

import json
from collections import Counter

from sandsnap.read.sources import vendor
from sandsnap.settings import Settings
from sandsnap.vendors import VENDORS
from sandsnap.watching import accounted


def note(settings: Settings) -> None:
    """Write the notes of an archive as it is now, in one step."""
    used, ignored, left = Counter[str](), Counter[str](), Counter[str]()
    for found in accounted(settings):
        name = found.account.vendor
        used[name] += found.account.used
        ignored[name] += sum(found.account.ignored.values())
        left[name] += len(found.account.residue)
    accounts = [
        {
            "vendor": name,
            "amounts": (amounts := used[name] + ignored[name] + left[name]),
            "used": used[name],
            "ignored": ignored[name],
            "residue": left[name],
            "share": round(1 - left[name] / amounts, 4) if amounts else None,
        }
        for name in VENDORS
    ]
    unproven = [
        {"vendor": s.vendor, "source_url": s.url} for n in VENDORS for s in vendor(n).sources if s.live and not s.proven
    ]
    path = settings.watch_notes
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({"accounted": accounts, "unproven": unproven}, indent=1) + "\n", "utf-8")
    beside.replace(path)
