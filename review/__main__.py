"""Where the program begins, as `review` and as `python -m review`."""

import sys

from review.terminal import INTERRUPTED


def run() -> None:
    """The command line; Ctrl-C while it is still being loaded is told like any later one."""
    try:
        from review.cli import main

        main()
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    run()
