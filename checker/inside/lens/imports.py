"""Loads the program's own other modules through the lens."""

from __future__ import annotations

import importlib.machinery
import io
import os
import sys
from collections.abc import Callable, Sequence
from types import CodeType, ModuleType
from typing import Any


class _Loader(importlib.machinery.SourceFileLoader):
    compile: Callable[[str, str], CodeType]

    def get_code(self, fullname: str) -> CodeType:
        """From the source, whatever is cached."""
        path = self.get_filename(fullname)
        with io.open_code(path) as file:
            return self.compile(self._text(file.read()), path)

    @staticmethod
    def _text(source: bytes) -> str:
        import importlib.util

        return importlib.util.decode_source(source)


class _Finder:
    """Finds what lies in one folder."""

    def __init__(self, folder: str, compile_source: Callable[[str, str], CodeType]) -> None:
        self.folder, self.compile = folder, compile_source

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """The module's spec with our loader, or None where it is none of the folder's."""
        first = name.partition(".")[0]
        if not any(os.path.exists(self.folder + one) for one in (first, first + ".py")):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not spec.origin.startswith(self.folder):
            return None
        if "site-packages" in spec.origin or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        loader = _Loader(name, spec.origin)
        loader.compile = self.compile
        spec.loader = loader
        return spec


def install(folder: str, compile_source: Callable[[str, str], CodeType]) -> None:
    """Ask our finder first; a module of the folder that is loaded already stays as it is."""
    sys.meta_path.insert(0, _Finder(folder, compile_source))
