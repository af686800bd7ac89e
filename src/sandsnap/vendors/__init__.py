"""The vendors: every folder here that holds a vendor.toml, and every such folder in the folders of SANDSNAP_VENDORS.

    vendor.toml      name, products, hosts, sources, plans, sizes and what else is the vendor's own
    statements.toml  what a person stated: quoted, judged, second_hand, and amounts that need no fact
    readers.py       what needs code; a vendor without it is read from its data alone
    pages/           golden pages and what a person found on each

Nothing else names a vendor, a product or a plan. Imports nothing of the project: all rooms ask here.
"""

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

EXTRA = "SANDSNAP_VENDORS"  # folders of vendor folders, separated as in PATH

# Readers of a vendor that lives elsewhere are imported from there: sandsnap.vendors.<name>.readers.
__path__ += [f for f in os.environ.get(EXTRA, "").split(os.pathsep) if f]


class VendorError(ValueError):
    """A vendor's folder that cannot be used; says what to change."""


def _discovered() -> dict[str, Path]:
    found = {f.parent.name: f.parent for root in __path__ for f in sorted(Path(root).glob("*/vendor.toml"))}
    data = {name: _parsed(folder / "vendor.toml") for name, folder in found.items()}
    last = len(found) + 1
    return {n: found[n] for n in sorted(found, key=lambda n: (data[n].get("position", last), n))}


@cache
def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise VendorError(f"{file.parent.name}/{file.name}: {e}") from e


_FOLDERS = _discovered()


def folder(name: str) -> Path:
    """Where a vendor lives. Raises ValueError for an unknown one."""
    if name not in _FOLDERS:
        raise ValueError(f"unknown vendor {name!r}; the vendors are {', '.join(VENDORS)}")
    return _FOLDERS[name]


@cache
def settings(name: str) -> Mapping[str, Any]:
    """A vendor's vendor.toml. Raises ValueError for an unknown vendor, VendorError for a file that is no TOML."""
    return _parsed(folder(name) / "vendor.toml")


@cache
def stated(name: str) -> Mapping[str, Any]:
    """A vendor's statements.toml; empty where it has none. Raises as `settings`."""
    file = folder(name) / "statements.toml"
    return _parsed(file) if file.is_file() else {}


def _products(name: str) -> tuple[str, ...]:
    given = _parsed(_FOLDERS[name] / "vendor.toml").get("products")
    if not given or not all(isinstance(p, str) for p in given):
        raise VendorError(f'{name}/vendor.toml: say what it sells, products = ["sandbox"]')
    return tuple(given)


VENDORS: tuple[str, ...] = tuple(_FOLDERS)
PRODUCTS: Mapping[str, tuple[str, ...]] = {n: _products(n) for n in VENDORS}
