"""Pictures are drawn again: what comes out holds pixels, and nothing of the file that came in (P11).

No place, no camera, no name of its maker, no hidden second file; upright; no larger than a screen needs.
"""

from __future__ import annotations

import io
from threading import BoundedSemaphore
from typing import IO, NamedTuple

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from portal.errors import Invalid
from portal.texts import CORE, texts

_ = texts(CORE)
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MAX_PIXELS = 50_000_000
SIDE = 2400
QUALITY = 85
SRGB = ImageCms.createProfile("sRGB")
_one_at_a_time = BoundedSemaphore(1)  # fifty million pixels are 200 MB: never twice in one process


class Picture(NamedTuple):
    """A picture drawn again."""

    content: io.BytesIO
    content_type: str
    width: int
    height: int


def redraw(content: IO[bytes], *, side: int = SIDE) -> Picture:
    """Draw a picture again, upright, no side longer than `side` pixels.

    :raises Invalid: not a picture, too many pixels, or one that moves
    """
    with _one_at_a_time:
        content.seek(0)
        try:
            with Image.open(content, formats=FORMATS) as opened:
                _check(opened)
                opened.draft(None, (side, side))
                picture = _upright(opened, side)
        except Image.DecompressionBombError as error:
            raise Invalid(_too_many_pixels()) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise Invalid(_("This picture cannot be read. Open it, save it anew, then send it again.")) from error
        return _written(picture, is_photo=opened.format in {"JPEG", "MPO", "WEBP"})


def _check(opened: Image.Image) -> None:
    if opened.width * opened.height > MAX_PIXELS:  # before a single pixel is decoded
        raise Invalid(_too_many_pixels())
    # never n_frames: it reads the file to its last one; an MPO is a JPEG with another behind it (depth, light)
    if opened.format != "MPO" and getattr(opened, "is_animated", False):
        raise Invalid(_("This picture moves. Send one that stands still."))


def _too_many_pixels() -> str:
    return _("This picture is too large: %(most)s million pixels at most. Make it smaller.", most=MAX_PIXELS // 10**6)


def _upright(opened: Image.Image, side: int) -> Image.Image:
    profile = opened.info.get("icc_profile")
    picture: Image.Image = ImageOps.exif_transpose(opened)
    has_alpha = picture.has_transparency_data
    if profile and picture.mode in {"RGB", "RGBA", "CMYK", "L"}:
        picture = _in_srgb(picture, profile)
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Turn colours into those every screen shows alike; an unreadable profile is left out."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, SRGB, outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _written(picture: Image.Image, *, is_photo: bool) -> Picture:
    bare = Image.new(picture.mode, picture.size)  # a new picture has no comment, no profile, no place
    bare.paste(picture)
    out = io.BytesIO()
    if picture.mode == "RGB" and is_photo:
        bare.save(out, "JPEG", quality=QUALITY, optimize=True)
        return Picture(out, "image/jpeg", *bare.size)
    bare.save(out, "PNG", optimize=True)
    return Picture(out, "image/png", *bare.size)
