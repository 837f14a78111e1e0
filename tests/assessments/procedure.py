"""The procedure written down a second time and otherwise than the table, for the tests to compare with."""

OFFICE = {"office_editor", "office_head"}
CENTRE = {"reviewer", "manager"}
EVERYBODY = OFFICE | CENTRE | {"supporter", "inspector", "admin"}
STATUSES = ("draft", "submitted", "in_review", "returned", "verified", "replied", "final", "published")

# (action, status) -> (roles, next status, only in an open window, how the reply's window has to stand or "").
# What is not here is refused.
REFERENCE: dict[tuple[str, str], tuple[set[str], str, bool, str]] = {
    ("edit", "draft"): (OFFICE, "draft", True, ""),
    ("edit", "returned"): (OFFICE, "returned", True, ""),
    ("submit", "draft"): ({"office_head"}, "submitted", True, ""),
    ("submit", "returned"): ({"office_head"}, "submitted", True, ""),
    ("begin", "submitted"): (CENTRE, "in_review", False, ""),
    ("judge", "submitted"): (CENTRE, "submitted", False, ""),
    ("judge", "in_review"): (CENTRE, "in_review", False, ""),
    ("return", "submitted"): (CENTRE, "returned", False, ""),
    ("return", "in_review"): (CENTRE, "returned", False, ""),
    ("verify", "submitted"): (CENTRE, "verified", False, ""),
    ("verify", "in_review"): (CENTRE, "verified", False, ""),
    ("respond", "verified"): (OFFICE, "verified", False, "open"),
    ("reply", "verified"): ({"office_head"}, "replied", False, "open"),
    ("settle", "replied"): (CENTRE, "replied", False, ""),
    ("finalise", "replied"): (CENTRE, "final", False, ""),
    ("finalise", "verified"): (CENTRE, "final", False, "closed"),
    ("publish", "final"): ({"manager"}, "published", False, ""),
    ("reopen", "final"): ({"manager"}, "in_review", False, ""),
    ("reopen", "published"): ({"manager"}, "in_review", False, ""),
    ("extend", "draft"): ({"manager"}, "draft", False, ""),
    ("extend", "returned"): ({"manager"}, "returned", False, ""),
    **{("assign", status): (OFFICE, status, False, "") for status in ("draft", "returned")},
    **{("view", status): (EVERYBODY, status, False, "") for status in STATUSES},
    **{("visit", status): ({"supporter", "inspector"}, status, False, "") for status in STATUSES},
    **{("plan", status): (OFFICE, status, False, "") for status in STATUSES},
    **{("discuss", status): (OFFICE, status, False, "") for status in STATUSES},
    **{("comment", status): (OFFICE | CENTRE, status, False, "") for status in STATUSES[:6]},
    **{("comment", status): (OFFICE | CENTRE | {"supporter"}, status, False, "") for status in ("draft", "returned")},
}


def expected(role: str, action: str, status: str, window: str, reply: str) -> bool:
    """Whether it may be done: `window` is the round's, `reply` that of the office's reply."""
    roles, _to, in_window, wanted = REFERENCE.get((action, status), (set(), "", False, ""))
    return role in roles and (window == "open" or not in_window) and wanted in ("", reply)
