"""The memo of a round: its sentences and attachments from the figures that the country's pages show. Read only."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q

from assessments.calendar import thai_long_date
from assessments.country import LEVEL_CODES, NO_LEVEL, Line, Stand, line, tallies
from assessments.memo import Head, Memo, Paragraph, Table, in_thai_digits
from assessments.models import Answer, FormFile
from assessments.queries.country import OVERALL, Country
from assessments.queries.values import CLAIMED, FINAL, VERIFIED
from assessments.workflow import Status
from indicators.editions import DimensionNode
from indicators.scoring import LEVELS, level_rows
from indicators.thai import number, rounded

# The words of the document, which is Thai whatever language its reader chose.
LEVEL_NAMES = {level.code: level.name for level in LEVELS} | {NO_LEVEL: "ยังไม่ทราบระดับ"}
VALUE_NAMES = {CLAIMED: "คะแนนที่สำนักงานประเมิน", VERIFIED: "คะแนนที่ตรวจแล้ว", FINAL: "คะแนนสุดท้าย"}
OPEN = "–"


def memo_of(
    country: Country, *, head: Head, consideration: str, proposal: str, signer: str, position: str, thai_digits: bool
) -> Memo:
    """One query beside those of `country`, which holds every office of the round."""
    memo = Memo(
        year=country.round.year,
        head=head,
        paragraphs=(
            *_background(country),
            *_facts(country),
            Paragraph("heading", "3. ข้อพิจารณา"),
            *_typed(consideration),
            Paragraph("heading", "4. ข้อเสนอ"),
            *_typed(proposal),
        ),
        signer=signer,
        position=position,
        tables=(_by_province(country), _by_indicator(country), _resources(country)),
    )
    return in_thai_digits(memo) if thai_digits else memo


def kept_memo(content_hash: str) -> FormFile | None:
    """A memo that was made, with its content; None for anything else that has a file."""
    row = FormFile.objects.filter(content_hash=content_hash).first()
    return row if row is not None and row.content.get("kind") == "memo" else None


def _typed(text: str) -> list[Paragraph]:
    return [Paragraph("text", each.strip()) for each in text.splitlines() if each.strip()]


def _background(country: Country) -> list[Paragraph]:
    standard = country.standard
    areas = len(standard.areas)
    standards = len({(node.dimension, node.standard) for node in standard.indicators.values()})
    return [
        Paragraph("heading", "1. เรื่องเดิม"),
        Paragraph(
            "text",
            f"มาตรฐานการปฏิบัติหน้าที่ของสำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด พ.ศ. {standard.year} "
            f"มีองค์ประกอบ {len(standard.dimensions)} มิติ {areas} ด้าน {standards} มาตรฐาน "
            f"{len(standard.indicators)} ตัวชี้วัด กำหนดให้ สนง.พมจ. ประเมินตนเองปีละหนึ่งครั้ง",
        ),
    ]


def _facts(country: Country) -> list[Paragraph]:
    round_ = country.round
    offices, counted = len(country.offices), len(country.counted)
    sent = sum(office.status not in (Status.DRAFT, "new") for office in country.offices)
    found = [
        Paragraph("heading", "2. ข้อเท็จจริง"),
        Paragraph(
            "text",
            f"2.1 ในปีงบประมาณ พ.ศ. {round_.year} เปิดรับการประเมินตนเองตั้งแต่วันที่ {thai_long_date(round_.opens_on)} "
            f"ถึงวันที่ {thai_long_date(round_.closes_on)} มีสำนักงานในรอบการประเมิน {offices} จังหวัด "
            f"ส่งผลการประเมินแล้ว {sent} จังหวัด บันทึกฉบับนี้ใช้{VALUE_NAMES[country.value]} จาก {counted} จังหวัด",
        ),
        Paragraph(
            "text",
            "2.2 การประเมินผลตามมาตรฐานและตัวชี้วัดนั้น ใช้คะแนนของมิติที่ 2 - 4 มาคิดผลรวมการประเมิน โดยไม่รวมมิติที่ 1 "
            "เนื่องจากใช้ประเมินสถานการณ์ปัจจุบันด้านปัจจัยนำเข้าของแต่ละ สนง.พมจ. เพื่อพิจารณาจัดสรรทรัพยากรในภาพรวม "
            "โดยมีช่วงระดับคะแนน ดังนี้",
        ),
        *(Paragraph("item", f"{row.low:.2f} - {row.high:.2f} หมายถึง {row.level.name}") for row in level_rows()),
        Paragraph("text", "2.3 ผลการประเมินตนเองตามมาตรฐานการปฏิบัติหน้าที่ของ สนง.พมจ. สรุปได้ ดังนี้"),
    ]
    if not counted:
        return [*found, Paragraph("text", f"ยังไม่มีจังหวัดที่มี{VALUE_NAMES[country.value]}")]
    for dimension in _scored(country):
        name = f"มิติที่ {dimension.number} {dimension.short_name}"
        found += _result(name, line(country.stands(str(dimension.number))))
    found += _result("ผลสรุปคะแนนภาพรวมทั้ง 3 มิติ", line(country.stands(OVERALL)))
    found.append(
        Paragraph(
            "text",
            "รายละเอียดรายจังหวัดตามเอกสารแนบ 1 รายตัวชี้วัดตามเอกสารแนบ 2 และมิติที่ 1 ปัจจัยนำเข้า ตามเอกสารแนบ 3",
        )
    )
    return found


def _scored(country: Country) -> list[DimensionNode]:
    return [dimension for dimension in country.standard.dimensions if dimension.scored]


def _result(name: str, found: Line) -> list[Paragraph]:
    """ "มิติที่ 2 ... มีคะแนนภาพรวมที่ 8.88 คะแนน จาก 10 คะแนนเต็ม", then a line for each level that offices stand at."""
    if found.two is None:
        first = f"{name} ยังไม่มีจังหวัดที่มีคะแนนครบทุกตัวชี้วัด"
    else:
        first = f"{name} มีคะแนนภาพรวมที่ {found.two} คะแนน จาก 10 คะแนนเต็ม"
        if found.measured != found.counted:
            first += f" (ค่าเฉลี่ยของ {found.measured} จังหวัดที่มีคะแนนครบทุกตัวชี้วัด)"
    levels = [each for each in (*found.levels, found.unknown) if each.number]
    return [
        Paragraph("text", first),
        *(
            Paragraph("item", f"{LEVEL_NAMES[each.level]} {each.number} จังหวัด (ร้อยละ {each.percent})")
            for each in levels
        ),
    ]


def _by_province(country: Country) -> Table:
    keys = [*(str(dimension.number) for dimension in _scored(country)), OVERALL]
    columns = [country.stands(key) for key in keys]
    rows = [
        (str(place), office.name, *(_mean(stand) for stand in stands), LEVEL_NAMES[stands[-1].level])
        for place, (office, *stands) in enumerate(zip(country.counted, *columns, strict=True), start=1)
    ]
    means = ("", "ค่าเฉลี่ย", *(_two(line(stands)) for stands in columns), "")
    return Table(
        title=f"เอกสารแนบ 1 ผลการประเมินรายจังหวัด ปีงบประมาณ พ.ศ. {country.round.year}",
        note=f"{VALUE_NAMES[country.value]} จาก {len(rows)} จังหวัด"
        " · ช่วงคะแนนคือค่าต่ำสุดและสูงสุดที่เป็นไปได้ เมื่อยังมีตัวชี้วัดที่ไม่มีคะแนน"
        " · ค่าเฉลี่ยคิดจากจังหวัดที่มีคะแนนครบทุกตัวชี้วัด",
        heads=("ลำดับ", "จังหวัด", *(f"มิติที่ {key}" for key in keys[:-1]), "มิติที่ 2+3+4", "ระดับ"),
        rows=(*rows, means) if rows else (),
        numbers=(0, *range(2, 2 + len(keys))),
    )


def _mean(stand: Stand) -> str:
    return str(stand.low) if stand.low == stand.high else f"{stand.low}–{stand.high}"


def _two(found: Line) -> str:
    return OPEN if found.two is None else str(found.two)


def _by_indicator(country: Country) -> Table:
    scored = country.standard.scored
    found = tallies(country.rows, len(scored))
    rows = [
        (
            node.code,
            node.name,
            OPEN if tally.mean is None else str(rounded(tally.mean)),
            *map(str, tally.scores),
            str(tally.open),
        )
        for node, tally in zip(scored, found, strict=True)
    ]
    return Table(
        title=f"เอกสารแนบ 2 ผลการประเมินรายตัวชี้วัด มิติที่ 2 - 4 ปีงบประมาณ พ.ศ. {country.round.year}",
        note=f"{VALUE_NAMES[country.value]} จาก {len(country.counted)} จังหวัด · จำนวนจังหวัดที่ได้แต่ละคะแนน",
        heads=("ตัวชี้วัด", "ชื่อ", "ค่าเฉลี่ย", *_score_heads(), "ยังไม่มีคะแนน"),
        rows=tuple(rows),
        numbers=tuple(range(2, 4 + len(LEVEL_CODES))),
        wide=True,
    )


def _score_heads() -> list[str]:
    return [f"{number(Decimal(10) - place * Decimal('2.5'))} คะแนน" for place in range(len(LEVEL_CODES))]


def _resources(country: Country) -> Table:
    nodes = [node for node in country.standard.indicators.values() if not node.scored]
    answers = Answer.objects.filter(assessment__in=[office.pk for office in country.counted])
    counted = {
        pk: (met, missed)
        for pk, met, missed in answers.filter(indicator__in=[node.pk for node in nodes])
        .order_by()
        .values_list("indicator")
        .annotate(yes=Count("pk", filter=Q(met=True)), no=Count("pk", filter=Q(met=False)))
    }
    total = len(country.counted)
    rows: Sequence[tuple[str, ...]] = [
        (node.code, node.name, *map(str, counted.get(node.pk, (0, 0))), str(total - sum(counted.get(node.pk, (0, 0)))))
        for node in nodes
    ]
    return Table(
        title=f"เอกสารแนบ 3 มิติที่ 1 ปัจจัยนำเข้า ปีงบประมาณ พ.ศ. {country.round.year}",
        note=f"ตามที่สำนักงานประเมิน จาก {total} จังหวัด · จำนวนจังหวัดที่ผ่านและไม่ผ่านเกณฑ์",
        heads=("ตัวชี้วัด", "ชื่อ", "ผ่านเกณฑ์", "ไม่ผ่านเกณฑ์", "ยังไม่ทราบ"),
        rows=tuple(rows),
        numbers=(2, 3, 4),
        wide=True,
    )
