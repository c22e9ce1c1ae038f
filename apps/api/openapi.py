"""How the schema names operations and ways to identify oneself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class NamedAfterView(AutoSchema):  # type: ignore[no-untyped-call]
    """The operation is named after its view, which says the verb for commands and the noun for questions."""

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        return f"{name[0].lower()}{name[1:]}"

    def get_tags(self) -> list[str]:
        return ["commands" if self.method == "POST" else "queries"]


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "apps.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "apps.api.authentication.ConsoleSessionAuthentication"
    name = "consoleSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
