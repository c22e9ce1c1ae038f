"""Move every stored secret to the present SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.tenants.services import SecretsReport, rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret again after SECRET_KEY changed; the former key stands in SECRET_KEY_FALLBACKS. "
        "Safe to repeat and while the product runs. Ends with an error when a secret is opened by no known key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; end with an error while a former key is still needed."
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        report = rotate_secrets(only_look=check)
        for name in report.lost:
            self.stderr.write(f"No known key opens {name}. It was left as it is; list its key in SECRET_KEY_FALLBACKS.")
        self.stdout.write(_sentence(report, is_check=check))
        if report.lost or (check and report.former):
            raise CommandError("Do not take a key out of SECRET_KEY_FALLBACKS yet.")


def _sentence(report: SecretsReport, *, is_check: bool) -> str:
    if is_check and report.former:
        return f"{report.former} secrets still need a former key, {report.present} use the present one."
    if report.former:
        return f"{report.former} secrets moved to the present key, {report.present} used it already."
    return f"All {report.present} readable secrets use the present key."
