"""The language model. The key alone switches it on; without it the assistant answers from its articles."""

from urbana.settings.environment import env

OPENAI_API_KEY: str = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL: str = env.str("OPENAI_BASE_URL", default="")
OPENAI_MODEL: str = env.str("OPENAI_MODEL", default="")
ASSISTANT_TURNS_PER_CUSTOMER_HOUR: int = env.int("ASSISTANT_TURNS_PER_CUSTOMER_HOUR", default=120)

_quiet_window: str = env.str("QUIET_WINDOW_SECONDS", default="auto").strip().lower()
# None means that the window adapts to the message ("auto").
QUIET_WINDOW_SECONDS: float | None = None if _quiet_window in ("", "auto") else float(_quiet_window)
