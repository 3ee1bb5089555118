"""Two colours of a collectivity: is everything that `layout/tokens.css` derives from them still legible.

Contrast is that of WCAG 2.2 (4.5 to 1 for text, 3 to 1 for parts of the interface), looked at in light and in dark.
Colours are thought in OKLCH (lightness, chroma, hue), as the sheet writes them; what a screen cannot show is cut off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from portal.texts import CORE, texts

_ = texts(CORE)
HEX = re.compile(r"#?([0-9a-fA-F]{6})")
TEXT, PART = 4.5, 3.0
STEP = 0.005
GREY = 0.01  # less chroma than this has no hue to speak of
INK_HUE, ACCENT_HUE = 220.0, 40.0


class Colour(NamedTuple):
    """A colour in OKLCH: lightness 0 to 1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True, slots=True)
class Fault:
    """A pair that could not be read.

    :ivar blamed: "ink" or "accent"
    """

    blamed: str
    where: str
    contrast: float
    least: float


def read_hex(text: str) -> str | None:
    """Give a colour as `#rrggbb`; None if it is none."""
    found = HEX.fullmatch(text.strip())
    return f"#{found.group(1).lower()}" if found else None


def _linear_of(colour: Colour) -> tuple[float, float, float]:
    angle = math.radians(colour.hue)
    a, b = colour.chroma * math.cos(angle), colour.chroma * math.sin(angle)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def of_hex(text: str) -> Colour:
    """Read `#rrggbb`."""
    red, green, blue = (_to_linear(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return Colour(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def to_hex(colour: Colour) -> str:
    """Write `#rrggbb`."""
    parts = (round(_to_screen(min(1.0, max(0.0, part))) * 255) for part in _linear_of(colour))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _to_linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _to_screen(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def contrast(one: Colour, other: Colour) -> float:
    """Give the contrast of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (min(1.0, max(0.0, part)) for part in _linear_of(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hue(colour: Colour, usual: float) -> float:
    return colour.hue if colour.chroma >= GREY else usual


def sheet(ink: str, accent: str) -> str:
    """Write the tokens of a collectivity; everything else in `layout/tokens.css` follows from them."""
    one, two = of_hex(ink), of_hex(accent)
    inked, marked = _hue(one, INK_HUE), _hue(two, ACCENT_HUE)
    return (
        "@layer collectivity{:root{"
        f"--ink-hue:{inked:.1f};--ink-chroma:{one.chroma:.4f};--accent-hue:{marked:.1f};--accent-chroma:{two.chroma:.4f};"
        f"--ink:light-dark({ink},oklch(94% .012 85));--band:light-dark({ink},oklch(14% .02 {inked:.1f}));"
        f"--accent:light-dark({accent},oklch(76% {min(two.chroma, 0.13):.4f} {marked:.1f}))"
        "}}"
    )


def _pairs(ink: Colour, accent: Colour) -> Iterator[tuple[str, str, Colour, Colour, float]]:
    """Give every pair that meets on a page: who is blamed, where, the two colours, the least contrast.

    Same numbers as `layout/tokens.css`; a test compares them.
    """
    inked, marked = _hue(ink, INK_HUE), _hue(accent, ACCENT_HUE)
    paper, card, sunk = Colour(0.982, 0.008, 85), Colour(1, 0, 0), Colour(0.954, 0.012, 85)
    washed = Colour(0.95, 0.03, marked)
    for ground in (paper, card, sunk, washed):
        yield "ink", _("text, in light"), ink, ground, TEXT
    for words in (Colour(0.97, 0.01, 85), Colour(0.88, 0.012, 85)):
        yield "ink", _("words on the band at the top, in light"), words, ink, TEXT
    yield "ink", _("signs on the band at the top, in light"), Colour(0.78, 0.14, marked), ink, PART
    yield "ink", _("quiet text, in light"), Colour(0.45, 0.03, inked), sunk, TEXT
    for ground in (paper, card):
        yield "accent", _("words of this colour, in light"), accent, ground, TEXT
    yield "accent", _("words on buttons, in light"), Colour(0.99, 0.01, 85), accent, TEXT
    night, late = Colour(0.19, 0.018, inked), Colour(0.235, 0.02, inked)
    bright = Colour(0.76, min(accent.chroma, 0.13), marked)
    for ground in (night, late, Colour(0.28, 0.045, marked)):
        yield "ink", _("text, in dark"), Colour(0.94, 0.012, 85), ground, TEXT
    for ground in (night, late):
        yield "accent", _("words of this colour, in dark"), bright, ground, TEXT
    yield "accent", _("words on buttons, in dark"), Colour(0.2, 0.03, marked), bright, TEXT


def faults_of(ink: str, accent: str) -> list[Fault]:
    """List the pairs that could not be read, the worst of each colour first."""
    found = [
        Fault(blamed, where, contrast(front, ground), least)
        for blamed, where, front, ground, least in _pairs(of_hex(ink), of_hex(accent))
        if contrast(front, ground) < least
    ]
    return sorted(found, key=lambda fault: fault.contrast / fault.least)


def nearest(ink: str, accent: str) -> tuple[str, str]:
    """Give the nearest colours that can be read: same hue, as much lighter or darker as it takes."""
    ink = _moved(ink, lambda tried: not [fault for fault in faults_of(tried, accent) if fault.blamed == "ink"])
    return ink, _moved(accent, lambda tried: not [fault for fault in faults_of(ink, tried) if fault.blamed == "accent"])


def _moved(text: str, is_legible: Callable[[str], bool]) -> str:
    """Move a colour's lightness by small steps, either way, until it is legible; black at worst."""
    if is_legible(text):
        return text
    start = of_hex(text)
    for step in range(1, round(1 / STEP)):
        for lightness in (start.lightness - step * STEP, start.lightness + step * STEP):
            tried = to_hex(_shown(Colour(lightness, start.chroma, start.hue)))
            if 0 <= lightness <= 1 and is_legible(tried):
                return tried
    return "#000000"


def _shown(colour: Colour) -> Colour:
    """Take chroma away until a screen can show the colour: cutting it off would change its hue."""
    chroma = colour.chroma
    while chroma > 0 and not all(-0.001 <= part <= 1.001 for part in _linear_of(colour._replace(chroma=chroma))):
        chroma = max(0.0, chroma - STEP)
    return colour._replace(chroma=chroma)
