"""Sizes of files as people read them."""

from __future__ import annotations

from babel.numbers import format_decimal

from portal.texts import CORE, language, texts

_ = texts(CORE)
STEP = 1000


def size(value: int) -> str:
    """Write a size: « 740 octets », « 12 ko », « 1,4 Mo »."""
    if value < STEP:
        return _.plural("%(num)s byte", "%(num)s bytes", value)
    kilos = value / STEP
    if round(kilos) < STEP:
        return _("%(n)s kB", n=round(kilos))
    megas = format_decimal(round(kilos / STEP, 1), locale=language.get(), decimal_quantization=False)
    return _("%(n)s MB", n=megas)
