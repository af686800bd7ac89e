"""What a move is: its kind, what it is about, and which way it goes. Decisions are in causes.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.tell.keys import figure, same_figure, still_stated
from sandsnap.tell.measures import improvement
from sandsnap.tell.moves import Move
from schemas import TABLES
from schemas.vocabulary import UNFINISHED

GONE = ("ended", "none", "not_offered")
HAPPENED = ("frozen", "ended", "ending")  # what a dated judgement says that happened; others are what we looked up


@dataclass(frozen=True, slots=True)
class Cause:
    """What a move is.

    `way`: begin, end, announce, alter, effective, freeze, withdraw, postpone, open (to some, or as a beta), offer (to all),
    release, better, worse, change, state, unstate; of quiet kinds why.
    """

    kind: str
    about: str
    way: str


@cache
def rules() -> Mapping[str, Any]:
    """causes.toml."""
    return tomllib.loads((files("sandsnap.tell") / "causes.toml").read_text("utf-8"))


def days(window: str) -> int:
    """A window in days."""
    return int(rules()["windows"][window])


def quiet(why: str) -> Cause:
    """What we began or ceased to see."""
    return Cause("rekeyed" if why in ("rekeyed", "restated") else "coverage", "", why)


def cause(move: Move) -> Cause:
    """What a move is, by itself."""
    if move.before == move.after:
        return quiet("unstable" if move.unstable else "restated")
    if move.table == "positioning":
        return quiet("reworded")
    if move.table == "notices":
        return _notice(move)  # whoever says so: a dated happening has happened
    if move.basis == "second_hand":
        return quiet("second_hand")
    status = move.row.get("status")
    if move.basis == "judged" and status not in HAPPENED:
        return quiet("judged")
    if move.ours and move.basis != "judged":
        return quiet("first_look" if move.before is None else "silent" if move.after is None else "stated")
    if move.before is None:
        return _began(move)
    if move.after is None:
        return _ceased(move)
    return _changed(move, move.before, move.after)


def _kind(move: Move) -> str:
    return str(rules()["kind"].get(move.table, "offer"))


def about(move: Move) -> str:
    """Which facts of a table are one matter."""
    key = move.key
    if move.table == "prices":
        matter = {"gpu": "gpu", "plan_fee": "plan_fee", "addon": "addon"}.get(key["meter"], "rates")
        return matter if key["offer"] == "list" else f"{matter}_{key['offer']}"
    if move.table == "limits":
        return str(rules()["family"].get(key["limit"], key["limit"]))
    if move.table == "gpus":
        return "gpu"
    if move.table == "self_hosting":
        return "repository" if key["offering"] == "core" else key["offering"]
    if move.table in ("cold_starts", "persistence", "isolation"):
        return move.table
    return move.table


def _begins(move: Move) -> str | None:
    table: dict[str, str] = rules()["begins"]
    return table.get(move.table) or table.get(f"{move.table}.{move.key.get('meter')}")


def _began(move: Move) -> Cause:
    status = move.row.get("status")
    if status in GONE or status in HAPPENED:
        had = any(f[1:3] == move.fact[1:3] and r.get("status") not in GONE for f, r in move.standing.items())
        if move.table == "gpus" and not had:
            return quiet("stated")
        return Cause(_kind(move), about(move), _reached(move, str(status)))
    if move.not_before is None:
        return quiet("first_look")
    if _new_plan(move):
        return Cause("offer", "plan", "begin")
    if _was_there(move):
        return quiet("stated")
    if kind := _begins(move):
        kind = "price" if kind == "gpu" and _offered(move) else kind
        return Cause(kind, "community" if move.row.get("official") is False else about(move), "begin")
    return Cause(_kind(move), about(move), "state")


def _was_there(move: Move) -> bool:
    """Whether what a page comes to speak of is of a kind that is mentioned late, or was implied by a limit."""
    term = move.fact[3][0] if move.fact[3] else ""
    limit = rules()["implied"].get(term)
    return term in rules()["mentioned"].get(move.table, ()) or any(
        f[:3] == (move.vendor, move.product, "limits") and f[3][1] == limit for f in move.standing
    )


def _offered(move: Move) -> bool:
    """Whether a price is of a GPU that is offered already."""
    return move.table == "prices" and any(
        f[:3] == (move.vendor, move.product, "gpus") and f[3][0] == move.key["sku"] and r.get("status") not in GONE
        for f, r in move.standing.items()
    )


def _ceased(move: Move) -> Cause:
    if still_stated(move):
        return quiet("still_stated")
    if (move.before or {}).get("status") in GONE:
        return quiet("silent")
    if kind := _begins(move) or (_kind(move) if move.ended else None):
        return Cause(kind, about(move), "end")
    if move.table in ("limits", "prices"):
        return Cause(_kind(move), about(move), "unstate")
    return quiet("silent")


def _new_plan(move: Move) -> bool:
    """Whether a fact is of a plan that no fact of the product named, while others did."""
    plan = move.key.get("plan", "any")
    known = {f[3][0] for f in move.standing if f[:2] == move.fact[:2] and "plan" in TABLES[f[2]].key} - {"any"}
    return plan != "any" and bool(known) and plan not in known


def _reached(move: Move, status: str) -> str:
    if move.table == "self_hosting" and status in ("frozen", "ended", "none"):
        return "freeze"
    return {"ending": "announce", "ended": "end", "none": "end", "not_offered": "end"}.get(status, "change")


def _changed(move: Move, before: Mapping[str, Any], after: Mapping[str, Any]) -> Cause:
    differ = {c for c in after if before.get(c) != after.get(c)}
    stated = {c for c in differ if before.get(c) is not None and after.get(c) is not None}
    if (column := "technology") in stated and {before[column], after[column]} & set(rules()["unnamed"][column]):
        stated.remove(column)
    if "status" in stated:
        status = str(after["status"])
        if status in ("available", "supported") and before["status"] in ("ending", *HAPPENED):
            return Cause(_kind(move), about(move), "withdraw" if before["status"] == "ending" else "begin")
        if before["status"] in rules()["unfinished"]["status"] and status in ("available", "supported"):
            return Cause(_kind(move), about(move), "release")
        return Cause(_kind(move), about(move), _reached(move, status))
    if "ends_on" in differ:
        return Cause(_kind(move), about(move), "postpone" if "ends_on" in stated else "announce")
    if "licence" in stated:
        return Cause("licence", "repository", "change")
    if move.table in ("prices", "allowances", "limits", "cold_starts", "multipliers"):
        return _figures(move, before, after, stated)
    if move.table == "persistence" and differ & {"retention_days", "indefinite"} and figure(move.table, after):
        if figure(move.table, before) is None:
            return Cause("persistence", "retention", "state")
        return _figures(move, before, after, stated)
    if "usd_per_month" in stated:
        return Cause("price", "plan_fee", "worse" if after["usd_per_month"] > before["usd_per_month"] else "better")
    if stated == {"package"}:
        return Cause("sdk", "package", "change")
    if not stated or move.table == "plans":
        return quiet("rekeyed" if move.rekeyed else "stated")
    return Cause(_kind(move), about(move), "change")


def _figures(move: Move, before: Mapping[str, Any], after: Mapping[str, Any], stated: set[str]) -> Cause:
    if same_figure(move.table, before, after):
        if "card_required" in stated:
            return Cause("allowance", "card", "worse" if after["card_required"] else "better")
        return quiet("rekeyed" if move.rekeyed else "returned" if move.recalled else "restated")
    ends = {(row.get("amount_max") is None) for row in (before, after)}
    if before.get("amount") is not None and len(ends) == 2 and before.get("amount") == after.get("amount"):
        return quiet("stated")  # how far a figure can be raised is said now, or no longer: the figure is the same
    was, now = figure(move.table, before), figure(move.table, after)
    if move.table == "limits" and (was is None) != (now is None):
        return Cause("limit", about(move), "better" if now is None else "worse")  # to, or from, no limit at all
    if was is None or now is None or was.unit != now.unit:
        return Cause(_kind(move), about(move), "change")
    way = "better" if improvement(move.table, was.amount, now.amount) else "worse"
    return Cause(_kind(move), about(move), way)


def _notice(move: Move) -> Cause:
    kind, subject = str(rules()["notice"].get(move.key["kind"], "offer")), move.key["subject"]
    if subject == "gpu":
        kind, subject = "gpu", "gpu"
    if kind == "hosting":
        subject = "repository"
    row = move.row
    if (
        move.key["kind"] in UNFINISHED
    ):  # what a page says of a thing is news when it no longer does; what is dated, on its day
        if move.after is None and not move.ours:
            return Cause(kind, subject, "release")
        return Cause(kind, subject, "open") if move.before is None and row.get("announced_on") else quiet("stated")
    if move.after is None:
        offered = move.key["kind"] in rules()["offered"]["kinds"] and not move.ours
        return Cause(kind, subject, "end") if offered else quiet("silent")
    if row.get("status") == "withdrawn":
        return Cause(kind, subject, "withdraw")
    when: date | None = row.get("effective_on")
    if move.before is None:
        past = row.get("status") == "effective" if when is None else (move.day - when).days > days("stale")
        if past and move.not_before is None and row.get("announced_on") is None:
            return quiet("history")  # undated, or of a day long past: nobody can say when it was news
        if move.key["kind"] in rules()["offered"]["kinds"]:
            return Cause(kind, subject, "offer")
        return Cause(kind, subject, "freeze" if kind == "hosting" else "alter" if _alters(move) else "announce")
    if row.get("status") == "effective" and move.before.get("status") != "effective":
        if move.key["kind"] in rules()["told_when_announced"]["kinds"]:
            return quiet("in_effect")
        return Cause(kind, subject, "freeze" if kind == "hosting" else "end" if kind != "company" else "effective")
    was = move.before.get("effective_on")
    if was and row.get("effective_on") and was != row["effective_on"]:
        return Cause(kind, subject, "postpone")
    if row.get("effective_on") and not was:
        return Cause(kind, subject, "alter" if _alters(move) else "announce")
    return quiet("stated")


def _alters(move: Move) -> bool:
    """Whether a notice says that something will be otherwise, and not that it ends."""
    return move.key["kind"] == "policy_change"


def of_subject(subject: str, move: Move) -> bool:
    """Whether a move is of what a notice speaks of: volume_snapshots and the meter snapshot_storage."""
    words = {_stem(w) for w in subject.split("_")}
    return bool(words & {_stem(w) for part in move.fact[3] for w in part.replace("-", "_").split("_")})


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
