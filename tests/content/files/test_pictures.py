"""Pictures are drawn again: nothing but pixels comes out (P11)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from portal.content.files.pictures import MAX_PIXELS, redraw
from portal.errors import Invalid

from tests.content.files import samples


def drawn(content: bytes, **options):
    made = redraw(io.BytesIO(content), **options)
    return made, made.content.getvalue()


def test_nothing_is_left_of_where_by_whom_and_with_what():
    before = samples.photo_with_a_past()
    assert before.count(b"CANARY") >= 3
    _made, after = drawn(before)
    assert b"CANARY" not in after
    assert b"Exif" not in after
    assert not dict(Image.open(io.BytesIO(after)).getexif())


def test_a_photograph_on_its_side_comes_out_upright():
    made, after = drawn(samples.photo_with_a_past())
    assert (made.width, made.height) == (20, 40)
    image = Image.open(io.BytesIO(after)).convert("RGB")
    assert image.size == (20, 40)
    red, _green, blue = image.getpixel((10, 4))
    assert (red > 200, blue < 60) == (True, True)  # its left half has become its upper half


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("JPEG", mode="CMYK"), "image/jpeg"),
        (samples.picture("JPEG", mode="L"), "image/jpeg"),
        (samples.picture("WEBP"), "image/jpeg"),
        (samples.picture("WEBP", mode="RGBA"), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("PNG", mode="P"), "image/png"),
        (samples.picture("PNG", mode="1"), "image/png"),
        (samples.picture("GIF"), "image/png"),
    ],
)
def test_every_sort_of_picture_comes_out_as_one_of_two(content, kind):
    made, after = drawn(content)
    assert made.content_type == kind
    assert Image.open(io.BytesIO(after)).size == (40, 20)


def test_what_shows_through_still_does():
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True)
    made, after = drawn(out.getvalue())
    assert made.content_type == "image/png"
    assert Image.open(io.BytesIO(after)).convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_large_picture_comes_out_as_large_as_a_screen_needs():
    made, _after = drawn(samples.picture("JPEG", size=(3000, 1000)))
    assert (made.width, made.height) == (2400, 800)
    made, _after = drawn(samples.picture("PNG", size=(300, 100)), side=60)
    assert (made.width, made.height) == (60, 20)


@pytest.mark.parametrize("size", [(50_000, 50_000), (MAX_PIXELS + 1, 1), (1, 2**31 - 1)])
def test_a_bomb_is_refused_before_a_pixel_is_decoded(size):
    with pytest.raises(Invalid, match="trop grande"):
        drawn(samples.png_that_claims(*size))


class Watched(io.BytesIO):
    """A file that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


@pytest.mark.parametrize(("fmt", "side"), [("PNG", 30_000), ("JPEG", 65_500), ("GIF", 65_535), ("WEBP", 16_383)])
def test_of_a_bomb_nothing_but_its_head_is_read(fmt, side):
    """P11: what is never read takes no memory."""
    sent = Watched(samples.bomb(fmt, side))
    with pytest.raises(Invalid, match="trop grande"):
        redraw(sent)
    assert sent.taken < 1000


def test_of_very_many_frames_no_more_than_two_are_read():
    """P11."""
    sent = Watched(samples.flicker(50_000))
    with pytest.raises(Invalid, match="animée"):
        redraw(sent)
    assert sent.taken < 1000


@pytest.mark.parametrize("fmt", ["GIF", "WEBP", "PNG"])
def test_a_picture_that_moves_is_refused_with_a_sentence(fmt):
    with pytest.raises(Invalid, match="animée"):
        drawn(samples.moving(fmt))


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a=alert(1)//",
        b"\xff\xd8\xff<script>alert(1)</script>",
        samples.picture("PNG")[:60],
        samples.png_that_claims(2000, 2000),
        b"\x89PNG\r\n\x1a\n",
        samples.SVG,
        samples.PDF,
    ],
)
def test_what_only_claims_to_be_a_picture_is_refused(content):
    with pytest.raises(Invalid, match="ne se lit pas"):
        drawn(content)


def test_a_photograph_with_another_behind_it_is_a_photograph():
    """Telephones put depth or light behind the picture: the first comes out, alone."""
    before = samples.two_photos()
    made, after = drawn(before)
    image = Image.open(io.BytesIO(after))
    assert (made.content_type, image.format, getattr(image, "n_frames", 1)) == ("image/jpeg", "JPEG", 1)
    red, _green, blue = image.getpixel((4, 4))
    assert (red > 200, blue < 60) == (True, True)


def test_a_second_file_hidden_behind_a_picture_does_not_come_out():
    polyglot = samples.picture("PNG") + samples.zipped(canary="CANARY") + samples.HTML
    _made, after = drawn(polyglot)
    assert b"CANARY" not in after
    assert b"<script" not in after
    assert b"PK\x03\x04" not in after
