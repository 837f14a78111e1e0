from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        from assessments import checks, signals  # noqa: F401, PLC0415 - they register themselves
        from assessments.exports import support  # noqa: F401, PLC0415
