"""What a host's robots.txt says to us (RFC 9309): read once per run and host.

4xx: there are no rules, all is allowed. A server error, 429, or no answer: nobody may know the rules, so nothing is
fetched from the host in this run. Rules come from the group for `sandsnap`, else from the one for `*`.
"""

from dataclasses import dataclass

from protego import Protego

from sandsnap.capture.policy import PRODUCT


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules. `parsed` None: no rules. `refusal`: why nothing may be fetched at all."""

    parsed: Protego | None = None
    refusal: str | None = None

    def why_not(self, url: str) -> str | None:
        """Why a URL may not be fetched; None when it may."""
        if self.refusal is not None:
            return self.refusal
        if self.parsed is not None and not self.parsed.can_fetch(url, PRODUCT):
            return "robots.txt disallows it; ask the vendor, or take the source out"
        return None

    @property
    def crawl_delay_s(self) -> float:
        """The seconds the host wants between two requests; 0 without a wish."""
        return float(self.parsed.crawl_delay(PRODUCT) or 0.0) if self.parsed is not None else 0.0


def rules_of(status: int, body: bytes) -> Rules:
    """The rules that an answer to /robots.txt means."""
    if 200 <= status < 300:
        return Rules(Protego.parse(body.decode("utf-8-sig", errors="replace")))
    if 400 <= status < 500 and status != 429:
        return Rules()
    return Rules(refusal=f"robots.txt answered {status}, so its rules are unknown; the next run asks again")


def unreachable(problem: str) -> Rules:
    """The rules of a host whose robots.txt could not be had."""
    return Rules(refusal=f"robots.txt could not be had ({problem}), so its rules are unknown; the next run asks again")
