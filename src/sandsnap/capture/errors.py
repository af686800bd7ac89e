"""What can be wrong with the archive."""


class ArchiveError(Exception):
    """The archive's files are not what they should be: damaged, shortened, or gone. Says what to do next."""


class NotMeantError(Exception):
    """No single capture is meant, or it already is as it is asked to be. Says what to give instead."""
