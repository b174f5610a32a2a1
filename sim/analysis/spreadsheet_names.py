"""Names in CSV files that no spreadsheet takes for a formula, and the way back.

Excel, LibreOffice and Google Sheets run a cell that begins with = + - @, a tab or a line break, quoted or not. An
apostrophe before it makes it text. A name could also hide such a cell behind a character that some country's setting
takes for the end of a cell (a semicolon, say); the apostrophe goes there too. Numbers are left alone: -5.2 is one.
"""

import re

_ENDS_OF_A_CELL = ',;|"\t\r\n'
_BEGINS_A_FORMULA = "=+@\uff1d\uff0b\uff0d\uff20\t\r\n-"  # also the full-width forms of = + - @
_BEFORE, _AFTER = f"(?<![^{_ENDS_OF_A_CELL}])", f"(?='* *[{_BEGINS_A_FORMULA}])"
_PLACE = re.compile(f"{_BEFORE}{_AFTER}")
_GUARDED = re.compile(f"{_BEFORE}'{_AFTER}")


def guarded(name: str) -> str:
    """`name` with an apostrophe wherever a spreadsheet could begin a formula; other names stay as they are."""
    return _PLACE.sub("'", name)


def unguarded(text: str) -> str:
    """The name that `guarded` made into `text`; text that it never made loses its apostrophe all the same."""
    return _GUARDED.sub("", text)
