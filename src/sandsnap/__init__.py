"""sandsnap: dated, cited facts about code-execution sandbox vendors, and every change of them.

`sandsnap.open(path)` gives a warehouse or an export as Polars frames (sandsnap.record.dataset).
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandsnap.record.dataset import Dataset

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(path: str | Path) -> "Dataset":
    """The dataset at `path`: a warehouse file, a home that holds one, or the folder of an export.

    Raises sandsnap.record.errors.QueryError where there is neither.
    """
    from sandsnap.record import dataset  # commands that ask nothing do not pay for Polars

    return dataset.open(path)
