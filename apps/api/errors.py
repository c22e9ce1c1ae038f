"""One shape for every error: {"error": {"code", "message", "fields"}}."""

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from pydantic import ValidationError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.contracts.base import Value
from apps.contracts.errors import (
    AlreadyAssigned,
    CapacityReached,
    MergeRefused,
    NotHolder,
    OptedOut,
    SendError,
    TemplateRefused,
    UrbanaError,
    WindowClosed,
)


class ErrorDetail(Value):
    """`fields` says what is wrong with each field of an invalid request, by its path."""

    code: str
    message: str
    fields: dict[str, list[str]] = {}


class ErrorBody(Value):
    error: ErrorDetail


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an error into a response; None for what is nobody's mistake but ours, which Django reports."""
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, UrbanaError):
        return _refused(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _body(_code(error), _message(error))
    return response


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, DjangoPermissionDenied):
        return "permission_denied"
    return str(error.default_code) if isinstance(error, exceptions.APIException) else "error"


def _message(error: Exception) -> str:
    if isinstance(error, Http404):
        return _("Não encontrado.")
    if isinstance(error, exceptions.NotAuthenticated):
        return _("Envie uma chave da API ou entre no console.")
    if isinstance(error, exceptions.APIException):
        return str(error.detail) if isinstance(error.detail, str) else str(error.default_detail)
    return _("Não permitido.")


def _refused(error: UrbanaError) -> Response:
    match error:
        case AlreadyAssigned():
            who = error.attendant_name or _("Outra pessoa")
            return Response(_body(error.code, _("%(who)s já assumiu este atendimento.") % {"who": who}), status=409)
        case CapacityReached():
            return Response(_body(error.code, _("Não há vaga: o limite de atendimentos foi atingido.")), status=409)
        case NotHolder():
            return Response(_body(error.code, _("Só quem está com a conversa pode fazer isso.")), status=403)
        case MergeRefused():
            return Response(_body(error.code, str(error)), status=409)
        case OptedOut():
            return Response(_body(error.code, _("O cliente pediu para não receber mensagens.")), status=409)
        case TemplateRefused():
            fields = {name: [problem] for name, problem in error.fields.items()}
            return Response(_body(error.code, str(error) or _("Confira os campos."), fields), status=400)
        case SendError(code="not_sendable"):
            return Response(_body(error.code, str(error)), status=400)
        case SendError(code="storage_away"):
            return Response(_body(error.code, str(error)), status=503, headers={"Retry-After": "10"})
        case WindowClosed():
            message = _("A janela de 24 horas fechou: só um modelo aprovado chega ao cliente.")
            return Response(_body(error.code, message), status=409)
        case _:
            return Response(_body(error.code, _("Não foi possível.")), status=503)


def _invalid(error: ValidationError) -> Response:
    fields: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"]) or "body"
        fields.setdefault(name, []).append(_explain(problem["type"]))
    return Response(_body("invalid", _("Confira os campos."), fields), status=400)


def _explain(kind: str) -> str:
    if kind == "missing":
        return _("Campo obrigatório.")
    if kind == "extra_forbidden":
        return _("Campo desconhecido.")
    if kind == "incomplete":
        return _("Falta o que este tipo de mensagem precisa.")
    if kind.endswith("_type"):
        return _("Tipo errado.")
    if kind == "string_too_long":
        return _("Longo demais.")
    if kind == "string_too_short":
        return _("Não pode ficar vazio.")
    return _("Valor inválido.")


def _body(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return ErrorBody(error=ErrorDetail(code=code, message=message, fields=fields or {})).model_dump(mode="json")
