"""The live formulas of the office's workbook: what `indicators.scoring` says of an answer, in a spreadsheet's words.

Each input row has a state (hidden): 0 empty, 1 good (of a choice: its place), -1 not to be read. A result cell holds a
score, the outcome of a check, or a word that says what is awaited. Edges are compared by multiplication of whole
numbers, which a spreadsheet does exactly. `result_of` gives what the formula gives, for readers that do not calculate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.exports.cells import quoted
from assessments.workbook import Part, choices_of
from indicators.checks import AtLeast, Check, Checked, Insured, PerGroup, PerPerson, Range, Share, Target, Yes
from indicators.editions import IndicatorNode
from indicators.inputs import LARGEST, Field, InputRefused, number_from_text
from indicators.rules import AttendanceRule, CampaignRule, ChoiceRule, CountRule, PercentRule, Rule
from indicators.scoring import Scored, judge
from indicators.typed import NO_CASE, read_typed

BAD, PARTIAL, ABOVE, ZERO = "ตรวจสิ่งที่กรอก", "กรอกไม่ครบ", "ตัวเลขเกินจำนวนทั้งหมด", "จำนวนทั้งหมดเป็น 0 ไม่ได้"
WAITS, ALONE, NO_TARGET = "รอผู้ตรวจประเมิน", "ไม่มีกรณี ต้องเว้นตัวเลขว่าง", "รอเป้าหมายจากส่วนกลาง"
MET, NOT_MET = "ผ่านเกณฑ์", "ไม่ผ่านเกณฑ์"


@dataclass(frozen=True, slots=True)
class Place:
    """The rows of one part: where its inputs and their states stand, as references ("E5", or "E5:E28" for a list)."""

    cell: str
    state: str


def _exact(value: Decimal | int) -> str:
    return f"{Decimal(value).normalize():f}"


# --- the state of one input row -----------------------------------------------------------------


def state_formula(part: Part, cell: str, choices: str) -> str:
    """`choices` is the range of the words that a choice may hold."""
    match part.kind:
        case "option" | "yes":
            known = f"MATCH({cell},{choices},0)"
        case "measure":
            hundredth = 10**part.field.decimals
            whole = f"ABS({cell}*{hundredth}-ROUND({cell}*{hundredth},0))<0.0005"
            known = f"IF(AND(ISNUMBER({cell}),{cell}>=0,{cell}<={LARGEST},{whole}),1,-1)"
        case _:
            most = part.field.maximum if part.kind == "count" and part.field.maximum is not None else LARGEST
            known = f"IF(AND(ISNUMBER({cell}),{cell}>=0,{cell}<={most},{cell}=INT({cell})),1,-1)"
    return f'IFERROR(IF(TRIM({cell})="",0,{known}),-1)'


def state_of(node: IndicatorNode, part: Part, text: str) -> int:
    """What the formula gives for a cell's text."""
    if not text:
        return 0
    if part.kind in {"option", "yes"}:
        return list(choices_of(node, part)).index(text) + 1 if text in choices_of(node, part) else -1
    try:
        field = Field(part.name, part.label, part.unit) if part.field.type == "list" else part.field
        field.read(number_from_text(field, text))
    except InputRefused:
        return -1
    return 1


# --- the result of an indicator -----------------------------------------------------------------


def result_formula(
    node: IndicatorNode, at: Mapping[str, Place], *, decided: Decimal | None, target: Decimal | None
) -> str:
    """`at` has every part with a number, and "no case" where it is offered. `decided` is what a reviewer chose."""
    numbers = [place for name, place in at.items() if name != NO_CASE]
    bad = "+".join(f"COUNTIF({place.state},-1)" for place in numbers)
    filled = "+".join(f'COUNTIF({place.state},"<>0")' for place in numbers)
    missing = "OR(" + ",".join(f'COUNTIF({place.state},">0")=0' for place in numbers) + ")"
    waits = quoted(WAITS) if decided is None else _exact(decided)
    made = f"IF({missing},{quoted(PARTIAL)},{_core(node.rule, at, waits, target)})"
    if NO_CASE in at:
        said = f'TRIM({at[NO_CASE].cell})<>""'
        made = f"IF({filled}=0,IF({said},{waits},{quoted('')}),IF({said},{quoted(ALONE)},{made}))"
    else:
        made = f"IF({filled}=0,{quoted('')},{made})"
    return f"IFERROR(IF({bad}>0,{quoted(BAD)},{made}),{quoted(BAD)})"


