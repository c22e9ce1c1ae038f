"""HTTP as the stand-ins see it, whichever server carries it: Django in the product, bare ASGI on its own."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class WireRequest:
    """One call. `path` begins after the mount point; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Decode the body. Raises ValueError."""
        return json.loads(self.body)

    @property
    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True)
class WireResponse:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    #: The answer stops after this many of its announced bytes, so the caller sees a broken connection.
    cut_after: int | None = None
    #: The pause after every few bytes of an answer that drips.
    drip_seconds: float = 0
    #: The connection breaks instead of an answer.
    is_reset: bool = False


def json_response(content: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> WireResponse:
    return WireResponse(status, json.dumps(content, ensure_ascii=False).encode(), headers=headers)


@dataclass(frozen=True)
class FormPart:
    name: str
    filename: str
    content_type: str
    value: bytes


def multipart(request: WireRequest) -> dict[str, FormPart]:
    """Split a multipart/form-data body into its parts by name. Raises ValueError."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    options = _options(parameters)
    if kind.strip().lower() != "multipart/form-data" or "boundary" not in options:
        raise ValueError("not multipart/form-data")
    delimiter = b"--" + options["boundary"].encode()
    parts: dict[str, FormPart] = {}
    for piece in (b"\r\n" + request.body).split(b"\r\n" + delimiter)[1:]:
        if piece.startswith(b"--"):
            break
        head, _, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(_header(line) for line in head.decode("utf-8", "replace").split("\r\n") if ":" in line)
        disposition = _options(headers.get("content-disposition", "").partition(";")[2])
        name = disposition.get("name", "")
        parts[name] = FormPart(name, disposition.get("filename", ""), headers.get("content-type", ""), value)
    return parts


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _options(parameters: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in parameters.split(";"))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


def query_values(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))


def parameters(request: WireRequest) -> dict[str, Any]:
    """What a call asks for, however it says it: in the query, as a form, or as a JSON object. Broken bodies count as empty."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = request.json()
        except ValueError:
            body = {}
        return {**request.query, **(body if isinstance(body, dict) else {})}
    return {**request.query, **query_values(request.body)}
