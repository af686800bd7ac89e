"""The little language in which a binding says what a sentence rests on. Parsed by Python's `ast`, never run by Python.

    price("modal", meter="core").per_core_hour ≈ 0.047          one fact, a figure of it; ≈ where the page says "~"
    limit("vercel", plan="pro", limit="session_max").hours == 24
    gpus("modal").model >= {"t4", "b200"}                       all facts that fit; a set of one column of them
    "python" not in sdks("fly").interface
    cold_starts("e2b", operation="create").high_ms ≈ 150        a set against one value: every one of them
    stated(allowance("freestyle", allowance="vcpu_time", period="day"))     some page states such a fact
    agree(isolation("daytona", …).boundary == "container", isolation("daytona", …).dedicated_kernel != True)
                                          two ways to look at one thing: where they answer differently, sources disagree
    notice("fly", subject="gpu", kind="end_of_life").effective_on > today

`and or not`, comparisons, `+ - * /`, `min max count` of a set, numbers (exact), strings, True, False, `today`. A product
other than the vendor's first is named "vendor/product". Everything else is refused when the bindings are loaded,
unknown vendors, columns and terms with it.
"""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandsnap.publish.claims.facts import FUNCTIONS, Selection, Table, is_attribute
from sandsnap.vendors import PRODUCTS, VENDORS
from schemas import vocabulary

LONGEST, DEEPEST = 1000, 30
_STRINGS = re.compile(r"""("[^"\\\n]*"|'[^'\\\n]*')""")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TERMS = {
    "meter": vocabulary.METERS, "allowance": vocabulary.ALLOWANCES, "period": vocabulary.PERIODS,
    "operation": vocabulary.OPERATIONS, "statistic": vocabulary.STATISTICS, "mechanism": vocabulary.MECHANISMS,
    "limit": vocabulary.LIMITS, "interface": vocabulary.INTERFACES, "offering": vocabulary.OFFERINGS,
    "kind": vocabulary.NOTICE_KINDS,
}  # fmt: skip
SETS = ("min", "max", "count")
COMPARED = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.In, ast.NotIn)
_COMBINED = (ast.Add, ast.Sub, ast.Mult, ast.Div)


class ExpressionError(Exception):
    """An expression cannot be used; says what stands where and what may."""


@dataclass(frozen=True)
class Expression:
    """A checked expression. `selections` are the facts it names, by the node that names them; `numbers` as written."""

    text: str
    body: ast.expr
    selections: dict[ast.expr, Selection]
    numbers: dict[ast.expr, Decimal]
    source: str

    def part(self, node: ast.AST) -> str:
        """What stands in the text for a node."""
        found = ast.get_source_segment(self.source, node) or ""
        return " ".join(re.sub(r"(?<=\s)is(?=\s)", "≈", found).split())


def one_of(word: str, allowed: Iterable[str]) -> str:
    """The words that may stand, the nearest first: "did you mean 'memory'? there are vcpu, memory …"."""
    known = list(allowed)
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return (f"did you mean {near[0]!r}? " if near else "") + "there are " + (", ".join(known) or "none")


def parse(text: str) -> Expression:
    """A statement that can be true or false, checked. Raises ExpressionError."""
    whole = parse_part(text)
    if not is_statement(whole):
        raise ExpressionError("is no statement that can be true or false: compare it with something")
    return whole


def is_statement(expression: Expression) -> bool:
    """Whether it can be true or false; otherwise it is a value, as `price("e2b", meter="vcpu").per_vcpu_hour`."""
    return _is_truth(expression.body)


