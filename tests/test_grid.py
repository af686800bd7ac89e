"""Row and column spans, as browsers lay them out (expected grids worked out by hand from the WHATWG rules)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandsnap.read.grid import Slot, expand
from sandsnap.read.tree import outline


def grid(html: str) -> list[list[str]]:
    (table,) = outline(f"<table>{html}</table>").tables
    return [[slot.text for slot in row] for row in table.rows]


CASES = [
    ("<tr><td>a<td>b<tr><td>c", [["a", "b"], ["c", ""]]),
    ("<tr><th rowspan=2>a<td>b<tr><td>c", [["a", "b"], ["a", "c"]]),
    ("<tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e", [["a", "a", "b"], ["c", "d", "e"]]),
    ("<tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d", [["a", "b"], ["a", "c"], ["a", "d"]]),
    ("<tr><td rowspan=9>a<td>b<tr><td>c", [["a", "b"], ["a", "c"]]),  # a span past the end is clipped
    ("<tr><td rowspan=2 colspan=2>a<td>b<tr><td>c", [["a", "a", "b"], ["a", "a", "c"]]),
    ("<tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e", [["a", "b", "c"], ["d", "b", "e"]]),
    ("<tr><td colspan=x>a<td>b", [["a", "b"]]),
    ("<tr><td><img alt=yes><td><svg><title>no</title></svg><td aria-label=maybe>", [["yes", "no", "maybe"]]),
    ("<tr><td>a<br>b<td>c<script>d</script>", [["a b", "c"]]),
]


@pytest.mark.parametrize(("html", "expected"), CASES)
def test_spans(html: str, expected: list[list[str]]) -> None:
    assert grid(html) == expected


def test_header_rows_are_joined_and_a_headless_table_has_one() -> None:
    two = "<thead><tr><th rowspan=2>GPU<th colspan=2>Price<tr><th>hour<th>month</thead><tr><td>a<td>1<td>2"
    assert outline(f"<table>{two}</table>").tables[0].head == 2
    assert outline("<table><tr><td>a<tr><td>b</table>").tables[0].head == 1


@given(st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), max_size=4), max_size=5))
def test_every_cell_stands_somewhere_and_the_grid_is_a_rectangle(spans: list[list[tuple[int, int]]]) -> None:
    rows = [[Slot(f"{y}.{x}", False, c, r) for x, (c, r) in enumerate(row)] for y, row in enumerate(spans)]
    out = expand(rows)
    assert len(out) == len(rows)
    assert len({len(row) for row in out}) <= 1
    assert {s.text for row in rows for s in row} <= {s.text for row in out for s in row}
