"""A row of the benchmark table: median and spread of a few repeats."""

from statistics import median
from typing import TypedDict


class Row(TypedDict):
    id: str
    metric: str
    median: float
    lowest: float
    highest: float
    unit: str


def row(identifier: str, metric: str, values: list[float], unit: str) -> Row:
    return {
        "id": identifier,
        "metric": metric,
        "median": round(median(values), 3),
        "lowest": round(min(values), 3),
        "highest": round(max(values), 3),
        "unit": unit,
    }


def table(rows: list[Row]) -> str:
    """The rows as Markdown, ready for a page or a note."""
    lines = ["| id | metric | median | lowest–highest | unit |", "|---|---|---|---|---|"]
    lines += [
        f"| {r['id']} | {r['metric']} | {r['median']:g} | {r['lowest']:g}–{r['highest']:g} | {r['unit']} |"
        for r in rows
    ]
    return "\n".join(lines)
