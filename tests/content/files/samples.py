"""Files as people send them, some with bad intentions."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def picture(fmt: str = "PNG", *, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    """Draw a picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, fmt, **options)
    return out.getvalue()


def moving(fmt: str = "GIF") -> bytes:
    """Draw a picture of two frames."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def two_photos() -> bytes:
    """Take a red photograph with a blue one behind it, as telephones do."""
    front, behind = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    out = io.BytesIO()
    front.save(out, "MPO", save_all=True, append_images=[behind])
    return out.getvalue()


def photo_with_a_past() -> bytes:
    """Take a photograph that lies on its side and says where, by whom and with what."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "CANARY-MAKER"
    exif[0x9286] = "CANARY-COMMENT"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"CANARY-JPEG-COMMENT", quality=95) + b"CANARY-AFTER-THE-END"


def png_that_claims(width: int, height: int) -> bytes:
    """Make a file of a hundred bytes that says it is that large."""
    return _png(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), zlib.compress(b"\0" * 100))


def _png(head: bytes, body: bytes) -> bytes:
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def bomb(fmt: str, side: int) -> bytes:
    """Make a small file that holds, or says it holds, a very large square."""
    if fmt == "PNG":  # one whose every pixel is there
        packer, rows = zlib.compressobj(9), b"\0" * (1 + side // 8) * 100
        body = b"".join(packer.compress(rows) for _part in range(side // 100)) + packer.flush()
        return _png(struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), body)
    content = bytearray(picture(fmt))
    order, where = {
        "JPEG": (">HH", content.find(b"\xff\xc0") + 5),
        "GIF": ("<HH", 6),
        "WEBP": ("<HH", content.find(b"VP8 ") + 14),
    }[fmt]
    content[where : where + 4] = struct.pack(order, side, side)
    return bytes(content)


def flicker(frames: int) -> bytes:
    """Make a GIF of one pixel and of many frames."""
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0\x02\x02\x4c\x01\0"
    return b"GIF89a" + struct.pack("<HH", 1, 1) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def zipped(**names: str) -> bytes:
    """Make an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in names.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def odt() -> bytes:
    """Make the beginning of an ODF document: its first entry says what it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()
