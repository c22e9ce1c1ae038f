"""What every endpoint shares: who calls, what they may, how often, and errors of one shape."""

from typing import Any, ClassVar, TypeVar

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.authentication import Caller, ConsoleSessionAuthentication, HasScope, KeyAuthentication
from apps.api.domain import READ, WRITE
from apps.api.errors import answer_error
from apps.api.openapi import NamedAfterView
from apps.api.throttles import CommandThrottle, QueryThrottle
from apps.contracts.base import Value
from apps.contracts.conversations import ConversationValue
from apps.conversations import selectors as conversations

V = TypeVar("V", bound=Value)


class Endpoint(APIView):
    """One address of the API. `scope` is what a key needs for it."""

    scope: ClassVar[str]
    schema = NamedAfterView()
    authentication_classes = [KeyAuthentication, ConsoleSessionAuthentication]
    permission_classes = [HasScope]

    def get_exception_handler(self) -> Any:
        return answer_error

    def caller(self) -> Caller:
        found = self.request.user
        if not isinstance(found, Caller):
            raise Http404
        return found

    def conversation(self, conversation_id: str) -> ConversationValue:
        """The conversation, if this caller may see it; another tenant's does not exist."""
        found = conversations.conversation_for(self.caller().attendant, conversation_id)
        if found is None:
            raise Http404
        return found


class Query(Endpoint):
    """A question: GET only, writes nothing."""

    scope = READ
    http_method_names = ["get", "head", "options"]
    throttle_classes = [QueryThrottle]


class Command(Endpoint):
    """A command: POST only."""

    scope = WRITE
    http_method_names = ["post", "options"]
    throttle_classes = [CommandThrottle]


def asked(request: Request, shape: type[V]) -> V:
    """Read the query string. Raises pydantic's ValidationError for anything unknown or of the wrong type."""
    return shape.model_validate(request.query_params.dict())


def told(request: Request, shape: type[V]) -> V:
    """Read the body. Raises pydantic's ValidationError for anything unknown or of the wrong type."""
    return shape.model_validate(request.data if request.data is not None else {})


def answer(value: Value, *, status: int = 200) -> Response:
    return Response(value.model_dump(mode="json"), status=status)


def parameters(shape: type[Value]) -> list[OpenApiParameter]:
    """The query string of a shape, for the schema."""
    properties = shape.model_json_schema()
    known = properties.get("$defs", {})
    return [
        OpenApiParameter(name=name, required=name in properties.get("required", ()), type=_plain(field, known))
        for name, field in properties.get("properties", {}).items()
    ]


def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """The answer to an address that does not exist, in the same shape as every other error."""
    body = {"error": {"code": "not_found", "message": _("Não encontrado."), "fields": {}}}
    return JsonResponse(body, status=404)


def _plain(field: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """A field without references and nulls: a missing parameter says as much."""
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    chosen = options[0]
    if "$ref" in chosen:
        chosen = known[chosen["$ref"].rsplit("/", 1)[-1]]
    return {name: value for name, value in chosen.items() if name not in ("title", "description", "default")}
