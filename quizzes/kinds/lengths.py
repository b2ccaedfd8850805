"""How long a text is, as people count it."""

import re

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def length_of(text: str) -> int:
    """Chinese characters and words of other scripts; "Wi-Fi" and "don't" are one word each."""
    rest = _CHINESE.sub(" ", text)
    return len(_CHINESE.findall(text)) + len(_WORD.findall(rest))


def is_in_words(text: str, *, otherwise: bool) -> bool:
    """Whether the text is mostly words, not Chinese characters; `otherwise` where it is short."""
    characters = len(_CHINESE.findall(text))
    words = len(_WORD.findall(_CHINESE.sub(" ", text)))
    return otherwise if characters + words < 5 else words > characters


def in_words(characters: int) -> int:
    """So many words say as much as so many Chinese characters: two thirds, to the ten."""
    return round(characters * 2 / 30) * 10 if characters >= 30 else characters
