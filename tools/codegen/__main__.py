"""Command line of the generator: `python -m tools.codegen COMMAND`.

generate --out DIR   write everything; files whose text is unchanged stay
                     (--kind stubs: only the type stubs, below DIR)
list-outputs         the files that generate writes (--kind cpu|cuda|stubs)
show NAME            all that is made from the entries called NAME
trace NAME.OVERLOAD  file:line of each hop of a call
check                the definitions and their docstrings
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import emit_pyi
from .inspect import check, show, trace
from .load import load
from .model import CodegenError
from .outputs import list_outputs, outputs, remove_stale, write_if_changed

ROOT = Path(__file__).resolve().parents[2]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.codegen", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="source tree")
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser("generate")
    generate.add_argument("--out", type=Path, default=Path("build/generated"))
    generate.add_argument("--kind", choices=("all", "stubs"), default="all")
    listing = commands.add_parser("list-outputs")
    listing.add_argument("--kind", choices=("cpu", "cuda", "python", "stubs", "all"))
    commands.add_parser("show").add_argument("name")
    commands.add_parser("trace").add_argument("name")
    commands.add_parser("check")
    args = parser.parse_args(argv)
    try:
        return _run(args)
    except CodegenError as error:
        print(error, file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    model = load(args.root)
    if args.command == "generate":
        only_stubs = args.kind == "stubs"
        files = (emit_pyi.outputs if only_stubs else outputs)(model, args.root)
        written = write_if_changed(args.out, files)
        if not only_stubs:  # stubs may go to torch/, where the rest is not ours
            remove_stale(args.out, files)
        print(f"codegen: {len(model.operators)} operators, {written} files changed")
        return 0
    if args.command == "list-outputs":
        print("\n".join(list_outputs(model, args.kind or "all")))
        return 0
    if args.command == "show":
        return show(model, args.root, args.name)
    if args.command == "trace":
        return trace(model, args.root, args.name)
    return check(model, args.root)


if __name__ == "__main__":
    sys.exit(main())
