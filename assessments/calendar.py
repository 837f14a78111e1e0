"""Buddhist years and Thai dates: the one home for the fiscal year and for how a date is read and written.

Dates are stored as Christian dates; a person always reads and types พ.ศ.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

BANGKOK = ZoneInfo("Asia/Bangkok")
ERA = 543
# Outside these years a typed year is a slip (a Christian year, or two digits gone astray).
FIRST_YEAR, LAST_YEAR = 2540, 2600

MONTHS = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
MONTHS_SHORT = (
    *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย."),
    *("ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
)
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def fiscal_year(day: date) -> int:
    """The Buddhist fiscal year of a day: 2569 runs from 1 October 2568 to 30 September 2569."""
    return day.year + ERA + (1 if day.month >= 10 else 0)


def fiscal_year_span(year: int) -> tuple[date, date]:
    """First and last day of a Buddhist fiscal year."""
    return date(year - ERA - 1, 10, 1), date(year - ERA, 9, 30)


def day_of(moment: datetime) -> date:
    """The day in Bangkok on which a moment falls: until 07:00 it is the day after the one in UTC."""
    return moment.astimezone(BANGKOK).date()


def today() -> date:
    """The day it is in Bangkok."""
    return day_of(timezone.now())


def end_of(day: date) -> datetime:
    """The first moment after a day in Bangkok: a window that closes on the day is open until 23:59:59."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=BANGKOK)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BANGKOK)


def from_parts(day: int, month: int, buddhist_year: int) -> date:
    """A date from what a person typed; raises ValueError with what is wrong. Leap days are judged after converting."""
    if not FIRST_YEAR <= buddhist_year <= LAST_YEAR:
        meant = buddhist_year + ERA
        if FIRST_YEAR <= meant <= LAST_YEAR:
            raise ValueError(_("Write the year as a Buddhist year: did you mean %(year)s?") % {"year": meant})
        raise ValueError(
            _("Write the year as a Buddhist year between %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    try:
        return date(buddhist_year - ERA, month, day)
    except ValueError:
        raise ValueError(_("There is no such day in that month; check the day and the month.")) from None


def _is_thai() -> bool:
    return (get_language() or "th").startswith("th")


def long_date(day: date) -> str:
    """22 พฤศจิกายน 2569 (Thai), 22 November 2569 B.E. (English)."""
    if _is_thai():
        return f"{day.day} {MONTHS[day.month - 1]} {day.year + ERA}"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year + ERA} B.E."


def thai_long_date(day: date) -> str:
    """22 พฤศจิกายน 2569, whatever language the page has: the official form is Thai."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + ERA}"


def short_date(day: date) -> str:
    """22 พ.ย. 2569."""
    if _is_thai():
        return f"{day.day} {MONTHS_SHORT[day.month - 1]} {day.year + ERA}"
    return f"{day.day} {MONTHS_EN[day.month - 1][:3]} {day.year + ERA} B.E."


def clock(moment: datetime) -> str:
    """14:32 น. (Thai), 14:32 (English), Bangkok time."""
    local = moment.astimezone(BANGKOK)
    return f"{local:%H:%M} น." if _is_thai() else f"{local:%H:%M}"


def moment_text(moment: datetime) -> str:
    """22 พ.ย. 2569 14:32 น."""
    return f"{short_date(day_of(moment))} {clock(moment)}"
