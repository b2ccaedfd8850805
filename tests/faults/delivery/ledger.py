"""What the mail server wrote down, compared with what the test queued: the oracle."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
TABLE = Path(os.environ.get("FAULTS_TABLE", PROJECT / "var" / "faults.tsv"))
COLUMNS = (
    "experiment", "date", "commit", "seed", "n", "lost", "duplicate", "ambiguous", "late",
    "seconds", "upper 95 % bound", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A mail that the server has taken."""

    at: float
    message_id: str
    recipient: str
    is_dropped: bool


def read(path: Path) -> list[Line]:
    """The ledger's lines, in the order of taking."""
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    return [Line(float(at), message_id, to, said == "dropped") for at, message_id, to, said in rows]


@dataclass(frozen=True)
class Count:
    """What came of the messages with these ids."""

    n: int
    lost: int
    duplicate: int


def count(wanted: Iterable[str], lines: Iterable[Line]) -> Count:
    """How many of the wanted never came, and how many came once too often."""
    ids = set(wanted)
    taken = Counter(line.message_id for line in lines)
    assert set(taken) <= ids, "a mail that nobody queued"
    return Count(len(ids), len(ids - set(taken)), sum(taken.values()) - len(taken))


def over_the_bucket(lines: list[Line], per_minute: int) -> float:
    """By how many mails the server was ever above ten seconds' mails, refilled at the rate."""
    level = over = 0.0
    for before, line in zip([lines[0], *lines], lines, strict=False):
        level = max(0.0, level - (line.at - before.at) * per_minute / 60) + 1
        over = max(over, level - per_minute / 6)
    return over


def report(
    experiment: str,
    seed: int,
    result: Count,
    *,
    seconds: float,
    ambiguous: int = 0,
    late: int = 0,
    note: str = "",
) -> None:
    """Print the line of an experiment and add it to var/faults.tsv."""
    bound = f"{3 / result.n:.4f}" if not result.lost + result.duplicate else "-"
    values = (
        experiment, date.today().isoformat(), commit(), seed, result.n, result.lost,
        result.duplicate, ambiguous, late, f"{seconds:.1f}", bound, note,
    )  # fmt: skip
    print("\n" + ", ".join(f"{name} {value}" for name, value in zip(COLUMNS, values, strict=True)))
    TABLE.parent.mkdir(exist_ok=True)
    if not TABLE.exists():
        TABLE.write_text("\t".join(COLUMNS) + "\n")
    with TABLE.open("a") as table:
        table.write("\t".join(map(str, values)) + "\n")


def commit() -> str:
    """The commit that is tried; with a plus where the tree has changes."""

    def git(*words: str) -> str:
        asked = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True)
        return asked.stdout.strip()

    head = git("rev-parse", "--short", "HEAD")
    return (head or "none") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
