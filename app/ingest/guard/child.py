"""The process that reads one file: it limits itself, reads, and hands the outcome back through a file."""

from __future__ import annotations

import contextlib
import importlib
import pickle
import sys
from pathlib import Path
from typing import Any


def main(order: Path, answer: Path) -> None:
    """Carry out the order in one file and leave the outcome in another."""
    name, arguments, keywords, memory_bytes = pickle.loads(order.read_bytes())  # noqa: S301 - written by our own parent
    module, _, function = name.partition(":")
    called = getattr(importlib.import_module(module), function)
    _limit(memory_bytes)
    outcome: tuple[str, Any]
    try:
        outcome = "value", called(*arguments, **keywords)
    except MemoryError:
        outcome = "memory", None
    except Exception as error:  # noqa: BLE001 - whatever the reader raises is the outcome
        outcome = "error", error
    except BaseException as error:  # noqa: BLE001 - a panic of native code is no Exception
        outcome = "panic", type(error).__name__
    answer.write_bytes(_pickled(outcome))


def _pickled(outcome: tuple[str, Any]) -> bytes:
    try:
        sent = pickle.dumps(outcome)
        pickle.loads(sent)  # noqa: S301 - our own; an exception with arguments of its own fails only here
    except Exception:  # noqa: BLE001 - told by its type instead
        return pickle.dumps(("unsendable", type(outcome[1]).__name__))
    return sent


def _limit(memory_bytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits on this system
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
