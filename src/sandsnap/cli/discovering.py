"""Commands that notice pages and vendors: discover, new."""

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import ATTENTION, OK, Stop, command, vendor_name

if TYPE_CHECKING:
    from sandsnap.capture import FetchPolicy
    from sandsnap.cli.command import Commands
    from sandsnap.discover.found import Found
    from sandsnap.read.page import Page


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "discover", discover,
        "Pages that vendors list and nobody watches, ranked by what they are likely to state; watched ones that are gone.",
        as_json=True,
    )  # fmt: skip
    p.add_argument("vendor", type=vendor_name, nargs="?", metavar="VENDOR", help="whose pages (default: all)")
    p.add_argument(
        "--set-aside", metavar="URL", help="a person has looked at the page: it states nothing of the dataset"
    )
    p.add_argument("--reason", metavar="WHY", help="with --set-aside: why")
    p.add_argument("--list", type=Path, metavar="FILE", help="an llms.txt or sitemap.xml at hand, instead of fetching")
    p.add_argument("--contact", metavar="URL", help="who asks: stands in the User-Agent")
    p = command(
        commands, "new", new, "A folder for a new vendor: what is needed, what is missing, and what a page of it states.",
    )  # fmt: skip
    p.add_argument("what", choices=("vendor",), help="what to begin")
    p.add_argument("name", metavar="NAME", help="its short name: lower case, as it stands in tables")
    p.add_argument("--url", required=True, metavar="URL", help="the page that states most: its prices, or its limits")
    p.add_argument("--page", type=Path, metavar="FILE", help="a saved copy of that page (default: it is fetched)")
    p.add_argument("--contact", metavar="URL", help="who asks: stands in the User-Agent")
    p.add_argument("--to", type=Path, metavar="DIR", help="where vendors lie (default: beside the others)")


def discover(args: argparse.Namespace) -> int:
    """Look at the lists, or set a page aside."""
    from sandsnap.discover.found import compared
    from sandsnap.discover.listed import links
    from sandsnap.vendors import VENDORS

    if args.set_aside:
        return _set_aside(args)
    names = [args.vendor] if args.vendor else list(VENDORS)
    found: list[Found] = []
    lists, unanswered = 0, list[str]()
    if args.list:
        if len(names) != 1:
            raise Stop("whose list is it? Say VENDOR")
        if not args.list.is_file():
            raise Stop(f"{args.list} is not a file")
        base = f"https://{_hosts(names[0])[0]}/"
        found, lists = compared(names[0], links(args.list.read_text("utf-8", "replace"), base)), 1
    else:
        from sandsnap.discover.look import discovered

        policy = _policy(args)
        for name in names:
            look = discovered(name, policy)
            found, lists, unanswered = [*found, *look.found], lists + look.lists, [*unanswered, *look.unanswered]
    if args.as_json:
        keys = ("vendor", "url", "state", "score", "why", "now")
        print(json.dumps([{k: getattr(f, k) for k in keys} for f in found], ensure_ascii=False, indent=1))
    else:
        for f in found:
            print(
                f"{f.vendor:11} {f.state:9} {f.score:3}  {f.url}"
                + (f"  →  {f.now}" if f.now else "")
                + f"\n{'':26}{f.why}"
            )
        print(f"{len(found)} pages to look at, from {lists} lists of {len(names)} vendors")
        if unanswered:
            print(
                f"{len(unanswered)} lists could not be had: {', '.join(unanswered[:3])}{' …' if len(unanswered) > 3 else ''}"
            )
    return ATTENTION if found else OK


def _hosts(name: str) -> tuple[str, ...]:
    from sandsnap.read.sources import vendor

    return vendor(name).hosts


def _set_aside(args: argparse.Namespace) -> int:
    from sandsnap.read.addresses import canonical
    from sandsnap.read.sources import set_aside, source_of, vendor_of
    from sandsnap.vendors import folder

    if not args.reason or len(args.reason) < 5:
        raise Stop("why? Say --reason: it stands beside the address for whoever comes after you")
    name = args.vendor or vendor_of(args.set_aside)
    if name is None:
        raise Stop(f"whose page is {args.set_aside}? Say VENDOR")
    if (known := source_of(args.set_aside)) is not None:
        raise Stop(f"{known.url} is watched: take its [[source]] out of {name}/vendor.toml first")
    if canonical(args.set_aside) in set_aside(name):
        raise Stop(f"{args.set_aside} is set aside already: {set_aside(name)[canonical(args.set_aside)]}")
    file = folder(name) / "vendor.toml"
    url, reason = (json.dumps(t, ensure_ascii=False) for t in (args.set_aside, args.reason))
    file.write_text(f"{file.read_text('utf-8').rstrip()}\n\n[[set_aside]]\nurl = {url}\nreason = {reason}\n", "utf-8")
    print(f"set aside in {file}")
    return OK


# -- a new vendor -----------------------------------------------------------------------------------------------------

