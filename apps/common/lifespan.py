"""Things that live as long as the web process: started before the first request, stopped after the last."""

import logging
from typing import Protocol

logger = logging.getLogger(__name__)


class Component(Protocol):
    """Something an app wants to run inside the web process's event loop."""

    async def start(self) -> None:
        """Get ready; an exception here keeps the web process from starting."""

    async def stop(self) -> None:
        """Finish what is begun; the process ends ten seconds later at the latest."""


_components: list[Component] = []


def register(component: Component) -> None:
    """Add a component; registering the same one again changes nothing."""
    if component not in _components:
        _components.append(component)


async def start_all() -> None:
    """Start the components in the order in which they registered."""
    for component in _components:
        await component.start()
        logger.info("component started", extra={"component": type(component).__name__})


async def stop_all() -> None:
    """Stop them in the opposite order."""
    for component in reversed(_components):
        await component.stop()
