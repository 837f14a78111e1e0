"""A state is told by a word and a shape, not by its colour alone, on every page that shows one."""

import re
from pathlib import Path

from assessments.workflow import Status


def test_each_state_has_a_shape_of_its_own_in_the_style_of_all_pages() -> None:
    css = Path("static/css/app.css").read_text()
    shapes = {status: re.findall(rf"\.status-{status}::before {{([^}}]*)}}", css) for status in Status}
    assert [status for status, found in shapes.items() if len(found) != 1] == []
    assert len({found[0] for found in shapes.values()}) == len(Status)
