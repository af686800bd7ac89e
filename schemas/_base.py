"""What every table shares: the citation columns, and the one way to declare a column."""

from typing import Any

import pandera.polars as pa
import polars as pl

from schemas import vocabulary as v


def column(
    description: str, *, key: bool = False, nullable: bool = False, blank: str | None = "-", **checks: Any
) -> Any:
    """One column with the sentence that explains it; `key` columns say which fact a row is, `blank` is what a key column
    holds where nothing is said."""
    return pa.Field(description=description, nullable=nullable, metadata={"key": key, "blank": blank}, **checks)


class Cited(pa.DataFrameModel):
    """The vendor and product a fact is about, and the citation it rests on."""

    vendor: str = column("The vendor's short name.", key=True, str_matches=v.SKU)
    product: str = column("Which of the vendor's products, by its short name.", key=True, str_matches=v.SKU)


class Citation(pa.DataFrameModel):
    """The columns behind the values of every table."""

    basis: str = column(
        "read: code read it from the page; quoted: a person stated it and the quote is re-checked on every run; "
        "judged: a person's judgement, nothing to quote; second_hand: another publisher read it on a page without a copy.",
        isin=v.BASES,
    )
    source_url: str = column("The page the fact rests on.", str_startswith="https://")
    quote: str = column(
        "The shortest exact text of the page that states it; null only when judged or second_hand.", nullable=True
    )
    capture: str = column(
        "SHA-256 of the stored page it was last read from; null only when judged or second_hand.",
        nullable=True,
        str_matches=r"^[0-9a-f]{64}$",
    )
    verified_on: pl.Date = column(
        "The last day on which a good reading confirmed it (judged, second_hand: the day a person or publisher did). "
        "A failed page never moves it."
    )

    class Config:
        """Strict on purpose: an unknown column or a silent cast is how a wrong number gets in."""

        strict = True
        ordered = True
        coerce = False

    @pa.dataframe_check(name="evidence")
    def evidence(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """What was read on a page of ours carries its quote and its capture."""
        return data.lazyframe.select(
            pl.col("basis").is_in(v.UNCAPTURED) | (pl.col("quote").is_not_null() & pl.col("capture").is_not_null())
        )
