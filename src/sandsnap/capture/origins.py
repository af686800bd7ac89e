"""Where a copy comes from that somebody else made, as a person says it, and the link that leads there."""

import re

_GIT = re.compile(r"git:(?P<name>.+)@(?P<commit>[0-9a-f]{7,40}):(?P<path>.+)", re.DOTALL)
_COPY = re.compile(r"web-archive(?:\+(?P<host>[^:/]+))?:(?P<stamp>\d{14})/(?P<url>.+)", re.DOTALL)
_MONTHS = "January February March April May June July August September October November December".split()


def told(origin: str) -> tuple[str, str | None]:
    """A capture's origin as words and a link: ("copy of 12 March 2025 in a web archive", its address there).

    The link of a repository is to the file as it was at that commit; None where the repository has no public address.
    """
    if m := _GIT.fullmatch(origin):
        public = re.fullmatch(r"[\w.-]+/[\w.-]+", m["name"])
        link = f"https://github.com/{m['name']}/blob/{m['commit']}/{m['path']}" if public else None
        return f"{m['path']} in {m['name']} at commit {m['commit'][:10]}", link
    if m := _COPY.fullmatch(origin):
        stamp = m["stamp"]
        day = f"{int(stamp[6:8])} {_MONTHS[int(stamp[4:6]) - 1]} {stamp[:4]}"
        if m["host"]:
            return f"copy of {day} in the web archive {m['host']}", None
        return f"copy of {day} in the Internet Archive", f"https://web.archive.org/web/{stamp}/{m['url']}"
    return origin, None
