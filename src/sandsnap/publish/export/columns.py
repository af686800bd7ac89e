"""Columns of the published tables that are no tables of the contract: intervals, changes, readings, conflicts."""

from schemas import Column
from schemas.columns import Kind


def column(name: str, description: str, kind: Kind = "text", *, null: bool = False, key: bool = False) -> Column:
    """A published column; text where no type is given."""
    return Column(name, description, kind, key=key, nullable=null)


DAY: Kind = "day"
TIME: Kind = "time"
FLAG: Kind = "flag"
WHOLE: Kind = "whole"

INTERVAL = (
    column(
        "reader",
        "The reader of the leading value: the source URL and the function's name.",
    ),
    column("rank", "The reader's place in the declared order of sources.", WHOLE),
    column(
        "cause",
        "Why the interval began. coverage: first read; vendor: the vendor changed it; correction or backfill: we did.",
    ),
    column("valid_from", "First day on which it held; the intervals of one key do not overlap.", DAY),
    column("valid_to", "First day on which it no longer did; null while it does.", DAY, null=True),
    column(
        "missing_from",
        "First day on which a complete reading lacked it, not yet confirmed; null while it is seen.",
        DAY,
        null=True,
    ),
    column("known_from", "When this dataset began to hold the row (UTC).", TIME),
    column("ended_at", "When valid_to became known (UTC): with the row; null while it is open.", TIME, null=True),
    column("known_to", "When the row was replaced by a correction (UTC); null for what holds now.", TIME, null=True),
    column(
        "held_since",
        "First day on which a newer value of the page was held for a person; null while none is.",
        DAY,
        null=True,
    ),
)

ENDED = column("ended_on", "The day from which the thing is not to be had any more; null while it is.", DAY, null=True)

CLAIMS = (
    column("vendor", "The vendor's short name."),
    column("table", "The table of the contract."),
    column("product", "Which of the vendor's products."),
    column("key", "The key without vendor and product, joined by ' / '."),
    column("reader", "The reader: the source URL and the function's name."),
    column("values", "The values that the page stated, as JSON."),
    column("basis", "read, quoted, judged or second_hand."),
    column("source_url", "The page."),
    column("quote", "The text of the page that states it; null where judged.", null=True),
    column("cause", "coverage: first read; vendor: the vendor changed it; correction or backfill: we did."),
    column("valid_from", "First day on which the page said so.", DAY),
    column("valid_to", "First day on which it no longer did; null while it does.", DAY, null=True),
    column("missing_from", "First day on which a complete reading lacked it; null while it is seen.", DAY, null=True),
    column("known_from", "When this dataset began to hold the row (UTC).", TIME),
    column("known_to", "When the row was replaced (UTC); null for what holds now.", TIME, null=True),
)

EVENTS = (
    column("event", "Id of the event.", key=True),
    column("day", "The day on which it was first seen, or took effect.", DAY),
    column("not_before", "The last day on which it was seen otherwise; null where nobody had looked.", DAY, null=True),
    column("vendor", "The vendor's short name."),
    column("product", "Which of the vendor's products."),
    column(
        "kind",
        "price, allowance, limit, offer, gpu, isolation, persistence, sdk, hosting, licence, region, company; others are ours.",
    ),
    column("title", "What happened, in a sentence."),
    column("significance", "0 to 100, by the stated weights.", WHOLE),
    column("changes", "Ids of its steps, as a JSON list."),
    column("notice", "Subject and kind of the notice it rests on.", null=True),
    column("confirmed", "False while a value of it waits for a second look.", FLAG),
)

EVIDENCE = (
    column("vendor", "The vendor's short name."),
    column("table", "The table of the contract."),
    column("product", "Which of the vendor's products."),
    column("key", "The key without vendor and product, joined by ' / '."),
    column("column", "The column of the table."),
    column("value", "The value that the page states, as text."),
    column("basis", "read, quoted, judged or second_hand."),
    column("source_url", "The page."),
    column("quote", "The text of the page that states it; null where judged.", null=True),
    column("capture", "SHA-256 of the stored page; null where judged.", null=True),
    column("verified_on", "The last day on which it was confirmed.", DAY, null=True),
    column("shown", "Whether the table shows it.", FLAG),
    column("why", "Why it is not shown; null where it is.", null=True),
)

