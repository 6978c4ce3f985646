"""Write the reference pages that follow from the code: settings, roles, problems, command line, HTTP.

python scripts/make_reference.py            write docs/reference/
python scripts/make_reference.py --check    change nothing; end with 1 and name the pages that are out of date
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic_core import PydanticUndefined

from app.api.openapi.answers import ordinary
from app.cli.main import app as command_line
from app.main import create_app
from app.problems import CATALOGUE
from app.security import roles
from app.settings import Settings

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
NOTICE = "<!-- Written by scripts/make_reference.py from the code. Change the code, then run it again. -->\n\n"


def settings_page() -> str:
    """Every setting with its environment variable, default and meaning."""
    lines = [
        "# Settings\n",
        "Each setting is an environment variable, or a line of a file `.env` in the folder the command is started in.",
        "`patchwork doctor --settings` prints them with the values in force: the administrator key and a",
        "password inside a database address are masked.",
        "A wrong value stops the command; the message names the setting.\n",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        limits = _limits(field.metadata)
        meaning = _cell(field.description or "") + (f" ({limits})" if limits else "")
        lines.append(f"| `PATCHWORK_{name.upper()}` | {_default(field)} | {meaning} |")
    return _page(lines)


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "the machine's host name"
    value = field.default
    if value is None or value is PydanticUndefined:
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _limits(metadata: Iterable[Any]) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return ", ".join(
        f"{said} {getattr(item, name)}" for item in metadata for name, said in words.items() if hasattr(item, name)
    )


def roles_page() -> str:
    """The table of roles and permissions, and what each permission opens."""
    lines = [
        "# Roles and permissions\n",
        "A key has one role. The table is the one the service enforces.\n",
        roles.matrix_as_markdown(),
        "## What each permission opens\n",
        "| permission | opens |",
        "|---|---|",
        *(f"| `{value}` | {_cell(meaning)} |" for value, meaning in _permission_meanings()),
        "",
        "`GET /`, `/docs`, `/openapi.json`, `/health/live`, `/health/ready`, `/metrics` and `/problems/…` ask for no",
        "key. `GET /page/session` gives the first page a viewer's token where `PATCHWORK_PUBLIC_PAGE` lets anyone",
        "look.",
        "[HTTP API](http-api.md) names the permission of every address.",
    ]
    return _page(lines)


def _permission_meanings() -> Iterator[tuple[str, str]]:
    body = ast.parse(inspect.getsource(roles.Permission)).body[0]
    if not isinstance(body, ast.ClassDef):
        raise TypeError("roles.Permission is not a class")
    for member, meaning in zip(body.body, body.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(meaning, ast.Expr):
            yield ast.literal_eval(member.value), ast.literal_eval(meaning.value)


def problems_page() -> str:
    """Every kind of problem document."""
    lines = [
        "# Problems\n",
        "Every error is a problem document (RFC 9457, `application/problem+json`): `type` is `/problems/` and a name",
        "below, `title` and `detail` say what is wrong, `status` repeats the HTTP status, `request_id` finds the",
        "request in the log. Some carry more: `errors` lists every wrong field or row, `suggestions` the postcodes",
        "probably meant.\n",
        "| name | means |",
        "|---|---|",
        *(f"| `{name}` | {_cell(meaning)} |" for name, meaning in sorted(CATALOGUE.items())),
    ]
    return _page(lines)


def command_line_page() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Command line\n",
        "Results go to standard output and messages to standard error. `--json`, where there is one, prints JSON for",
        "programs. Commands end with 0 when all is well, 1 when something is missing or wrong in the installation, and",
        "2 when the input was refused.\n",
    ]
    root = typer.main.get_command(command_line)
    for words, command in _commands(root, "patchwork"):
        arguments = [item for item in command.params if item.param_type_name == "argument"]
        usage = " ".join([words, *(str(item.name).upper() for item in arguments)])
        lines += [f"## `{usage}`\n", inspect.cleandoc(command.help or "") + "\n"]
        rows = [row for item in command.params if (row := _parameter_row(item)) is not None]
        if rows:
            lines += ["| option | default | meaning |", "|---|---|---|", *rows, ""]
    return _page(lines)


def _commands(command: Any, words: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, typer.core.TyperGroup):
        yield words, command
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from _commands(command.get_command(context, name), f"{words} {name}")


def _parameter_row(item: Any) -> str | None:
    if item.name == "help":
        return None
    name = f"`{item.name.upper()}`" if item.param_type_name == "argument" else f"`{'`, `'.join(item.opts)}`"
    if item.required:
        default = "needed"
    elif item.default is None or item.default == "" or item.default is False:
        default = ""
    else:
        default = f"`{getattr(item.default, 'value', item.default)}`"
    return f"| {name} | {default} | {_cell(item.help or '')} |"


def http_page() -> str:
    """Every address with its permission, parameters and answers."""
    with tempfile.TemporaryDirectory() as folder:
        # Only described here, never started: nothing is written and no database is opened.
        app = create_app(Settings(_env_file=None, data_dir=Path(folder), database_url="sqlite://"))  # type: ignore[call-arg]
    schema = app.openapi()
    permissions = dict(_permissions(app.routes))
    lines = [
        "# HTTP API\n",
        "The service describes itself at `/docs` (a page) and `/openapi.json`, with every field and example. This is",
        "the list of addresses. Send a key as `Authorization: Bearer <key>`; [roles](roles.md) says which role has",
        "which permission. Errors are [problem documents](problems.md). Those that follow from the shape of an address",
        "(401, 403 and 503 with a key, 400, 413 and 422 with a body, 409 for a write) are left out below.",
        "[openapi.json](openapi.json) is the whole description, for client generators.\n",
        "- **Reads** carry an `ETag`. Send it back as `If-None-Match` and get 304 when nothing has changed.",
        "- **Lists** come in pages: `limit`, and `next_cursor` of one page as `cursor` of the next.",
        "- **Writes** take an `Idempotency-Key`. The same key with the same request has no second effect.",
        "- **Every answer** carries `X-Request-ID`; one sent along (8 to 64 harmless characters) is kept.\n",
    ]
    noun = None
    for path, method, operation in _operations(schema):
        tag = operation["tags"][0]
        if tag != noun:
            noun = tag
            lines.append(f"## {tag.capitalize()}\n")
        permission = permissions.get((method.upper(), path))
        left_out = {str(status) for status in (304, *ordinary(schema, path, method, operation))} - {"404"}
        codes = [code for code in sorted(operation["responses"]) if code not in left_out]
        lines += [f"### `{method.upper()} {path}`\n", inspect.cleandoc(operation.get("description", "")) + "\n"]
        lines.append(f"Needs {f'`{permission}`' if permission else 'no key'}. Answers {', '.join(codes)}.\n")
        rows = [
            f"| `{item['name']}` | {item['in']} | {'needed' if item.get('required') else ''} "
            f"| {_cell(item.get('description') or item['schema'].get('description', ''))} |"
            for item in operation.get("parameters", [])
        ]
        if rows:
            lines += ["| parameter | in | | meaning |", "|---|---|---|---|", *rows, ""]
    return _page(lines)


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    found = [
        (path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]
    tags = list(dict.fromkeys(operation["tags"][0] for _, _, operation in found))
    yield from sorted(found, key=lambda item: tags.index(item[2]["tags"][0]))


def _permissions(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[tuple[str, str], str]]:
    """The permission of each method and path; routers may be nested."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _permissions(route.original_router.routes, prefix + (route.include_context.prefix or ""))
            continue
        for needed in getattr(getattr(route, "dependant", None), "dependencies", []):
            permission = getattr(needed.call, "permission", None)
            if permission is not None:
                for method in route.methods:
                    yield (method, prefix + route.path), permission.value


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(lines: Iterable[str]) -> str:
    return NOTICE + "\n".join(lines).rstrip() + "\n"


PAGES = {
    "settings.md": settings_page,
    "roles.md": roles_page,
    "problems.md": problems_page,
    "command-line.md": command_line_page,
    "http-api.md": http_page,
}


def main() -> int:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if a page is out of date")
    check: bool = parser.parse_args().check
    late = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            late.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    print(f"{'Out of date' if check else 'Written'}: {', '.join(late) or 'none'}")
    return int(check and bool(late))


if __name__ == "__main__":
    sys.exit(main())
