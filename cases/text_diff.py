"""What changed between two texts, for people to read. Pure, and never slow.

First by sentence, then inside what changed by word, in Chinese by character. Each step is
Myers' algorithm with a limit on what it may cost; beyond it a passage counts as written anew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_SENTENCE = re.compile(r"[^\n。！？!?；;.]*(?:[。！？!?；;]+[”’」』）)\"']*|\.(?=\s|$)|\.|\n+|$)")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’\-][^\W_]+)*|\s+|.", re.DOTALL)
_STEPS = 250_000  # inner steps of one comparison: about a tenth of a second
_FARTHEST = 400  # edits in a row of tokens; more is a new text
_ISLAND = 2  # so few characters between two changes are no help to a reader


@dataclass(frozen=True)
class Piece:
    """A run of text: `same`, `added` or `removed`."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces that together tell both texts: without the added ones they are the first."""
    budget = [_STEPS]
    pieces: list[Piece] = []
    for removed, added, same in _blocks(_sentences(before), _sentences(after), budget):
        if removed and added:
            pieces += _inside("".join(removed), "".join(added), budget)
        else:
            pieces += _pieces("".join(removed), "".join(added))
        pieces += [Piece("same", same)] if same else []
    return _joined(pieces)


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE.findall(text) if one]


def _pieces(removed: str, added: str) -> list[Piece]:
    found = [Piece("removed", removed), Piece("added", added)]
    return [one for one in found if one.text]


def _inside(before: str, after: str, budget: list[int]) -> list[Piece]:
    """The changes inside a passage; where hardly anything is left of it, it was written anew."""
    found: list[Piece] = []
    kept = 0
    for removed, added, same in _blocks(_TOKEN.findall(before), _TOKEN.findall(after), budget):
        found += _pieces("".join(removed), "".join(added))
        if same:
            found.append(Piece("same", same))
            kept += len(same.strip())
    if kept * 3 < min(len(before), len(after)):
        return _pieces(before, after)
    return _without_islands(found)


def _without_islands(pieces: list[Piece]) -> list[Piece]:
    """A character or two between two changes belongs to the change."""
    found: list[Piece] = []
    for n, piece in enumerate(pieces):
        is_between = 0 < n < len(pieces) - 1
        if piece.kind == "same" and is_between and len(piece.text.strip()) < _ISLAND:
            found += _pieces(piece.text, piece.text)
        else:
            found.append(piece)
    return found


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Runs between what stayed, each as what went and then what came."""
    found: list[Piece] = []
    for is_same, run in groupby(pieces, key=lambda piece: piece.kind == "same"):
        parts = list(run)
        if is_same:
            found.append(Piece("same", "".join(one.text for one in parts)))
        else:
            removed = "".join(one.text for one in parts if one.kind == "removed")
            added = "".join(one.text for one in parts if one.kind == "added")
            found += _pieces(removed, added)
    return found


def _blocks(
    before: Sequence[str], after: Sequence[str], budget: list[int]
) -> Iterator[tuple[list[str], list[str], str]]:
    """(removed, added, the same after it), in order."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    if start:
        yield [], [], "".join(before[:start])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    removed: list[str] = []
    added: list[str] = []
    same: list[str] = []
    for kind, token in _edits(*middle, budget):
        if kind != "same" and same:
            yield removed, added, "".join(same)
            removed, added, same = [], [], []
        {"removed": removed, "added": added, "same": same}[kind].append(token)
    if removed or added or same:
        yield removed, added, "".join(same)
    if end:
        yield [], [], "".join(before[len(before) - end :])


def _edits(before: Sequence[str], after: Sequence[str], budget: list[int]) -> list[tuple[str, str]]:
    """Myers' shortest edit script, as (kind, token)."""
    anew = [("removed", one) for one in before] + [("added", one) for one in after]
    if not before or not after:
        return anew
    ends = {1: 0}  # how far along `before` each diagonal has got
    trail: list[dict[int, int]] = []
    for edits in range(min(len(before) + len(after), _FARTHEST) + 1):
        trail.append(dict(ends))
        for diagonal in range(-edits, edits + 1, 2):
            goes_down = diagonal == -edits or (
                diagonal != edits and ends[diagonal - 1] < ends[diagonal + 1]
            )
            x = ends[diagonal + 1] if goes_down else ends[diagonal - 1] + 1
            y = x - diagonal
            while x < len(before) and y < len(after) and before[x] == after[y]:
                x, y = x + 1, y + 1
            ends[diagonal] = x
            if x >= len(before) and y >= len(after):
                return _walked(before, after, trail)
        budget[0] -= 2 * edits + 1
        if budget[0] < 0:
            return anew
    return anew


def _walked(
    before: Sequence[str], after: Sequence[str], trail: list[dict[int, int]]
) -> list[tuple[str, str]]:
    x, y = len(before), len(after)
    found: list[tuple[str, str]] = []
    for edits in range(len(trail) - 1, -1, -1):
        ends, diagonal = trail[edits], x - y
        goes_down = diagonal == -edits or (
            diagonal != edits and ends[diagonal - 1] < ends[diagonal + 1]
        )
        came = diagonal + 1 if goes_down else diagonal - 1
        old_x = ends[came]
        old_y = old_x - came
        while x > old_x and y > old_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            found.append(("same", before[x]))
        if edits:
            found.append(("added", after[old_y]) if goes_down else ("removed", before[old_x]))
        x, y = old_x, old_y
    return found[::-1]
