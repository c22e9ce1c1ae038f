"""The document store: what a conversation produces. Connected lazily by `apps.common.mongo`."""

from urbana.settings.environment import env

MONGODB_URI: str = env.str("MONGODB_URI", default="mongodb://127.0.0.1:27017/urbana?replicaSet=urbana")
