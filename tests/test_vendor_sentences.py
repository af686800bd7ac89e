"""Entries that read one sentence of one page, each with a page that we wrote: what it states, and that silence states nothing."""

import hashlib
from datetime import UTC, datetime

import pytest

from sandsnap.model import Capture
from sandsnap.read.reading import read

SENTENCES = [
    ("https://e2b.dev/docs/sandbox/persistence", "# Sandbox persistence\n\nPersistence is currently in public beta:\n\n1. Tell us.",
     "notices persistence beta", {"status": "effective"}),
    ("https://docs.blaxel.ai/Sandboxes/Volumes", "# Volumes\n\nVolumes are currently in private preview. Ask us for access.",
     "notices volumes preview", {"status": "effective"}),
    ("https://codesandbox.io/docs/sdk", "# CodeSandbox SDK\n\nThe CodeSandbox SDK (beta) runs isolated sandboxes for your code.",
     "notices sdk beta", {"status": "effective"}),
    ("https://github.com/vercel/sandbox", "# Vercel Sandbox\n\nVercel Sandbox is in [beta](https://example.com/phases).",
     "notices sandbox beta", {"status": "effective"}),
    ("https://modal.com/docs/guide/sandbox-snapshots",
     '# Snapshots of Sandboxes\n\n## Directory Snapshots\n\n<Callout variant="beta" />\n\nA directory, kept.',
     "notices directory_snapshots beta", {"status": "effective"}),
    ("https://modal.com/docs/guide/vm-sandboxes",
     "# VM Sandboxes\n\n- VM Memory Snapshots are only available to a set of enabled customers. Ask us.",
     "persistence memory_snapshot", {"preserves": "filesystem_and_memory"}),
    ("https://docs.blaxel.ai/changelog",
     "# changelog\n\n## 2027-02-01\n\n- Reduced typical duration of sandbox creation down to 5-9 seconds",
     "cold_starts create typical", {"low_ms": 5000, "high_ms": 9000}),
    ("https://docs.blaxel.ai/changelog",
     "# changelog\n\n## May 3, 2027\n\n- Optimized creation flow of new sandboxes to bring it down to 3 seconds.\n\n"
     "## 2.1.0 (2027-04-30)\n\n- Reduced typical duration of sandbox creation down to 5-9 seconds",
     "cold_starts create typical", {"low_ms": 3000, "high_ms": 3000}),
    ("https://docs.sprites.dev/concepts/checkpoints",
     "# checkpoint\n\nAlongside the checkpoints you take by hand, the platform creates its own. They are automatic.",
     "persistence auto_snapshot", {"preserves": "filesystem", "by_default": True}),
    ("https://codesandbox.io/docs/sdk/core-concepts",
     "# Core concepts\n\n## Hibernation\n\n- Hibernated Sandboxes are stored on disk for up to 9 days.",
     "limits any auto_archive_max", {"amount": 9, "unit": "day"}),
]  # fmt: skip


def stated(url: str, text: str) -> dict[str, dict[str, object]]:
    body = text.encode()
    at, headers = datetime(2026, 6, 1, tzinfo=UTC), (("content-type", "text/markdown"),)
    capture = Capture(url, at, body, hashlib.sha256(body).hexdigest(), headers=headers, complete=False)
    facts = (f for r in read(capture) for f in r.facts if f.basis == "read" and not f.refused)
    return {" ".join([f.table, *(v for k, v in f.key.items() if k != "product")]): dict(f.values) for f in facts}


@pytest.mark.parametrize(("url", "text", "fact", "values"), SENTENCES, ids=[s[2] for s in SENTENCES])
def test_a_sentence_states_its_fact_and_silence_states_nothing(
    url: str, text: str, fact: str, values: dict[str, object]
) -> None:
    found = stated(url, text)
    assert {k: found[fact][k] for k in values} == values
    title = text.partition("\n")[0]
    assert fact not in stated(url, f"{title}\n\nWe write about something else here.")
