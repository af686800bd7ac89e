"""Measuring: pages whose right reading is known are changed in a known way, and the real path must give the answer.

In: pages (golden, demo, real captures) and what they are known to state. Out: rates, per mutation and per vendor.
A mutation edits the *source text* of a page: it finds the figure of a known fact through the fact's quote, so the right
answer follows from the edit and not from any reader. Day one is the page as it was, the days after are the mutated
ones; every day goes through read, gate and record, as a daily run does.

Each mutation has one right answer:

    change   exactly the facts that rest on the edited figure move, to the new value, on the day of the edit
    issue    nothing moves, nothing is removed, and an issue is open (a fact waiting as missing is one too)
    nothing  nothing moves and no issue opens
    safe     an issue or nothing; never a change

and the rates are

    recall
        of the cases whose answer is a change: the share in which every fact that rests on the figure has its new
        value. Where the old figure still stands elsewhere on the mutated page, an issue that shows both figures
        (`conflict`) is as right, because that page does say both.
    wrong_values_in
        facts that a good reading recorded on a mutated day with a value that the page of that day does not state: a
        wrong number taken, an old value verified again (its `verified_on` moves on) though the page now says another
        one or none at all, or a fact that the page does not state at all. Counted once per case and fact. Must be 0.
    false_alerts_per_1000_page_days
        changes told of (changed, added, removed) that the edit does not justify, per thousand days on which a page was
        read. Rows of one episode, in which a value returns to an earlier one, are one alert, as in `publish`; a removal
        that the second reading has not confirmed is none.
    needless_issues_per_1000_page_days
        issues that ask a person to look where the answer is nothing, and issues about a bad page that stay open after
        the page is back.
"""
