#!/bin/sh
# Resolve for every supported Python at once; name no download address, so that any index with the same files will do.
set -eu
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool"
"$tool/bin/pip" -q install uv
compile() { "$tool/bin/uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"; }
compile pyproject.toml --extra build -o requirements/base.txt
compile pyproject.toml --extra build --extra dev -c requirements/base.txt -o requirements/dev.txt
compile requirements/mutants.in -c requirements/dev.txt -o requirements/mutants.txt
compile requirements/node.in -o requirements/node.txt
compile bench/zoning/peers-requirements.in -c requirements/dev.txt -o bench/zoning/peers-requirements.txt
