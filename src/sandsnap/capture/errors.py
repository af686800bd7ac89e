"""What can be wrong with the archive."""


class ArchiveError(Exception):
    """The archive's files are not what they should be: damaged, shortened, or gone. Says what to do next."""
