"""The contract: one pandera model per table, one closed vocabulary. Everything else derives from them.

`TABLES` is the single definition of keys, columns, types and descriptions: DuckDB's tables and comments,
the Polars schemas, the readers' vocabulary checks and the data dictionary are all generated from it.
It is made when first asked for: pandera takes longer to import than most questions to the warehouse take.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.contract import CITATION, SERIES, TABLES, Column, Table
else:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'schemas' has no attribute {name!r}")
        from schemas import contract

        return getattr(contract, name)


__all__ = ["CITATION", "SERIES", "TABLES", "Column", "Table"]
