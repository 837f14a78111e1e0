"""Formulas for sums, means and levels over score cells: what `indicators.scoring` computes, live in a spreadsheet."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from assessments.exports.cells import quoted
from indicators.scoring import LEVELS

NOT_YET = "........"


class Totals:
    """Formulas over the score cells of `ranges`, each with its sheet's name. A cell without a number is open.

    `lowest` tells for single cells what they get at least where that is not 0 (2.5 where no 0 is printed).
    """

    def __init__(self, ranges: Sequence[str], count: int, lowest: Iterable[tuple[str, Decimal]]) -> None:
        joined = ",".join(ranges)
        self.count = count
        self.known = f"SUM({joined})"
        self.filled = f"COUNT({joined})"
        least = [f"{score}*(1-COUNT({cell}))" for cell, score in lowest if score]
        self.low = "(" + "+".join([self.known, *least]) + ")"
        self.high = f"({self.known}+10*({self.count}-{self.filled}))"
        self.open = f"({quoted('ยังไม่มีคะแนน ')}&({self.count}-{self.filled})&{quoted(' ตัวชี้วัด')})"

    def when(self, complete: str, otherwise: str, *, blank: bool = False, empty: str = "") -> str:
        """`empty` is what a blank form shows before the first score is written in."""
        if blank:
            otherwise = f"IF({self.filled}=0,{quoted(empty)},{otherwise})"
        return f"IF({self.filled}={self.count},{complete},{otherwise})"

    def sum(self) -> str:
        return self.when(self.known, quoted(""))

    def mean(self) -> str:
        return self.when(self.rounded(self.known), quoted(""))

    def sum_note(self, blank: bool) -> str:
        between = f"{quoted('ระหว่าง ')}&{self.low}&{quoted(' ถึง ')}&{self.high}"
        told = f"{between}&CHAR(10)&{quoted('(')}&{self.open}&{quoted(')')}"
        return self.when(quoted(""), told, blank=blank)

    def mean_note(self, blank: bool) -> str:
        low, high = (f'TEXT({self.rounded(end)},"0.00")' for end in (self.low, self.high))
        told = f"{quoted('ระหว่าง ')}&{low}&{quoted(' ถึง ')}&{high}"
        complete = f"{self.known}&{quoted(f'/{self.count}')}"
        return self.when(complete, told, blank=blank, empty=f"{NOT_YET}/{self.count}")

    def level(self, blank: bool) -> str:
        low, high = self._level(self.rounded(self.low)), self._level(self.rounded(self.high))
        same = f"{low}&{quoted(' (')}&{self.open}&{quoted(' แต่ไม่ทำให้ระดับเปลี่ยน)')}"
        differ = (
            f"{quoted('ยังระบุระดับไม่ได้ (')}&{self.open}&{quoted(') ต่ำสุด “')}&{low}"
            f"&{quoted('” สูงสุด “')}&{high}&{quoted('”')}"
        )
        told = f"IF({low}={high},{same},{differ})"
        return self.when(self._level(self.rounded(self.known)), told, blank=blank)

    def rounded(self, total: str) -> str:
        """Half up to two decimals; every tie of these sums is exact in a spreadsheet's numbers."""
        return f"ROUND({total}/{self.count},2)"

    def _level(self, mean: str) -> str:
        made = quoted(LEVELS[-1].name)
        for level in reversed(LEVELS[:-1]):
            made = f"IF({mean}>={level.at_least},{quoted(level.name)},{made})"
        return made
