"""The dataset as files: Parquet, CSV, and what describes them."""
