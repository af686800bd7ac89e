"""What every table shares: the citation columns, and the one way to declare a column."""

from typing import Any

import pandera.polars as pa
import polars as pl

from schemas import vocabulary as v


def column(description: str, *, key: bool = False, nullable: bool = False, **checks: Any) -> Any:
    """One column with the sentence that explains it; `key` columns say which fact a row is."""
    return pa.Field(description=description, nullable=nullable, metadata={"key": key}, **checks)


class Cited(pa.DataFrameModel):
    """The vendor and product a fact is about, and the citation it rests on."""

    vendor: str = column("The vendor's short name.", key=True, isin=v.VENDORS)
    product: str = column(
        "Which of the vendor's products, e.g. sandbox or vm-sandbox.",
        key=True,
        isin=tuple(sorted({p for products in v.PRODUCTS.values() for p in products})),
    )


class Citation(pa.DataFrameModel):
    """The columns behind the values of every table."""

    basis: str = column(
        "read: code read it from the page; quoted: a person stated it and the quote is re-checked on every run; "
        "judged: a person's judgement, nothing to quote.",
        isin=v.BASES,
    )
    source_url: str = column("The page the fact rests on.", str_startswith="https://")
    quote: str = column("The shortest exact text of the page that states it; null only when judged.", nullable=True)
    capture: str = column(
        "SHA-256 of the stored page it was last read from; null only when judged.",
        nullable=True,
        str_matches=r"^[0-9a-f]{64}$",
    )
    verified_on: pl.Date = column(
        "The last day on which a good reading confirmed it (judged: the day a person did). A failed page never moves it."
    )

    class Config:
        """Strict on purpose: an unknown column or a silent cast is how a wrong number gets in."""

        strict = True
        ordered = True
        coerce = False

    @pa.dataframe_check(name="evidence")
    def evidence(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """Everything that is not judged carries its quote and its capture."""
        return data.lazyframe.select(
            (pl.col("basis") == "judged") | (pl.col("quote").is_not_null() & pl.col("capture").is_not_null())
        )
