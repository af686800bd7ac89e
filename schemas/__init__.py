"""The contract: one pandera model per table, one closed vocabulary. Everything else derives from them.

`TABLES` is the single definition of keys, columns, types and descriptions: DuckDB's tables and comments,
the Polars schemas, the readers' vocabulary checks and the data dictionary are all generated from it.
"""

from schemas.contract import CITATION, TABLES, Column, Table

__all__ = ["CITATION", "TABLES", "Column", "Table"]
