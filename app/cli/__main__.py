"""``python -m app.cli`` is ``patchwork``."""

from app.cli.main import main

main()
