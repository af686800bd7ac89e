"""How the site writes days, dollars and the terms of the vocabulary."""

from datetime import date
from decimal import Decimal

from sandsnap.publish.alerts_measures import figures

VENDOR = {
    "e2b": "E2B",
    "modal": "Modal",
    "daytona": "Daytona",
    "fly": "Fly Machines",
    "vercel": "Vercel Sandbox",
    "blaxel": "Blaxel",
    "freestyle": "Freestyle",
    "together": "Together Code Interpreter",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date | None) -> str:
    """4 Jul 2026; a dash for no day."""
    return "–" if on is None else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def usd(amount: Decimal) -> str:
    """$0.0504, $2.50, $150: at most six significant digits, cents whole or not at all."""
    text = figures(amount)
    whole, _, cents = text.partition(".")
    return f"${int(whole):,}.{cents}0" if len(cents) == 1 else f"${int(whole):,}{'.' + cents if cents else ''}"
