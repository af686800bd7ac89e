"""Who else publishes about our vendors: every folder here that holds a publisher.toml, and every such folder in the folders
of SANDSNAP_PUBLISHERS.

    publisher.toml   who it is, its names of our products, its files, and what its figures mean
    readers.py       what its files say
    pages/           golden files

Imports nothing of the project: sandsnap.read.publishers reads what is declared.
"""

import os
from collections.abc import Mapping
from pathlib import Path

EXTRA = "SANDSNAP_PUBLISHERS"  # folders of publisher folders, separated as in PATH

# Readers of a publisher that lives elsewhere are imported from there: sandsnap.publishers.<name>.readers.
__path__ += [f for f in os.environ.get(EXTRA, "").split(os.pathsep) if f]


class PublisherError(ValueError):
    """A publisher's folder that cannot be used; says what to change."""


FOLDERS: Mapping[str, Path] = {
    f.parent.name: f.parent for root in __path__ for f in sorted(Path(root).glob("*/publisher.toml"))
}