VENDORS = (
    column("vendor", "The vendor's short name.", key=True),
    column("name", "The name that the vendor gives itself."),
    column("sources", "Number of pages.", WHOLE),
    column("first_on", "First day.", DAY),
    column("last_good_on", "The last day with a good reading.", DAY, null=True),
    column("facts", "Number of facts that stand.", WHOLE, null=True),
)

PRODUCTS = (
    column("vendor", "The vendor's short name.", key=True),
    column("product", "The product, as the tables name it.", key=True),
    column("name", "The name that the vendor gives the product."),
    column("vendor_name", "The name that the vendor gives itself."),
    column("facts", "Number of facts that stand.", WHOLE),
)

CHANGES = (
    column("day", "The day (UTC) of the captured page that shows the change.", DAY),
    column("vendor", "The vendor's short name."),
    column("table", "The table of the contract."),
    column("product", "Which of the vendor's products."),
    column("key", "The key without vendor and product, joined by ' / '."),
    column("key_columns", "The key as JSON, product included."),
    column("kind", "changed, added, ended, removed, returned, or coverage (what looking further showed)."),
    column("field", "The column that differs; * for all values of an added or removed fact."),
    column("before", "The value before, as text; null where the page did not state it.", null=True),
    column("after", "The value after, as text; null where the page no longer states it.", null=True),
    column("not_before", "The last day on which it was seen otherwise; null where nobody had looked.", DAY, null=True),
    column("event", "Id of the event that it belongs to.", null=True),
    column("basis", "What the value rests on.", null=True),
    column("source_url", "The page.", null=True),
    column("quote_before", "The quote the old value rested on.", null=True),
    column("quote_after", "The quote the new value rests on.", null=True),
    column("capture_before", "SHA-256 of the stored page the old value was last read from.", null=True),
    column("capture_after", "SHA-256 of the stored page the new value was read from.", null=True),
    column("reader", "The reader: the source URL and the function's name.", null=True),
)

HELD = (
    column("vendor", "The vendor's short name."),
    column("table", "The table of the contract."),
    column("product", "Which of the vendor's products."),
    column("key", "The key without vendor and product, joined by ' / '."),
    column("values", "The last good values, which stand, as JSON."),
    column("held_since", "First day of the hold.", DAY),
    column("reason", "Why the page's newer value is held, with its quote."),
    column("source_url", "The page."),
    column("quote", "The quote that the last good values rest on.", null=True),
    column("reader", "The reader: the source URL and the function's name."),
)

READINGS = (
    column("vendor", "The vendor's short name, or unknown for a page that no vendor module declares.", key=True),
    column("reader", "The reader: the source URL and the function's name.", key=True),
    column("day", "The day (UTC) of the captured page.", DAY, key=True),
    column("source_url", "The page."),
    column(
        "outcome",
        "good; failed: its facts carried forward; bad_page: not the page; gone: there is no such page; unpublished: it says so; held.",
    ),
    column("partial", "Whether it came from an excerpt, from which nothing can be missing.", FLAG),
    column("sticky", "Whether it re-checks quotes: a lost phrase is an issue, never a removal.", FLAG),
    column("version", "Fingerprint of the code and quotes that read it.", null=True),
    column("capture", "SHA-256 of the stored page its facts rest on; null before the first good reading.", null=True),
)

CONFLICTS = (
    column("vendor", "The vendor's short name."),
    column("table", "The table of the contract."),
    column("product", "Which of the vendor's products."),
    column("key", "The key without vendor and product, joined by ' / '."),
    column("shown", "The values that the table shows, as JSON."),
    column("other", "The values that another page states, as JSON."),
    column("shown_source_url", "The page of the values shown."),
    column("other_source_url", "The page of the other values."),
    column("shown_quote", "The quote of the values shown; null where judged.", null=True),
    column("other_quote", "The quote of the other values; null where judged.", null=True),
    column("shown_verified_on", "The last day on which the values shown were confirmed.", DAY, null=True),
    column("other_verified_on", "The last day on which the other values were confirmed.", DAY, null=True),
)
