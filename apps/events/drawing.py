"""The pipeline as text: what `manage.py pipeline` prints and docs/architecture.md repeats."""

from itertools import groupby

from apps.events.pipeline import Line, pipeline


def draw() -> str:
    """One block per event, one line per handler, in the order of the table."""
    blocks = []
    ordered = sorted(enumerate(pipeline()), key=lambda item: (_first(item[1]), item[0]))
    for event_type, lines in groupby((line for _, line in ordered), key=lambda line: line.event):
        blocks.append(f"{event_type.type}\n" + "\n".join(_draw_line(line) for line in lines))
    return "\n".join(blocks)


def _first(line: Line) -> int:
    return next(place for place, other in enumerate(pipeline()) if other.event is line.event)


def _draw_line(line: Line) -> str:
    notes = [f"on {line.queue}"]
    if line.when:
        notes.append(f"when {line.when.__name__}")
    if line.inline:
        notes.append("in the publisher's transaction")
    if line.due:
        notes.append("not before its time")
    if line.ephemeral:
        notes.append("a courtesy, unrecorded")
    if line.otherwise:
        notes.append(f"otherwise {line.otherwise}")
    return f"  └─► {line.to:<36} {', '.join(notes)}"
