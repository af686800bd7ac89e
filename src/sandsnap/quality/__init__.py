"""Measuring: pages whose right reading is known are changed in a known way, and the real path must give the answer.

In: pages (golden, demo, real captures) and what they are known to state. Out: rates, per mutation and per vendor.
A mutation edits the *source text* of a page: it finds the figure of a known fact through the fact's quote, so the right
answer follows from the edit and not from any reader. Day one is the page as it was, the days after are the mutated
ones; every day goes through read, gate and record, as a daily run does.

Each mutation has one right answer, which follows from the edit and never from what a reader makes of it:

    change   exactly the facts that rest on the edited figure move, to the new value, on the day of the edit, told once
    issue    nothing moves, nothing untrue is removed, and an issue is open (a fact waiting as missing is one too)
    nothing  nothing moves, no issue opens, nobody is told
    either   the new value (where one is stated), or an issue and no value; never another value, never the old one anew
    ask      nothing moves, nobody is told; of each reader one issue of a kind may open, once

(other wording is an issue where it takes a sentence that a person quoted, else ask: what a page says of a topic in other
words than ever is asked about), and the rates are

    recall
        of the cases whose answer is a change: the share in which every fact that rests on the figure has its new
        value on every day, and an alert said so once. Where the old figure still stands elsewhere on the mutated page,
        an issue that shows both figures (`conflict`) is as right, because that page does say both.
    wrong_values_in
        facts that a good reading recorded on a mutated day with a value that the page of that day does not state: a
        wrong number taken, an old value verified again (its `verified_on` moves on) though the page now says another
        one or none at all, or a fact that the page does not state at all. Counted once per case and fact. Must be 0.
    false_alerts_per_1000_page_days
        alerts, made of the record as `sandsnap alerts` makes them, that the edit does not justify or that tell the same
        again, per thousand days on which a page was read: every kind, so an outage or a held change where the answer is
        nothing is one, too. A removal that the second reading has not confirmed is no alert.
    needless_issues_per_1000_page_days
        issues that ask a person to look where the answer is nothing (a reader that refuses a sentence in other words),
        and issues about a bad page that stay open after the page is back. What is refused and still stands after a week
        is told as an alert; the cases last two days, so that is counted here and not above.
    alerts_without_quote_or_reason
        cases with an alert that shows neither a quote nor why there is none, on either side. Must be 0.
"""
