"""Readers that are data: `[[sentence]]` and `[[cell]]` of a vendor's statements.toml, each one statement and what it makes.

    [[sentence]]
    reader = "sprite_wakes"            # entries of one name are one reader: its facts come all or none
    on = "sprites_lifecycle"           # the name of a [[source]], or several
    says = 'The next request resumes it in {duration}'      # or several wordings: the ones that stand must agree
    topic = ['\\bresum', '{duration}'] # as of Page.find_all; "itself"; without one the page must say it
    makes = { start = "resume" }       # or several

    [[cell]]
    reader = "plan_session"
    on = "billing"
    table = "plans"                       # those that compare plans, whichever way round; or the columns of the one table
    row = 'Max session length'            # without one: every row; its groups stand beside those of `says`
    says = '{duration}'
    makes = { limit = "session_max", plan = "{plan}" }

A table that is known by its columns says in which `column` the cell stands; one with a group means each that fits.

Beside `says`: `under` and `kinds` as of Page.find, or "source" for what stands in the page's source alone, as the address of a
badge (an `under` with groups: each heading that fits, and its groups stand beside those of `says`; of several the first that
the page has, "" is anywhere), `section` (only where that heading is, and under it), `led` (only in a list that such a text
opens), `where` (only where the page says that, or one of several; "# Title": has that heading, "| Name": such a row), `unless`
(only where it does not), `needs` (statements that the page must make as well, whose groups stand beside, too, and which may be
cited with it: `cite`), `may` (one that it may make, with its `topic`: where it was reworded, nothing is made), `refuse` (where
the page says that, a person must look), `all` (each statement, not the one), `items` (the group `list` is cut at its commas,
each member must fit this in full, and what is made is made of each), `part` (it only adds values to what others of the reader's
entries make, of the same key, and the quote to theirs; where it was reworded their facts are not taken; "alone": where none of
them makes it, it is a fact by itself), `either` (of the reader's entries that have it one must be there). Of a cell: `some`
(the row may be absent), `skip` (what a cell may say instead, beside what is usual), `none` (what it says where there is none:
then what `denies` lists is denied, which ends what an older page states of it), `drop` (words of it that are left out), `whole`
(the table has no other columns), `name` (the column that names its rows, else the first).

What is made is a price (of a meter), a limit, an allowance, a start (of an operation), the fee of a plan by its name, or a row
of another `table`. `of` names the hole whose amount is meant ("duration2|duration": the first that is there; "count..count2":
from one to the other), `if` a group (or hole) without which nothing is made, `unless` one (or several) with which nothing is,
`per` what the amount must be per, `each` a group that is a list (parted by what `by` fits, else by commas and "and"), with a
fact for each member. "{group}" stands for the group's text or its amount, "{size:unit}" for the amount's unit,
"{duration:seconds}" for its seconds, "{group:terms}" for what [terms.<terms>] says that the text means; `plan`, `interface`,
`licence`, `gpu`, `left` (what a discount leaves) and `reached` (of a day: effective or announced) are known terms. { if =
"group", is = …, else = … } is the one value or the other. A cell that says "unlimited" states that there is no limit; "8+"
("ask us for more") is none. A price that a reader gives in two units of time is given in the finer one, of which the other must
be the multiple. "{{name}}" is what [patterns] says under that name. A price of a feed is a `[[feed]]` (feed.py).
"""

from sandsnap.read.entries.declared import entries, readers
from sandsnap.read.entries.entry import Entry

__all__ = ["Entry", "entries", "readers"]
