"""Prometheus metrics of this process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter("patchwork_requests_total", "Requests answered.", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "patchwork_request_seconds",
    "Time to answer.",
    ["route"],
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
INDEX_VERSION = Gauge("patchwork_lookup_index_version", "State version the lookup index holds.", registry=REGISTRY)
INDEX_POSTCODES = Gauge("patchwork_lookup_index_postcodes", "Postcodes in the lookup index.", registry=REGISTRY)
INDEX_SECONDS = Gauge("patchwork_lookup_index_build_seconds", "Time the last build took.", registry=REGISTRY)
