"""What the clock starts in conversations."""

from celery import shared_task

from apps.conversations import services


@shared_task(name="conversations.heal_lanes", ignore_result=True)
def heal_lanes() -> None:
    services.heal_lanes()
