"""How kernels are compiled: cached where a cache can be written, and free of the interpreter lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile `function` with numba, without the interpreter lock, and keep the machine code for the next process.

    numba looks for a cache beside the source, then in the user's cache folder (``NUMBA_CACHE_DIR`` where that is set).
    In a read-only installation without a home it finds neither and refuses; then the kernel is compiled again by every
    process, which costs seconds, rather than failing.
    """
    try:
        compiled: F = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        compiled = njit(nogil=True, error_model="numpy")(function)
    return compiled
