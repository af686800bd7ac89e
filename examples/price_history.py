"""Draw an export: what a GPU hour has cost, and which vendor was cheapest for each reference workload.

    sandsnap demo
    sandsnap export export --home warehouse/data/demo
    pip install 'sandsnap[charts]'
    python examples/price_history.py export pictures

Writes gpu_hours.svg and .png, and workload_ranks.svg and .png where the export has workload costs.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import altair as alt
import polars as pl

HOURS = {"gpu_hour": 1, "gpu_second": 3600}  # what one usd amount buys -> how many of them make an hour
FACT = ("vendor", "product", "plan", "sku", "region")  # together with the meter, the key of a price


def gpu_hours(export: Path) -> pl.DataFrame:
    """US dollars per GPU hour on the days it began, changed and was last seen: vendor, sku, family, line, day, usd."""
    readings = pl.read_parquet(export / "readings.parquet").filter(pl.col("outcome") == "good")
    last_seen = readings.group_by("reader").agg(pl.col("day").max().alias("seen_on"))
    # `history` keeps every page's claim and every row that we corrected: take what holds now, of the page asked first.
    spans = (
        pl.read_parquet(export / "history" / "prices.parquet")
        .filter(pl.col("meter") == "gpu", pl.col("unit").is_in(list(HOURS)), pl.col("known_to").is_null())
        .filter(pl.col("rank") == pl.col("rank").min().over(FACT))
        .join(last_seen, on="reader", how="left")
        .with_columns(
            (pl.col("usd").cast(pl.Float64) * pl.col("unit").replace_strict(HOURS, return_dtype=pl.Int64)).alias("usd"),
            # valid_to is the first day on which the price no longer held
            pl.coalesce(pl.col("valid_to") - timedelta(days=1), "seen_on", "judged_on", "valid_from").alias("until"),
            pl.col("sku")
            .str.extract(r"^(rtx-(?:pro-)?\d+|[a-z]+\d+[a-z]*)")
            .fill_null(pl.col("sku"))
            .str.to_uppercase()
            .alias("family"),
        )
        .sort(*FACT, "valid_from")
        # A line ends where the price was gone for a while: `part` counts the stretches.
        .with_columns(
            (pl.col("valid_from") != pl.col("valid_to").shift(1)).fill_null(True).cum_sum().over(FACT).alias("part")
        )
        .with_columns(pl.concat_str(*FACT, "part", separator=" ").alias("line"))
    )
    columns = ("vendor", "sku", "family", "line", "usd")
    ends = [spans.select(*columns, pl.col(end).alias("day")) for end in ("valid_from", "until")]
    return pl.concat(ends).unique().sort("line", "day")


def draw_gpu_hours(points: pl.DataFrame) -> alt.Chart:
    """One small chart per GPU family, one line per vendor's offer."""
    chart: alt.Chart = (
        alt.Chart(points)
        .mark_line(interpolate="step-after", strokeWidth=2, point=alt.OverlayMarkDef(size=18))
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %y", tickCount=4)),
            y=alt.Y("usd:Q", title="USD per hour", scale=alt.Scale(zero=True)),
            color=alt.Color("vendor:N", title=None, legend=alt.Legend(orient="top")),
            detail="line:N",
            facet=alt.Facet("family:N", columns=3, title=None, header=alt.Header(labelFontWeight="bold")),
            tooltip=["vendor", "sku", "day", "usd"],
        )
        .properties(width=200, height=120, title="What a GPU hour costs, as the vendors' pages said")
    )
    return chart