_NAME = re.compile(r"[a-z][a-z0-9]*")
_TOML = """# What the machine knows of {name} before it reads a page. Where two sources state one fact, the first one is shown.

products = ["sandbox"]  # the first is meant where none is named
hosts = ["{host}"]

[names]  # as people write it: in a sentence, and over a column
vendor = "{title}"
title = "{title}"

[[source]]
name = "pricing"
url = "{url}"
must = "{must}"  # a phrase that is on this page and on no other
proven = false  # until a captured copy of it has been read

[general.plans]  # the contract's term and how the pages write it; each to be confirmed by a person
{plans}"""
_STATEMENTS = """# {title}: sentences of its pages, and what nothing can be quoted for. Each waits for a person: see the checklist.
#
#   [[quoted]]
#   table = "isolation"
#   key = {{ runtime = "default" }}
#   values = {{ boundary = "microvm" }}
#   url = "{url}"
#   quote = "the shortest exact words that say so"
"""


def new(args: argparse.Namespace) -> int:
    """Make the folder, and say what is missing."""
    from urllib.parse import urlsplit

    from sandsnap import vendors
    from sandsnap.discover.drafts import drafts, plans

    host = urlsplit(args.url).hostname
    if not _NAME.fullmatch(args.name):
        raise Stop(f"{args.name!r} is no short name: lower-case letters and digits")
    if not args.url.startswith("https://") or not host:
        raise Stop(f"{args.url!r} is no address of a page; it begins with https://")
    root = args.to or Path(vendors.__path__[0])
    folder = root / args.name
    if args.name in vendors.VENDORS or folder.exists():
        raise Stop(f"there is a vendor {args.name} already: {folder}")
    page = _page(args, host)
    title = args.name.capitalize()
    folder.joinpath("pages").mkdir(parents=True)
    must = next((b.text for b in page.blocks if b.kind == "heading"), title)
    named = "".join(f"# {_term(p)} = [{json.dumps(p, ensure_ascii=False)}]\n" for p in plans(page))
    own = {
        "name": args.name, "host": host, "title": title, "url": args.url, "must": must.replace('"', "'"), "plans": named,
    }  # fmt: skip
    (folder / "vendor.toml").write_text(_TOML.format(**own), "utf-8")
    stated = drafts(page, "pricing")
    texts = [_STATEMENTS.format(**own), *(f"{text}\n" for text in stated)]
    (folder / "statements.toml").write_text("\n".join(texts).rstrip() + "\n", "utf-8")
    (folder / "__init__.py").write_text("", "utf-8")
    (folder / "pages" / "index.jsonl").write_text("", "utf-8")
    print(f"made {folder}")
    print("the page states, to be confirmed by a person, as drafts in statements.toml:")
    print("\n".join(f"  {text.splitlines()[0].lstrip('# ')[:150]}" for text in stated) or "  no amount")
    print(_checklist(folder, root, vendors.__path__[0]))
    return OK


def _term(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_") or "plan"


def _page(args: argparse.Namespace, host: str) -> "Page":
    """The page, saved or fetched."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from sandsnap.discover.look import LookError, page_at
    from sandsnap.model import Capture
    from sandsnap.read.decode import form_of, text_of
    from sandsnap.read.page import Page

    if args.page:
        if not args.page.is_file():
            raise Stop(f"{args.page} is not a file")
        capture = Capture(args.url, datetime.now(UTC), args.page.read_bytes(), "0" * 64, file=args.page.name)
    else:
        try:
            capture = page_at(args.url, args.name, host, _policy(args))
        except LookError as e:
            raise Stop(f"{e}; save the page and say --page FILE") from None
    text = text_of(capture)
    return Page(replace(capture, url=args.url), text, form_of(capture, text), args.name, args.url)


def _policy(args: argparse.Namespace) -> "FetchPolicy":
    """How to fetch, from the settings and --contact."""
    from dataclasses import replace

    from sandsnap import pipeline
    from sandsnap.settings import SettingsError, load

    settings = load(args.home)
    if args.contact:
        settings = replace(settings, fetch={**settings.fetch, "contact_url": args.contact})
    try:
        return pipeline.fetch_policy(settings)
    except SettingsError as e:
        raise Stop(str(e)) from None


def _checklist(folder: Path, root: Path, own: str) -> str:
    where = "" if str(root) == own else f" (with SANDSNAP_VENDORS={root})"
    return f"""
what is missing{where}:
  [ ] vendor.toml: its names, products, hosts, and a [[source]] for each page that states a price, a limit or how it isolates
  [ ] vendor.toml: [general.plans], how its pages write its plans
  [ ] statements.toml: take the comment marks from each draft that is right; a [[quoted]] for what a sentence says without an
      amount; [[judged]] where no page says anything, with the reason
  [ ] readers.py: only where there is a decision; `sandsnap explain FILE --url URL` shows what is read without it
  [ ] pages/: `sandsnap pin FILE --url URL --on DAY` keeps a page and what was read from it, once you have looked at it
  [ ] the ten rows: prices, allowances, isolation, cold_starts, gpus, persistence, limits, sdks, self_hosting, positioning
  [ ] `sandsnap residue {folder.name} --captures {folder}/pages`: no amount is left that nobody accounts for
"""