def _core(rule: Rule | Check, at: Mapping[str, Place], waits: str, target: Decimal | None) -> str:
    cells = [place.cell for name, place in at.items() if name != NO_CASE]
    match rule:
        case CountRule():
            edges = [(band.at_least or Decimal(0)) * rule.per_year for band in rule.bands]
            return _rows(rule, [f"{cells[0]}>={_exact(edge)}" for edge in edges])
        case PercentRule():
            part, whole = cells
            zero = {"refuse": quoted(ZERO), "lowest": _exact(rule.lowest), "no_case": waits}[rule.zero_denominator]
            made = _rows(rule, [_share(part, whole, band.at_least, band.at_most, band.below) for band in rule.bands])
            return f"IF({part}>{whole},{quoted(ABOVE)},IF({whole}=0,{zero},{made}))"
        case ChoiceRule():
            scores = ",".join(_exact(band.score) for band in rule.bands)
            return f"CHOOSE({next(iter(at.values())).state},{scores})"
        case AttendanceRule():
            total, came = cells
            reached = [
                f"SUMPRODUCT(--({_share(came, total, band.at_least)}))>={band.needs}" for band in rule.bands[:-1]
            ]
            made = f"IF({total}=0,{_exact(rule.lowest)},{_rows(rule, [*reached, 'TRUE'])})"
            return f"IF(MAX({came})>{total},{quoted(ABOVE)},{made})"
        case CampaignRule():
            projects, joined, invited = cells
            rows = [f"AND({projects}>={band.needs},{_share(joined, invited, band.at_least)})" for band in rule.bands]
            made = f"IF(OR({projects}=0,{invited}=0),{_exact(rule.lowest)},{_rows(rule, rows)})"
            return f"IF({joined}>{invited},{quoted(ABOVE)},{made})"
        case Check():
            return _check(rule, cells, next(iter(at.values())).state, target)
    raise TypeError(f"no formula for {type(rule).__name__}")


def _rows(rule: Rule, conditions: Sequence[str]) -> str:
    """The score of the first row whose condition holds; the last row holds whatever is left."""
    made = _exact(rule.lowest)
    for band, condition in reversed(list(zip(rule.bands, conditions, strict=True))[:-1]):
        made = f"IF({condition},{_exact(band.score)},{made})"
    return made


def _share(
    part: str, whole: str, at_least: Decimal | None, at_most: Decimal | None = None, below: Decimal | None = None
) -> str:
    """part/whole in percent against an edge, without a division."""
    for edge, sign in ((at_least, ">="), (at_most, "<="), (below, "<")):
        if edge is not None:
            exact = Fraction(edge)
            return f"{part}*{100 * exact.denominator}{sign}{exact.numerator}*{whole}"
    return "TRUE"


def _check(rule: Check, cells: Sequence[str], state: str, target: Decimal | None) -> str:
    met = f",{quoted(MET)},{quoted(NOT_MET)})"
    match rule:
        case AtLeast():
            found, scale = _whole(cells[0], rule.decimals)
            edge = Fraction(rule.at_least) * scale
            return f"IF({found}*{edge.denominator}>={edge.numerator}{met}"
        case PerPerson():
            found, scale = _whole(cells[0], rule.decimals)
            edge = Fraction(rule.at_least) * scale
            made = f"IF({found}*{edge.denominator}>={edge.numerator}*{cells[1]}{met}"
            return f"IF({cells[1]}=0,{quoted(ZERO)},{made})"
        case Range():
            return f"IF({cells[0]}>={rule.low}{met}"
        case PerGroup():
            return f"IF(MIN({','.join(cells)})>={rule.low}{met}"
        case Share():
            part, whole = cells
            zero = quoted(ZERO if rule.zero_denominator == "refuse" else NOT_MET)
            made = f"IF({_share(part, whole, rule.at_least)}{met}"
            return f"IF({part}>{whole},{quoted(ABOVE)},IF({whole}=0,{zero},{made}))"
        case Yes():
            return f"IF({state}=1{met}"
        case Insured():
            have, insured = cells
            return f"IF({insured}>{have},{quoted(ABOVE)},IF(AND({have}>={rule.low},{insured}={have}){met})"
        case Target():
            (spent, _), (given, _) = (_whole(cell, rule.decimals) for cell in cells)
            made = quoted(NO_TARGET) if target is None else f"IF({_share(spent, given, target)}{met}"
            return f"IF({spent}>{given},{quoted(ABOVE)},IF({given}=0,{quoted(ZERO)},{made}))"
    raise TypeError(f"no formula for {type(rule).__name__}")


def _whole(cell: str, decimals: int) -> tuple[str, int]:
    """A measure as a whole number of its smallest unit, and how many of those make one."""
    return (f"ROUND({cell}*{10**decimals},0)", 10**decimals) if decimals else (cell, 1)


_REFUSED = {"above_whole": ABOVE, "zero_whole": ZERO}


def result_of(
    node: IndicatorNode,
    texts: Mapping[str, str],
    states: Iterable[int],
    *,
    decided: Decimal | None,
    target: Decimal | None,
) -> Decimal | str:
    """What the formula gives for the texts of an indicator's parts and the states of its input rows."""
    states = list(states)
    if -1 in states:
        return BAD
    waits = WAITS if decided is None else decided
    no_case = bool(texts.get(NO_CASE))
    if not any(states):
        return waits if no_case else ""
    if no_case:
        return ALONE
    reading = read_typed(node.rule, texts)
    if reading.refusals:
        return _REFUSED.get(next(iter(reading.refusals.values())).code, BAD)
    if reading.inputs is None:
        return PARTIAL
    result = judge(node.rule, reading.inputs, target=target)
    if isinstance(result, Scored):
        return waits if result.score is None else result.score
    if isinstance(result, Checked) and result.met is not None:
        return MET if result.met else NOT_MET
    return NO_TARGET
