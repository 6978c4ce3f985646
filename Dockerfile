# syntax=docker/dockerfile:1
# Three stages: the page, the Python environment, and what runs. The last holds no compiler, no Node and no cache.

FROM node:22-bookworm-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN node build.mjs /src/static

FROM python:3.13-slim-bookworm AS environment
WORKDIR /src
RUN python -m venv /opt/patchwork
COPY requirements/base.txt requirements/base.txt
RUN /opt/patchwork/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/base.txt
COPY pyproject.toml README.md LICENSE NOTICE CHANGELOG.md alembic.ini ./
COPY alembic/ alembic/
COPY app/ app/
COPY brokerage/ brokerage/
COPY geo/ geo/
COPY pricing/ pricing/
COPY routing/ routing/
COPY --from=page /src/static app/web/static
RUN /opt/patchwork/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="patchwork-care" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/patchwork patchwork
COPY --from=environment /opt/patchwork /opt/patchwork
ENV PATH=/opt/patchwork/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/lib/patchwork/numba \
    MPLCONFIGDIR=/var/lib/patchwork/matplotlib \
    PATCHWORK_DATA_DIR=/var/lib/patchwork \
    PATCHWORK_HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/patchwork
VOLUME /var/lib/patchwork
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["patchwork"]
CMD ["serve"]