def workload_ranks(export: Path) -> pl.DataFrame | None:
    """Per workload and vendor, the days on which the vendor's rank began, changed and was last known.

    Columns: workload, vendor, day, usd, rank, last. A vendor's cheapest plan counts; of two that cost the same (nothing,
    within a free allowance) the one with the lower list price comes first. None where the export has no workload costs.
    Vendors that could not be priced have no row: missing is not 0.
    """
    path = export / "history" / "workload_costs.parquet"
    if not path.exists():
        return None
    spells = pl.read_parquet(path)
    days = spells.select(pl.concat([pl.col("valid_from"), pl.col("valid_to")]).drop_nulls().unique().alias("day"))
    costs = days.join(spells.filter(pl.col("usd").is_not_null()), how="cross").filter(
        (pl.col("valid_from") <= pl.col("day")) & (pl.col("valid_to").is_null() | (pl.col("day") < pl.col("valid_to")))
    )
    priced = costs.with_columns(pl.col("usd", "usage_usd").cast(pl.Float64))
    ordered = priced.sort("workload", "day", "usd", "usage_usd", "vendor", nulls_last=True)
    cheapest = ordered.unique(["workload", "day", "vendor"], keep="first", maintain_order=True)
    ranked = cheapest.with_columns(pl.int_range(1, pl.len() + 1).over("workload", "day").alias("rank"))
    each = ["workload", "vendor"]
    return (
        ranked.sort(*each, "day")
        .with_columns(
            (pl.col("rank") != pl.col("rank").shift(1)).fill_null(True).over(each).alias("moved"),
            (pl.col("day") == pl.col("day").max()).over(each).alias("last"),
        )
        .filter(pl.col("moved") | pl.col("last"))
        .select(pl.col("workload").str.replace_all("_", " "), "vendor", "day", "usd", "rank", "last")
    )


def draw_ranks(ranks: pl.DataFrame) -> alt.Chart:
    """One small chart per workload, the cheapest vendor on top, named where its line ends."""
    base = alt.Chart().encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %y", tickCount=4)),
        y=alt.Y("rank:O", title="rank (1 is cheapest)"),
        color=alt.Color("vendor:N", title=None, legend=None),
        tooltip=["vendor", "day", "usd", "rank"],
    )
    lines = base.mark_line(interpolate="step-after", strokeWidth=2, point=alt.OverlayMarkDef(size=24))
    names = base.mark_text(align="left", dx=7, fontWeight="bold").encode(text="vendor:N").transform_filter("datum.last")
    chart: alt.Chart = (
        alt.layer(lines, names, data=ranks)
        .properties(width=300, height=150)
        .facet(
            alt.Facet("workload:N", title=None, header=alt.Header(labelFontWeight="bold")),
            columns=2,
            spacing={"row": 20, "column": 70},
        )
        .properties(title="Cheapest vendor for each reference workload")
        .configure_view(clip=False)
    )
    return chart


def save(chart: alt.Chart, folder: Path, name: str) -> None:
    """The chart as SVG and PNG."""
    for kind in ("svg", "png"):
        path = folder / f"{name}.{kind}"
        chart.save(path, scale_factor=2 if kind == "png" else 1)
        print(path)


def main() -> int:
    """Draw what the export holds."""
    parser = argparse.ArgumentParser(description="Draw an export of sandsnap.")
    parser.add_argument(
        "export", type=Path, nargs="?", default=Path("export"), help="a folder that `sandsnap export` wrote"
    )
    parser.add_argument("pictures", type=Path, nargs="?", default=Path("pictures"), help="where the pictures go")
    args = parser.parse_args()
    if not (args.export / "history" / "prices.parquet").exists():
        print(f"{args.export} is no export: run `sandsnap export {args.export}` first", file=sys.stderr)
        return 2
    args.pictures.mkdir(parents=True, exist_ok=True)
    points = gpu_hours(args.export)
    if points.is_empty():
        print("no price of a GPU hour in this export", file=sys.stderr)
    else:
        save(draw_gpu_hours(points), args.pictures, "gpu_hours")
    ranks = workload_ranks(args.export)
    if ranks is None or ranks.is_empty():
        print("no workload costs in this export", file=sys.stderr)
    else:
        save(draw_ranks(ranks), args.pictures, "workload_ranks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
