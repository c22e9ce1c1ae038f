"""The channel layer of the live sockets: Redis Pub/Sub, at most once, made harmless by the console's cursor."""

from urbana.settings.environment import URBANA_PREFIX
from urbana.settings.redis import REDIS_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{URBANA_PREFIX}:channels:"},
    },
}
