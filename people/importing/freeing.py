"""Texts that no spreadsheet takes for a formula, and back. Pure."""

import re

# Also behind a space or a quotation mark, and in full width, which some spreadsheets read alike.
_LOOKS_LIKE_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r]")


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula; `freed` gives it back."""
    return "'" + cell if _LOOKS_LIKE_FORMULA.match(cell) else cell


def freed(cell: str) -> str:
    """The cell as it was before `guarded`."""
    if cell.startswith("'") and _LOOKS_LIKE_FORMULA.match(cell[1:]):
        return cell[1:]
    return cell
