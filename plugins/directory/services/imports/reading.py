"""A file as people send it, read as a table: encodings, separators, what spreadsheets put around.

Nothing is written here, and a cell is only a text. What cannot be read at all is one sentence (`Invalid`); what is
wrong with one line is said of that line.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from portal.api import Invalid, texts

_ = texts("directory")
MAX_BYTES = 20_000_000
MAX_LINES = 100_000
MAX_COLUMNS = 200
MAX_CELL = 20_000
LONGEST_CELL_LINES = 20
LOOKED_AT = 20
DELIMITERS = ("\t", ";", ",", "|")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHERS = (b"%PDF", b"<!DOC", b"<html", b"{\\rtf", b"\x1f\x8b", b"\x89PNG")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    :ivar number: where it begins in the file, as an editor counts
    :ivar fault: code of what keeps it from being read; empty if nothing does
    """

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose encoding, separator and titles are known; its rows are read as they are asked for."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    text: str

    def rows(self) -> Iterator[Row]:
        """Give the rows under the titles, without the empty ones.

        :raises Invalid: too many lines, or a cell that never ends
        """
        read = 0
        for number, end, cells in _records(self.text, self.delimiter):
            if number <= self.header_line or not any(cell.strip() for cell in cells):
                continue
            read += 1
            if read > MAX_LINES:
                raise Invalid(_("The file has more than %(most)s lines. Cut it in two.", most=MAX_LINES), field="file")
            yield Row(number, self._padded(cells), self._fault(cells, lines=end - number))

    def _padded(self, cells: list[str]) -> list[str]:
        width = len(self.header)
        return cells[:width] + [""] * (width - len(cells))

    def _fault(self, cells: list[str], *, lines: int) -> str:
        if lines > LONGEST_CELL_LINES:
            return "endless"
        return "too_many_cells" if any(cell.strip() for cell in cells[len(self.header) :]) else ""

    def example(self, column: int) -> str:
        """Give the first words of a column, for somebody who chooses what it is."""
        return next((row.cells[column].strip()[:80] for row in self.rows() if row.cells[column].strip()), "")


def read_table(content: bytes) -> Table:
    """Read a file as a table.

    :raises Invalid: empty, too large, no text, or without a line of titles
    """
    text, encoding = _text(content)
    delimiter = _delimiter(text)
    for number, _end, cells in _records(text, delimiter):
        titles = [cell.strip() for cell in cells]
        if sum(map(bool, titles)) > 1:  # above the titles some software writes its own: « Liste des agents au … »
            if len(titles) > MAX_COLUMNS:
                raise Invalid(_("The file has more than %(most)s columns.", most=MAX_COLUMNS), field="file")
            while not titles[-1]:
                titles.pop()
            return Table(encoding, delimiter, tuple(titles), number, text)
    raise Invalid(
        _("No line of titles was found in this file: at least two columns, separated by a semicolon or a comma."),
        field="file",
    )


def _text(content: bytes) -> tuple[str, str]:
    """Decode; what is not UTF-8 is read as the Western Windows page, which holds latin-1 and the French « œ »."""
    if not content.strip():
        raise Invalid(_("This file is empty."), field="file")
    if len(content) > MAX_BYTES:
        raise Invalid(_("This file is larger than 20 MB. Cut it in two."), field="file")
    if content.startswith(WORKBOOKS):
        raise Invalid(
            _("This file is a workbook. In your spreadsheet choose “Save as”, then “CSV UTF-8”, and send that file."),
            field="file",
        )
    if content.lstrip().startswith(OTHERS):
        raise Invalid(_("This file is no list in CSV. Export it again as “CSV UTF-8”."), field="file")
    marked = next((encoding for mark, encoding in MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252", "latin-1"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text[:4000].count("\0") > len(text[:4000]) // 4:  # UTF-16 that does not say so
            break
        return text, encoding.removesuffix("-sig")
    raise Invalid(_("The letters of this file cannot be read. Export it again as “CSV UTF-8”."), field="file")


def _delimiter(text: str) -> str:
    """Find what separates the cells: the sign that most lines hold equally often, outside quotation marks."""
    first = text[:20_000].lstrip("\ufeff \r\n")
    if first[:4].lower() == "sep=" and first[4:5] in DELIMITERS:
        return first[4]
    lines = [line for line in "".join(first.split('"')[::2]).splitlines() if line.strip()][:LOOKED_AT]

    def agreement(sign: str) -> int:
        counts = [line.count(sign) for line in lines if sign in line]
        return max((counts.count(number) for number in counts), default=0)

    return max(DELIMITERS, key=agreement)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give each record with its first and last line.

    :raises Invalid: a cell that never ends
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    csv.field_size_limit(MAX_CELL)
    try:
        for cells in reader:
            if not (start == 1 and cells and cells[0].lower().startswith("sep=")):
                yield start, reader.line_num, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            _("From line %(line)s on, a cell never ends: a quotation mark is opened and not closed.", line=start),
            field="file",
        ) from error
