"""`python -m sandsnap`."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from sandsnap.cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
