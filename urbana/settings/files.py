"""Static files, served by the web process itself, and the files of conversations."""

from apps.common.storage_address import storage_for
from urbana.settings.base import DEBUG
from urbana.settings.environment import BASE_DIR, VAR_DIR, env

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
# Media is never served from a public address: a view checks who asks.
MEDIA_URL = "/media-is-private/"
MEDIA_STORAGE_URL: str = env.str("MEDIA_STORAGE_URL", default="")
MEDIA_STORAGE_ACCESS_KEY: str = env.str("MEDIA_STORAGE_ACCESS_KEY", default="")
MEDIA_STORAGE_SECRET_KEY: str = env.str("MEDIA_STORAGE_SECRET_KEY", default="")
# Makes of a file what a channel takes; unset, it is looked for on the path.
FFMPEG: str = env.str("FFMPEG", default="")
STORAGES = {
    "default": storage_for(MEDIA_STORAGE_URL, access_key=MEDIA_STORAGE_ACCESS_KEY, secret_key=MEDIA_STORAGE_SECRET_KEY),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Finds the files where they are, so that nothing has to be collected before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
