# The image of web, workers, clock and Flower: one build, one command each (docker-compose.yml).
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
# Makes voice notes and videos that channels take.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 urbana && mkdir -p /app/var/media /app/var/metrics && chown -R urbana /app
COPY --from=packages /venv /venv
WORKDIR /app
COPY --chown=urbana manage.py ./
COPY --chown=urbana urbana urbana
COPY --chown=urbana apps apps
COPY --chown=urbana templates templates
COPY --chown=urbana static static
COPY --chown=urbana locale locale
COPY --chown=urbana deploy/entrypoint.sh deploy/entrypoint.sh
USER urbana
# The secret is needed to load the settings; nothing that the build makes depends on it.
RUN SECRET_KEY=only-for-collecting-static-files python manage.py collectstatic --noinput --verbosity 0
ENTRYPOINT ["deploy/entrypoint.sh"]
EXPOSE 8000
CMD ["uvicorn", "urbana.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "on", "--timeout-graceful-shutdown", "10", "--no-server-header", "--http", "apps.common.http_limits:LimitedHttp"]
