"""The composition root: settings and four sitemaps."""

from urbana.celery import app as celery_app

__all__ = ["celery_app"]
