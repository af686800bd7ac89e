"""The contract: tables and one closed vocabulary, as plain data. Everything else derives from them.

`TABLES` is the single definition of keys, columns, types and descriptions: the pandera models (schemas/models.py), DuckDB's
tables and comments, the Polars schemas, the readers' vocabulary checks and the data dictionary are all generated from it.
"""

from schemas.contract import CITATION, SERIES, TABLES, Column, Table

__all__ = ["CITATION", "SERIES", "TABLES", "Column", "Table"]
