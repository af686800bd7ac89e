"""Editorial text as files: Markdown whose values are expressions over the facts.

    # E2B                                     editorial.md beside the vendor, or faq.md
    ## Verdict                                Verdict, Best for, Pros, Cons; in faq.md every heading is a question
    E2B bills {{ price("e2b", meter="vcpu").per_vcpu_hour }} per vCPU-hour.
    {{ isolation("e2b").technology == "firecracker" }}Each sandbox is a Firecracker microVM.
    - one point of a list                     (Pros and Cons)
    Pick: {{ ... }}E2B                        (picks.md: each section is a use, with Pick, Why, Caveat and Runner-up)

One sentence a line; a blank line ends a paragraph; <!-- comments --> on lines of their own. What stands in {{ }} is
written in the language of claims/language.py: a value is printed (`| FORMAT` says how, see editorial_words.py), a
statement prints nothing and must be true. A sentence about a vendor needs one of them, and a number outside them must
stand in an expression of its sentence: so no figure in the text is without facts.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sandsnap import vendors
from sandsnap.publish.claims.language import Expression, ExpressionError, is_statement, parse_part
from sandsnap.publish.site.editorial_words import FORMATS
from sandsnap.vendors import VENDORS

FAQ, PICKS = "faq", "picks"
LABELS = ("Pick", "Why", "Caveat", "Runner-up")  # of the sentences of picks.md, in their order
SECTIONS = ("Verdict", "Best for", "Pros", "Cons")
LONGEST = 2000  # characters of a line
_BOUND = re.compile(r"\{\{(.+?)\}\}(?!\})")
_FORMAT = re.compile(r"^(.*)\|\s*([a-z_]+)\s*$", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class EditorialError(Exception):
    """A file of editorial text cannot be used; names the file and line, and says what to change."""


@dataclass(frozen=True)
class Bound:
    """An expression in a sentence. `form` says how its value is written; None for a statement, which prints nothing."""

    expression: Expression
    form: str | None


@dataclass(frozen=True)
class Sentence:
    """One line. `parts` are text and bound expressions in order; `paragraph` counts within the section.

    `id` comes from the words: a sentence that is edited is a new one, and waits for confirmation. `label` is what it is of
    a pick.
    """

    id: str
    page: str
    section: str
    paragraph: int
    is_point: bool
    source: str
    line: int
    parts: tuple[str | Bound, ...]
    label: str = ""

    @property
    def is_bound(self) -> bool:
        """Whether facts can bear it out."""
        return any(isinstance(p, Bound) for p in self.parts)

    @property
    def vendor(self) -> str | None:
        """The vendor of the first fact it rests on."""
        named = (s.vendor for p in self.parts if isinstance(p, Bound) for s in p.expression.selections.values())
        return next(named, None)


@dataclass(frozen=True)
class Page:
    """One file: `name` is a vendor, FAQ or PICKS."""

    name: str
    title: str
    sentences: tuple[Sentence, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        """Its sections in order."""
        return tuple(dict.fromkeys(s.section for s in self.sentences))


def folder(own: Path | None = None) -> Traversable:
    """Where the questions and the confirmations lie: a folder of one's own, or the one that comes with sandsnap."""
    return own if own is not None else files("sandsnap.publish.site") / "editorial"


