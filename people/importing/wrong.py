"""What is wrong with a cell, and what helps."""


class Wrong(ValueError):
    """A cell that cannot be taken in: what is wrong with it, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
