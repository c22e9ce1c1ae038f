"""The composition root: settings and four sitemaps."""