def load(own: Path | None = None) -> list[Page]:
    """Every page, the vendors in their order, the FAQ and the picks last: of a folder of one's own VENDOR.md, faq.md and
    picks.md, else editorial.md beside each vendor that has one. Raises EditorialError."""
    order = (*VENDORS, FAQ, PICKS)
    made = []
    try:
        found = {f.name.removesuffix(".md"): f for f in folder(own).iterdir() if f.name.endswith(".md")}
        found.pop("README", None)
        if own is None:
            found |= {v: f for v in VENDORS if (f := vendors.folder(v) / "editorial.md").is_file()}
        for name, file in sorted(found.items()):
            if name not in order:
                raise EditorialError(f"{file.name}: no vendor is called {name!r}; there are {', '.join(order)}")
            made.append(read(name, file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as e:
        raise EditorialError(f"the editorial text in {folder(own)} cannot be read: {e}") from None
    if not made:
        raise EditorialError(
            f"there is no editorial text in {folder(own)}: put VENDOR.md, {FAQ}.md or {PICKS}.md there"
        )
    return sorted(made, key=lambda p: order.index(p.name))


def read(name: str, text: str) -> Page:
    """A page from its text. Raises EditorialError."""
    title = section = ""
    paragraph, open_paragraph = 0, False
    sentences: dict[str, Sentence] = {}
    for at, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        where = f"{name}.md, line {at}"
        if line.startswith("<!--"):
            if not line.endswith("-->"):
                raise EditorialError(f"{where}: end the comment on its own line")
        elif not line:
            open_paragraph = False
        elif line.startswith("#"):
            hashes, _, heading = line.partition(" ")
            if hashes not in ("#", "##") or not heading.strip() or (hashes == "#") == bool(title):
                raise EditorialError(f"{where}: one `# Title` first, then `## Section`")
            if hashes == "#":
                title = heading.strip()
            elif name not in (FAQ, PICKS) and heading.strip() not in SECTIONS:
                raise EditorialError(f"{where}: {heading.strip()!r} is no section; there are {', '.join(SECTIONS)}")
            else:
                section, paragraph, open_paragraph = heading.strip(), 0, False
        elif not section:
            raise EditorialError(f"{where}: text before the first `## Section`")
        else:
            is_point = line.startswith("- ")
            if is_point or not open_paragraph:
                paragraph += 1
            open_paragraph = not is_point
            label, _, rest = line.partition(":") if name == PICKS else ("", "", line)
            if name == PICKS and label not in LABELS:
                raise EditorialError(f"{where}: begin with {', '.join(f'{n}:' for n in LABELS)}")
            made = _sentence(name, section, paragraph, is_point, rest.removeprefix("- ").strip(), at, where, label)
            if made.id in sentences:
                raise EditorialError(f"{where}: stands in this section twice")
            sentences[made.id] = made
    if not sentences:
        raise EditorialError(f"{name}.md: has no sentence")
    return Page(name, title, tuple(sentences.values()))


def _sentence(
    page: str, section: str, paragraph: int, is_point: bool, line: str, at: int, where: str, label: str = ""
) -> Sentence:
    if len(line) > LONGEST:
        raise EditorialError(f"{where}: longer than {LONGEST} characters")
    parts: list[str | Bound] = []
    for i, piece in enumerate(_BOUND.split(line)):
        if i % 2 == 0:
            if "{{" in piece or "}}" in piece:
                raise EditorialError(f"{where}: {{{{ without }}}}, or the reverse")
            if piece:
                parts.append(piece)
            continue
        parts.append(_bound(piece.strip(), where))
    plain = "".join(p for p in parts if isinstance(p, str))
    bound = [p for p in parts if isinstance(p, Bound)]
    if not bound and page != FAQ:
        raise EditorialError(f"{where}: rests on no fact: bind it, as {{{{ stated(gpus({page!r}, model='h100')) }}}}")
    if not plain.strip():
        raise EditorialError(f"{where}: has no words")
    for number in _NUMBER.findall(plain):
        if not any(number.replace(",", "") in b.expression.text for b in bound):
            raise EditorialError(f"{where}: {number} stands in no expression of its sentence: bind it")
    digest = hashlib.sha256(f"{section}\n{label}{' '.join(line.split())}".encode()).hexdigest()[:8]
    return Sentence(f"{page}-{digest}", page, section, paragraph, is_point, line, at, tuple(parts), label)


def _bound(text: str, where: str) -> Bound:
    form = None
    if m := _FORMAT.match(text):
        text, form = m[1].strip(), m[2]
        if form not in FORMATS:
            raise EditorialError(f"{where}: there is no format {form!r}; there are {', '.join(FORMATS)}")
    try:
        expression = parse_part(text)
    except ExpressionError as e:
        raise EditorialError(f"{where}: {text[:80]!r} {e}") from None
    if is_statement(expression):
        if form is not None:
            raise EditorialError(f"{where}: a statement prints nothing, so it has no format: {text[:80]!r}")
        return Bound(expression, None)
    return Bound(expression, form or "plain")