def parse_part(text: str) -> Expression:
    """A statement or a value, checked. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters: bind its parts to phrases of their own")
    source = " ".join(_with_about(text).split())
    try:
        body = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise ExpressionError(f"cannot be read: {getattr(e, 'msg', None) or e}") from None
    selections: dict[ast.expr, Selection] = {}
    numbers: dict[ast.expr, Decimal] = {}
    whole = Expression(text, body, selections, numbers, source)
    for node, depth in _nodes(body):
        if depth > DEEPEST:
            raise ExpressionError("too deeply nested: bind its parts to phrases of their own")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            selections[node] = _selection(node, FUNCTIONS[node.func.id])
    for node, _ in _nodes(body):
        _check(whole, node)
    if not selections:
        raise ExpressionError("names no fact: start with one of " + ", ".join(FUNCTIONS))
    return whole


def _with_about(text: str) -> str:
    """`≈` as an operator that Python can parse, at the precedence of a comparison: `is`, which may not be written."""
    pieces = _STRINGS.split(text)
    for i in range(0, len(pieces), 2):
        if re.search(r"\bis\b", pieces[i]):
            raise ExpressionError("`is` is not a comparison here: write == or ≈")
        pieces[i] = pieces[i].replace("≈", " is ")
    return "".join(pieces)


def _nodes(node: ast.expr, depth: int = 0) -> Iterator[tuple[ast.expr, int]]:
    """Every expression in it; the arguments of a fact function belong to the selection and are not visited."""
    stack = [(node, depth)]
    while stack:
        at, deep = stack.pop()
        yield at, deep
        if isinstance(at, ast.Call) and isinstance(at.func, ast.Name):
            inner = [] if at.func.id in FUNCTIONS else at.args
        else:
            inner = [n for n in ast.iter_child_nodes(at) if isinstance(n, ast.expr)]
        stack += [(n, deep + 1) for n in inner]


def _selection(call: ast.Call, table: Table) -> Selection:
    assert isinstance(call.func, ast.Name)
    name = call.func.id
    if len(call.args) != 1 or (who := _word(call.args[0])) is None:
        raise ExpressionError(f'{name}(…) needs the vendor first: {name}("{next(iter(VENDORS))}", …)')
    vendor, _, product = who.partition("/")
    if vendor not in VENDORS:
        raise ExpressionError(f"{vendor!r} is no vendor; {one_of(vendor, VENDORS)}")
    products = PRODUCTS[vendor]
    if product and product not in products:
        raise ExpressionError(f"{vendor} has no product {product!r}; {one_of(product, products)}")
    many = name == table.many and name != table.one
    allowed = (*table.keys, *table.values) if many else table.keys
    where = []
    for keyword in call.keywords:
        value = _word(keyword.value)
        if keyword.arg is None or keyword.arg not in allowed or value is None:
            wrong = keyword.arg or "**"
            if keyword.arg is None:
                raise ExpressionError(f"{name}(…): write each of {', '.join(allowed)} out, = a string")
            if wrong in allowed:
                raise ExpressionError(f'{name}(…): {wrong} needs a string: {wrong}="…"')
            raise ExpressionError(f"{name}(…) has no {wrong!r}; {one_of(wrong, allowed)}")
        if value not in (terms := _TERMS.get(keyword.arg, (value,))):
            raise ExpressionError(f"{name}(…): {value!r} is no {keyword.arg}; {one_of(value, terms)}")
        where.append((keyword.arg, value))
    return Selection(table.name, vendor, product or products[0], tuple(where), many)


def _word(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _check(whole: Expression, node: ast.expr) -> None:
    """Refuse every node that has no meaning here."""
    match node:
        case ast.BoolOp(values=inner) if all(map(_is_truth, inner)):
            return
        case ast.UnaryOp(op=ast.Not(), operand=inner) if _is_truth(inner):
            return
        case ast.Compare(ops=ops) if all(isinstance(op, COMPARED) for op in ops):
            return
        case ast.BinOp(op=op) if isinstance(op, _COMBINED):
            return
        case ast.Attribute(value=inner, attr=name) if inner in whole.selections:
            table = next(t for t in FUNCTIONS.values() if t.name == whole.selections[inner].table)
            if is_attribute(table, name):
                return
            known = (*table.keys, *table.values, *table.figures)
            more = ", per_<thing>_<time>" if table.name == "prices" else ""
            raise ExpressionError(f"{table.name} have no {name!r}; {one_of(name, known)}{more}")
        case ast.Call() if node in whole.selections:
            return
        case ast.Call(func=ast.Name(id=name)) if name not in (*SETS, "stated", "agree"):
            raise ExpressionError(f"{name!r} is no kind of fact; {one_of(name, FUNCTIONS)}")
        case ast.Call(func=ast.Name(id="stated"), args=[inner], keywords=[]) if inner in whole.selections:
            return
        case ast.Call(func=ast.Name(id="agree"), args=[_, _] as sides, keywords=[]) if all(map(_is_truth, sides)):
            return
        case ast.Call(func=ast.Name(id=name), args=[ast.Attribute()], keywords=[]) if name in SETS:
            return
        case ast.Set(elts=inner) if all(isinstance(e, ast.Constant) for e in inner):
            return
        case ast.Name(id="today"):
            return
        case ast.Constant(value=bool() | str()):
            return
        case ast.Constant(value=int() | float()) if _NUMBER.fullmatch(written := whole.part(node)):
            whole.numbers[node] = Decimal(written)
            return
    raise ExpressionError(f"`{whole.part(node)[:80]}` has no meaning here")


def _is_truth(node: ast.expr) -> bool:
    return isinstance(node, ast.BoolOp | ast.Compare) or (
        (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("stated", "agree"))
    )
