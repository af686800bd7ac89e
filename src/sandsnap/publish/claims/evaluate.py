"""Evaluate an expression over the facts of a day, in three-valued logic: what no page states makes nothing false.

`≈` holds where the value rounds to the written figure at its last digit, or lies within 5 % of it: what a page means by
"~". A set against one value holds where each member does, and fails where none does; in between the sources disagree.
"""

import ast
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sandsnap.publish.claims.facts import Claim, Scalar, written
from sandsnap.publish.claims.language import Expression, ExpressionError
from sandsnap.publish.claims.lookup import Facts, Lookup, Unknown, Value, read, stated

NEAR = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out. `found` says in words what the facts are, per comparison that decided it; `used` are their claims.

    `rivals` are claims of other sources that contradict one that was used: the verdict may hang on which is right.
    `days` are the days named by the values read: after one of them the answer may be another.
    """

    truth: bool | Unknown
    found: tuple[str, ...]
    used: tuple[Claim, ...]
    rivals: tuple[Claim, ...] = ()
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of an expression that is no statement; the rest as in Outcome."""

    value: Value
    found: tuple[str, ...]
    used: tuple[Claim, ...]
    rivals: tuple[Claim, ...] = ()


@dataclass
class _Leaf:
    """One comparison: its answer, whether it is wanted, and what it read."""

    truth: bool | Unknown
    wanted: bool
    found: list[str]
    used: list[Claim]


@dataclass
class _Run:
    expression: Expression
    look: Lookup
    today: date
    leaves: list[_Leaf] = field(default_factory=list)


def evaluate(expression: Expression, facts: Facts, today: date, prefer: Claim | None = None) -> Outcome:
    """The outcome on a day. `prefer` is a claim to believe before all others of its fact. Raises ExpressionError."""
    run = _Run(expression, Lookup(facts, prefer), today)
    truth = _truth(run, expression.body, True)
    # What decided: the comparisons that are not as wanted; where none is, all of them.
    answered = [leaf for leaf in run.leaves if not isinstance(leaf.truth, Unknown)]
    if truth is False:
        deciding = [leaf for leaf in answered if leaf.truth is not leaf.wanted]
    elif isinstance(truth, Unknown):
        deciding = [leaf for leaf in run.leaves if isinstance(leaf.truth, Unknown)] or run.leaves
    else:
        deciding = [leaf for leaf in answered if leaf.truth is leaf.wanted]
    found = tuple(dict.fromkeys(f for leaf in deciding for f in leaf.found))
    if not found and isinstance(truth, Unknown):
        found = (truth.why,)
    used = unique(c for leaf in deciding for c in leaf.used)
    return Outcome(truth, found, used, unique(run.look.rivals), tuple(sorted(set(run.look.days))))


def value_of(expression: Expression, facts: Facts, today: date) -> Figure:
    """The value on a day of an expression that is no statement; Unknown where no page states it. Raises ExpressionError."""
    run = _Run(expression, Lookup(facts), today)
    value = _value(run, expression.body)
    return Figure(value, tuple(dict.fromkeys(run.look.found)), unique(run.look.used), unique(run.look.rivals))


def unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims, each once, in their order."""
    kept: list[Claim] = []
    for claim in claims:
        if claim not in kept:
            kept.append(claim)
    return tuple(kept)


def _truth(run: _Run, node: ast.expr, wanted: bool) -> bool | Unknown:
    match node:
        case ast.BoolOp(op=op, values=parts):
            # Every part is looked at, decided or not: all that is wrong is to be told at once.
            answers = [_truth(run, p, wanted) for p in parts]
            decisive = isinstance(op, ast.Or)
            if any(a is decisive for a in answers):
                return decisive
            unknown = [a for a in answers if isinstance(a, Unknown)]
            return next((u for u in unknown if u.disagree), unknown[0]) if unknown else not decisive
        case ast.UnaryOp(operand=inner):
            answer = _truth(run, inner, not wanted)
            return answer if isinstance(answer, Unknown) else not answer
        case ast.Compare(left=left, ops=ops, comparators=rights):
            run.look.found, run.look.used = [], []
            nodes = [left, *rights]
            values = [_value(run, n) for n in nodes]
            answers = [_compare(run, op, values[i], values[i + 1], nodes[i : i + 2]) for i, op in enumerate(ops)]
            answer = False if False in answers else next((a for a in answers if a is not True), True)
            run.look.used = _deciding(run.look.used, values)
        case ast.Call(func=ast.Name(id="agree"), args=sides):
            answers = [_truth(run, side, wanted) for side in sides]
            known = [a for a in answers if not isinstance(a, Unknown)]
            if len(set(known)) > 1:
                return Unknown("its sources disagree", disagree=True)
            return known[0] if known else answers[0]
        case ast.Call(args=[inner]):
            run.look.found, run.look.used = [], []
            answer = stated(run.look, run.expression.selections[inner])
        case _:
            raise ExpressionError(f"`{run.expression.part(node)}` is no statement that can be true or false")
    run.leaves.append(_Leaf(answer, wanted, run.look.found, run.look.used))
    return answer


def _deciding(used: list[Claim], values: list[Value]) -> list[Claim]:
    """Where sets are compared, the claims of the members that make the difference; all where none does."""
    if not any(isinstance(v, frozenset) for v in values) or any(isinstance(v, Unknown) for v in values):
        return used
    left, right = (v if isinstance(v, frozenset) else frozenset([v]) for v in values[:2] if not isinstance(v, Unknown))
    odd = left ^ right if all(isinstance(v, frozenset) for v in values[:2]) else left & right
    return [c for c in used if odd & set(c.columns.values())] or used


def _value(run: _Run, node: ast.expr) -> Value:
    match node:
        case ast.Attribute(value=inner, attr=name) if inner in run.expression.selections:
            return read(run.look, run.expression.selections[inner], name)
        case ast.Constant(value=bool() | str() as value):
            return value
        case ast.Constant():
            return run.expression.numbers[node]
        case ast.Name():
            return run.today.isoformat()
        case ast.Set(elts=elements):
            return frozenset(v for e in elements if not isinstance(v := _value(run, e), Unknown | frozenset))
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(run, node, op, _value(run, left), _value(run, right))
        case ast.Call(func=ast.Name(id=name), args=[inner]):
            members = _value(run, inner)
            if isinstance(members, Unknown):
                return members
            members = members if isinstance(members, frozenset) else frozenset([members])
            if name == "count":
                return Decimal(len(members))
            if not all(isinstance(m, Decimal) for m in members):
                raise ExpressionError(f"`{run.expression.part(node)}`: {name} is of numbers")
            return (min if name == "min" else max)(m for m in members if isinstance(m, Decimal))
    raise ExpressionError(f"`{run.expression.part(node)}` has no value")


def _arithmetic(run: _Run, node: ast.expr, op: ast.operator, left: Value, right: Value) -> Value:
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        raise ExpressionError(f"`{run.expression.part(node)}`: only numbers can be combined")
    if not (left.is_finite() and right.is_finite()):
        return Unknown("there is no limit to reckon with")
    if isinstance(op, ast.Div):
        return left / right if right else Unknown("a division by zero")
    plain = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}[type(op)]
    answer: Decimal = plain(left, right)
    return answer


def _compare(run: _Run, op: ast.cmpop, left: Value, right: Value, nodes: list[ast.expr]) -> bool | Unknown:
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    assert not isinstance(left, Unknown) and not isinstance(right, Unknown)
    both = " and ".join(f"`{run.expression.part(n)}`" for n in nodes)
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(right, frozenset) or isinstance(left, frozenset):
            raise ExpressionError(f"{both}: `in` needs one value and a set")
        return (left in right) is isinstance(op, ast.In)
    if isinstance(left, frozenset) and isinstance(right, frozenset):
        if isinstance(op, ast.Is):
            raise ExpressionError(f"{both}: two sets are never about the same")
        return bool(_OPERATORS[type(op)](left, right))
    if isinstance(left, frozenset) or isinstance(right, frozenset):
        lefts = left if isinstance(left, frozenset) else [left]
        rights = right if isinstance(right, frozenset) else [right]
        answers = {_one(op, a, b, both, nodes[1], run) for a in lefts for b in rights}
        return answers.pop() if len(answers) == 1 else Unknown("its sources disagree", disagree=True)
    return _one(op, left, right, both, nodes[1], run)


_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def _one(op: ast.cmpop, left: Scalar, right: Scalar, both: str, right_node: ast.expr, run: _Run) -> bool:
    if type(left) is not type(right):
        raise ExpressionError(f"{both}: {written(left)} cannot be compared with {written(right)}")
    if isinstance(left, bool) and not isinstance(op, ast.Eq | ast.NotEq):
        raise ExpressionError(f"{both}: yes and no have no order")
    if isinstance(op, ast.Is):
        if not (isinstance(left, Decimal) and isinstance(right, Decimal) and right_node in run.expression.numbers):
            raise ExpressionError(f"{both}: ≈ needs a number written on its right")
        return about(left, right)
    return bool(_OPERATORS[type(op)](left, right))


def about(value: Decimal, figure: Decimal) -> bool:
    """Whether a page that says "~figure" is right about a value."""
    if not value.is_finite():
        return False
    half = Decimal(1).scaleb(int(figure.as_tuple().exponent)) / 2
    return abs(value - figure) <= max(half, abs(figure) * NEAR)
