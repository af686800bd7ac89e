"""sandsnap: dated, cited facts about code-execution sandbox vendors, and every change of them."""

__version__ = "0.1.0"
