"""`python -m portal.cli`: the command without its script."""

from __future__ import annotations

from portal.cli.main import main

if __name__ == "__main__":
    main()
