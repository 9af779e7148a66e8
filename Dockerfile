# The gateway: built in one stage, run in another as a user who owns nothing but /data. The root may be read-only.

FROM python:3.12-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.runtime.lock requirements.build.lock ./
RUN python -m venv /opt/hub && /opt/hub/bin/pip install --require-hashes -r requirements.runtime.lock \
 && python -m venv /opt/build && /opt/build/bin/pip install --require-hashes -r requirements.build.lock
COPY pyproject.toml README.md LICENSE ./
COPY schema schema
COPY policies policies
COPY connectors connectors
COPY hub hub
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/hub/bin/pip install --no-deps /wheel/*.whl && /opt/hub/bin/pip uninstall --yes pip

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data hub && install -d -o hub -g hub -m 0700 /data
COPY --from=build /opt/hub /opt/hub
ENV PATH=/opt/hub/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HUB_HOST=0.0.0.0 HUB_DATA=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"HUB_PORT\", 8000)}/healthz', timeout=4)"]
ENTRYPOINT ["hub"]
CMD ["serve"]
