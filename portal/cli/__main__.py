"""Where the `portal` command begins; also `python -m portal.cli`, the command without its script."""

from __future__ import annotations

from portal.hosting.starting import read


def main() -> None:
    """Run the command."""
    read("portal.cli.main").main()


if __name__ == "__main__":
    main()
