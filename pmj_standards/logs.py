"""What the log says of a refusal."""

import logging

from django.core.exceptions import PermissionDenied


class RefusalsInOneLine(logging.Filter):
    """The wrong role is no fault of the program: a warning with the reason, and no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        if isinstance(problem, PermissionDenied):
            record.msg, record.args = "%s (%s)", (record.getMessage(), problem)
            record.exc_info = None
        return True
