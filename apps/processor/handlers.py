"""Reactions of the processor to events."""

from apps.contracts.events import MessageReceived
from apps.processor import services


def process_message(event: MessageReceived) -> None:
    services.process_message(event.message)
