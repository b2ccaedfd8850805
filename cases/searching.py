"""Search tokens: one way of cutting for the text that is searched and for what is searched for."""

import re
from collections.abc import Iterator
from typing import Any

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
MOST_TOKENS = 24  # of a search; more narrow nothing down
_STEM = 3  # from so many letters on, the beginning of a word finds it: refund finds refunds


def tokens(text: str) -> Iterator[str]:
    """Latin words in lower case; Chinese as overlapping pairs, a lone character as itself."""
    for run in _RUN.findall(text.lower()):
        if run[0] < "\u3400" or len(run) == 1:
            yield run
        else:
            yield from (run[n : n + 2] for n in range(len(run) - 1))


def tokens_of(content: Any) -> set[str]:
    """The tokens of every text in a document.

    Besides the pairs also the last character of each Chinese run, so that a search for one
    character finds it wherever it stands (as the beginning of a pair, or at the end).
    """
    if isinstance(content, str):
        ends = {run[-1] for run in _RUN.findall(content.lower()) if run[0] >= "\u3400"}
        return set(tokens(content)) | ends
    if isinstance(content, dict):
        return {token for value in content.values() for token in tokens_of(value)}
    if isinstance(content, list):
        return {token for value in content for token in tokens_of(value)}
    return set()


def query_of(words: str) -> str:
    """What PostgreSQL's to_tsquery('simple', …) is asked; empty where nothing can be searched.

    Every token has to occur. Tokens are letters, digits and Chinese characters: nothing to escape.
    """
    wanted = list(dict.fromkeys(tokens(words)))[:MOST_TOKENS]
    return " & ".join(f"'{one}'{':*' if _is_beginning(one) else ''}" for one in wanted)


def _is_beginning(token: str) -> bool:
    if token[0] >= "\u3400":
        return len(token) == 1
    return len(token) >= _STEM
