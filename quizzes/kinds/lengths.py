"""How long a text is, as people count it."""

import re

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def length_of(text: str) -> int:
    """Chinese characters and words of other scripts; "Wi-Fi" and "don't" are one word each."""
    rest = _CHINESE.sub(" ", text)
    return len(_CHINESE.findall(text)) + len(_WORD.findall(rest))
