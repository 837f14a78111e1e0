"""Writes the official form of one assessment as a PDF, without the queue."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import report
from assessments.exports.support import pdf_problem
from assessments.models import Assessment


class Command(BaseCommand):
    help = "Write the official form of an assessment as a PDF file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", type=int, help="primary key of the assessment (the number in its address)")
        parser.add_argument("file", type=Path, help="where to write the PDF")

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := pdf_problem():
            raise CommandError(str(problem))
        from assessments.exports.pdf import make_pdf  # noqa: PLC0415 - needs Pango, half a second

        try:
            assessment = Assessment.objects.whole().get(pk=options["assessment"])
        except Assessment.DoesNotExist:
            raise CommandError(f"There is no assessment {options['assessment']}.") from None
        made = make_pdf(report.form_of(assessment))
        options["file"].write_bytes(made.content)
        self.stdout.write(f"{options['file']}: {made.pages} pages")
