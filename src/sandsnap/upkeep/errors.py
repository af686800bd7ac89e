"""What upkeep refuses, in one line with the next step."""


class UpkeepError(Exception):
    """It cannot be done; nothing was changed."""
