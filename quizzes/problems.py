"""What is wrong with a pack, in words an author understands."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend: in which file, at which line, in which field, and what it is."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"
        )


@dataclass
class Problems:
    """All that was found, so that an author mends everything in one go."""

    root: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, file: Path, message: str, *, line: int = 0, field: str = "") -> None:
        """Note a problem; the file is named as seen from the pack's folder."""
        name = str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)
        self.found.append(Problem(name, line, field, message))

    def __bool__(self) -> bool:
        return bool(self.found)


class PackIsBroken(Exception):
    """The pack cannot be loaded; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(set(problems))
