"""One JSON object per log line, with the trace it belongs to and without personal data."""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

from apps.common.masking import mask
from apps.common.tracing import span_id, trace_id

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON. What is passed as `extra` becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line; every text in it is masked."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
            "process": os.environ.get("URBANA_PROCESS", ""),
            "pid": record.process,
            "trace_id": trace_id(),
            "span_id": span_id(),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and not name.startswith("_"):
                line[name] = _plain(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value))
