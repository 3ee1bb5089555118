"""Where a process begins that does something apart: `python -m portal.hosting <what> <plugin>`."""

from __future__ import annotations

import sys

from portal.hosting.starting import read

if __name__ == "__main__":
    sys.exit(read("portal.hosting.apart").main(sys.argv[1:]))
