"""Where the printed pages of the form's workbook end."""

from assessments.exports.excel_pages import Line, heights_of, pages_of, room_of, runs, scale_of


def line(height: float, standard: str = "s", area: str = "a", label: float = 10) -> Line:
    return Line(height, standard, label, area, label)


def test_a_page_is_filled_to_its_room_and_not_over() -> None:
    lines = [line(50) for _ in range(6)]
    assert [len(page) for page in pages_of(lines, first=100, later=150, closing=0)] == [2, 3, 1]
    assert [len(page) for page in pages_of(lines, first=99.9, later=150, closing=0)] == [1, 3, 2]
    assert [len(page) for page in pages_of(lines, first=300, later=300, closing=0)] == [6]


def test_a_line_taller_than_a_page_stands_alone() -> None:
    assert [len(page) for page in pages_of([line(20), line(500), line(20)], first=100, later=100, closing=0)] == [
        1,
        1,
        1,
    ]


def test_the_last_line_goes_with_what_stands_below_the_table() -> None:
    lines = [line(50) for _ in range(3)]
    assert [len(page) for page in pages_of(lines, first=200, later=200, closing=50)] == [3]
    assert [len(page) for page in pages_of(lines, first=200, later=200, closing=50.1)] == [2, 1]
    assert [len(page) for page in pages_of([line(50)], first=60, later=60, closing=50)] == [1]


def test_labels_that_need_more_room_than_their_rows_grow_the_last_one() -> None:
    tall = Line(20, "s", 70, "a", 100)
    assert heights_of([tall, tall]) == [20, 80]
    assert heights_of([Line(60, "s", 70, "a", 100), Line(60, "t", 70, "a", 100)]) == [70, 70]
    # A label counts for the room of its page: two rows of 20 with a label of 100 do not fit into 99.
    assert [len(page) for page in pages_of([tall, tall], first=99, later=99, closing=0)] == [1, 1]
    assert [len(page) for page in pages_of([tall, tall], first=100, later=99, closing=0)] == [2]


def test_a_standard_of_the_same_name_in_another_area_is_another() -> None:
    page = [line(1, "s", "a"), line(1, "s", "a"), line(1, "s", "b"), line(1, "t", "b")]
    assert list(runs(page, "standard")) == [("s", [0, 1]), ("s", [2]), ("t", [3])]
    assert list(runs(page, "area")) == [("a", [0, 1]), ("b", [2, 3])]


def test_the_scale_lets_all_columns_stand_on_one_page() -> None:
    assert scale_of([200.0], 0.4) == 70
    assert scale_of([20.0], 0.4) == 100
    assert round(room_of(70, 0.6), 1) == round((595.3 - 86.4) / 0.7 * 0.96, 1)
