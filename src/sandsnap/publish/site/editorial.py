"""Editorial sentences judged by the facts of a day: what readers are shown, and what waits for the editor.

A value is printed only as the facts have it now. Readers see what the facts bear out, and what a person confirmed: then a
sentence whose facts changed since says so, with the date, and one that the facts contradict is shown only as what was so
on that day. What nobody confirmed is `not confirmed`, which is for editors; what no fact can bear out is then left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sandsnap.publish.claims.evaluate import evaluate, unique, value_of
from sandsnap.publish.claims.facts import Claim, claims
from sandsnap.publish.claims.language import ExpressionError
from sandsnap.publish.claims.lookup import Groups, Unknown
from sandsnap.publish.site.editorial_confirmed import Confirmation
from sandsnap.publish.site.editorial_text import Bound, Page, Sentence
from sandsnap.publish.site.editorial_words import write
from sandsnap.record import claim_queries

STATES = {
    "confirmed": "an editor confirmed it, and its facts are the same since",
    "changed": "true, and its facts changed since it was confirmed",
    "not_confirmed": "the facts bear it out, so readers see it with its facts; no person has confirmed it, and it does not say so",
    "conflicting": "the sources disagree",
    "false": "the facts say otherwise",
    "not_verifiable": "no fact says whether it is true",
}


@dataclass(frozen=True)
class Judged:
    """A sentence on a day.

    `text` is what it says by the facts; None where it is false or a value in it is unknown. `facts` are the facts it
    rests on, in words; `why` says what is wrong. `since` is the day on which the newest of its facts began.
    """

    sentence: Sentence
    state: str
    text: str | None
    facts: tuple[str, ...]
    why: str | None
    since: date | None
    used: tuple[Claim, ...]
    confirmation: Confirmation | None

    @property
    def is_same(self) -> bool:
        """Whether its facts are those that were confirmed."""
        return self.confirmation is not None and self.confirmation.facts == self.facts

    @property
    def is_shown(self) -> bool:
        """Whether readers see it: the facts bear it out, or a person confirmed it."""
        return self.confirmation is not None or (self.text is not None and self.sentence.is_bound)

    @property
    def waits(self) -> bool:
        """Whether an editor must look at it."""
        return self.text is None or not self.is_same


class Judge:
    """Judges sentences by the facts of a day; the warehouse is only read, once per vendor."""

    def __init__(self, con: claim_queries.Connection, on: date, confirmed: Mapping[str, Confirmation]) -> None:
        self._con, self._on, self._confirmed = con, on, confirmed
        self._facts: dict[str, Groups] = {}

    def _of(self, vendor: str) -> Groups:
        if vendor not in self._facts:
            self._facts[vendor] = claims(vendor, claim_queries.standing(self._con, vendor, self._on).records())
        return self._facts[vendor]

    def pages(self, pages: Sequence[Page]) -> dict[str, list[Judged]]:
        """Page name -> its sentences, judged. Raises QueryError."""
        return {p.name: [self.sentence(s) for s in p.sentences] for p in pages}

    def sentence(self, sentence: Sentence) -> Judged:
        """One sentence. An expression that cannot be evaluated makes it not verifiable; nothing is raised for it."""
        words: list[str] = []
        facts: list[str] = []
        used: list[Claim] = []
        problems: list[tuple[str, str]] = []
        for part in sentence.parts:
            if isinstance(part, str):
                words.append(part)
                continue
            try:
                words.append(self._part(part, facts, used, problems))
            except (ExpressionError, ValueError, ArithmeticError) as e:
                problems.append(("not_verifiable", f"{part.expression.text}: {e}"))
        confirmation = self._confirmed.get(sentence.id)
        told = tuple(dict.fromkeys(facts))
        found = dict(problems)
        wrong = next((s for s in ("not_verifiable", "false", "conflicting") if s in found), None)
        text = None if wrong in ("not_verifiable", "false") else " ".join("".join(words).split())
        if confirmation is None:
            state: str = wrong or "not_confirmed"
        else:
            state = wrong or ("confirmed" if confirmation.facts == told else "changed")
        why = "; ".join(dict.fromkeys(w for s, w in problems)) or None
        since = max((c.valid_from for c in used), default=None)
        return Judged(sentence, state, text, told, why, since, unique(used), confirmation)

    def _part(self, part: Bound, facts: list[str], used: list[Claim], problems: list[tuple[str, str]]) -> str:
        """What a bound expression prints; adds what it rests on and what is wrong with it."""
        if part.form is not None:
            figure = value_of(part.expression, self._of, self._on)
            facts += figure.found
            used += figure.used
            if isinstance(figure.value, Unknown):
                problems.append(("conflicting" if figure.value.disagree else "not_verifiable", figure.value.why))
                if figure.value.disagree:  # there is no one value to print
                    problems.append(("not_verifiable", figure.value.why))
                return ""
            if figure.rivals:
                problems.append(("conflicting", _against(figure.rivals)))
                facts += [f"but: {_rival(c)}" for c in figure.rivals]
            return write(part.expression, figure.value, part.form)
        outcome = evaluate(part.expression, self._of, self._on)
        # What is stated in place of a missing fact may change without a change to the sentence.
        facts += [f.partition("; stated: ")[0] for f in outcome.found]
        used += outcome.used
        if isinstance(outcome.truth, Unknown):
            if outcome.truth.disagree:
                problems.append(("conflicting", "; ".join(outcome.found) or outcome.truth.why))
            else:
                problems.append(("not_verifiable", outcome.truth.why))
            return ""
        if not outcome.truth:
            problems.append(("false", "; ".join(outcome.found)))
            return ""
        against = [r for r in outcome.rivals if evaluate(part.expression, self._of, self._on, prefer=r).truth is False]
        if against:
            problems.append(("conflicting", _against(against)))
            facts += [f"but: {_rival(c)}" for c in against]
        return ""


def _rival(c: Claim) -> str:
    values = ", ".join(f"{k} {v}" for k, v in sorted(c.columns.items()))
    return f"{c.source_url} states {values}"


def _against(rivals: Sequence[Claim]) -> str:
    return "; ".join(dict.fromkeys(f"{c.source_url} says otherwise" for c in rivals))


def confirm(judged: Judged, author: str, on: date) -> Confirmation:
    """The confirmation of a sentence as it reads now. Raises ValueError for one that is false or not verifiable."""
    if judged.text is None:
        raise ValueError(
            f"{judged.sentence.id} is {judged.state.replace('_', ' ')} ({judged.why}): edit the text instead"
        )
    return Confirmation(on, author, judged.text, judged.facts)
