"""Search tokens: one function for the text that is searched and for what is searched for."""

import re
from collections.abc import Iterator
from typing import Any

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def tokens(text: str) -> Iterator[str]:
    """Latin words in lower case; Chinese as overlapping pairs, a lone character as itself."""
    for run in _RUN.findall(text.lower()):
        if run[0] < "\u3400" or len(run) == 1:
            yield run
        else:
            yield from (run[n : n + 2] for n in range(len(run) - 1))


def tokens_of(content: Any) -> set[str]:
    """The tokens of every text in a document."""
    if isinstance(content, str):
        return set(tokens(content))
    if isinstance(content, dict):
        return {token for value in content.values() for token in tokens_of(value)}
    if isinstance(content, list):
        return {token for value in content for token in tokens_of(value)}
    return set()
