"""What docs/design, docs/tutorials and CONTRIBUTING.md name is in the tree.

Names stand in backticks. One that looks like a path is a file or folder, as seen
from the root or from any folder above it, with `<Topic>`, `*` and `{h,cpp}` for
several; `path:line` has to be about what its paragraph names. Any other is code,
of which every word has to occur in the sources or in what the generator makes.
Sections called "Rejected" name what is not there, and are left out.
"""

from __future__ import annotations

import functools
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        *ROOT.glob("docs/design/*.md"),
        *ROOT.glob("docs/tutorials/*.md"),
        ROOT / "CONTRIBUTING.md",
    ]
)
NOT_OURS = {
    "build",
    ".git",
    ".venv",
    "__pycache__",
    "third_party",
    ".pytest_cache",
}
CODE = {".py", ".pyi", ".h", ".cpp", ".cu", ".cuh", ".yaml", ".cmake", ".toml", ".txt"}
WORD = re.compile(r"[A-Za-z_]\w*")
PATH = re.compile(
    r"[\w./*{},<>-]*(/[\w*]|\w/|\w\.(py|pyi|h|cpp|cuh?|yaml|md|so|cmake)\b)"
)

# Names that are right and not ours.
ELSEWHERE = {
    "INST": "an opcode of Python's pickle",
    "OBJ": "an opcode of Python's pickle",
    "NEWOBJ_EX": "an opcode of Python's pickle",
    "Python.h": "Python's own header",
    "data/0": "an entry of a saved file",
    "data/1": "an entry of a saved file",
    ".data/serialization_id": "an entry of a saved file",
    "libtorch.so": "compiled",
    "libtorch_cuda.so": "compiled",
    "torch/_C": "compiled",
    "torch/include": "installed headers",
    "toy.cpp": "what add_a_device.md has its reader write",
}


@functools.cache
def generated() -> dict[str, str]:
    """What `python -m tools.codegen generate` writes: path to text."""
    pytest.importorskip("yaml")
    sys.path.append(str(ROOT))
    from tools.codegen.load import load
    from tools.codegen.outputs import outputs

    return outputs(load(ROOT), ROOT)


@functools.cache
def files() -> dict[str, Path | None]:
    """The tree's files and folders, and those of build/generated."""
    found: dict[str, Path | None] = {
        path.relative_to(ROOT).as_posix(): path
        for path in ROOT.rglob("*")
        if not NOT_OURS & set(path.relative_to(ROOT).parts)
    }
    for name in generated():
        found[f"build/generated/{name}"] = None
        found[str(Path(f"build/generated/{name}").parent)] = None
    found["build/generated"] = None
    return found


@functools.cache
def words() -> frozenset[str]:
    """Every identifier of the sources and of the generated code."""
    texts = [path.read_text() for path in files().values() if path and is_code(path)]
    return frozenset(
        w for text in [*texts, *generated().values()] for w in WORD.findall(text)
    )


def is_code(path: Path) -> bool:
    return path.is_file() and path.suffix in CODE and path != Path(__file__)


def alternatives(name: str) -> list[str]:
    """`a.{h,cpp}` is two names, `<Topic>` any."""
    name = re.sub(r"<\w+>|\.\.\.", "*", name).strip("/")
    found = re.match(r"(.*)\{(.*)\}(.*)", name)
    if found is None:
        return [name]
    before, several, after = found.groups()
    return [f"{before}{one}{after}" for one in several.split(",")]


def is_there(name: str) -> bool:
    """A file, folder or stem (`aten/Parallel`) of that name."""
    name = re.sub(r"^\.\./", "", name)
    return any(
        fnmatchcase(f"/{path}", f"*/{pattern}")
        for path in files()
        for pattern in (name, f"{name}.h")
    )


def spans(page: Path) -> tuple[list[str], str]:
    """Paragraphs with names, and the code of the page's fenced blocks."""
    text = page.read_text()
    blocks = "\n".join(re.findall(r"^ *```.*?^ *```", text, flags=re.M | re.S))
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
    text = re.sub(
        r"^(## |\*\*)Rejected.*?(?=^## |^\*\*|\Z)", "", text, flags=re.M | re.S
    )
    return re.split(r"\n\s*\n|\n(?=\d+\. |- )", text), blocks


def check_span(span: str, paragraph: str, blocks: str) -> str | None:
    """What is wrong with one name, or None."""
    if span in ELSEWHERE or " = " in span:  # a formula, not a name
        return None
    path, _, line = span.partition(":") if re.search(r":\d+$", span) else (span, "", "")
    if PATH.fullmatch(path) or (PATH.match(path) and " " not in path):
        if not all(is_there(name) for name in alternatives(path)):
            return None if f"Write `{path}`" in paragraph else f"no file {path}"
        return check_line(path, int(line), paragraph) if line else None
    known = words() | set(WORD.findall(blocks))
    missing = [w for w in WORD.findall(span) if not known & {w, w.rstrip("_")}]
    return f"{span}: no {missing}" if missing and span[0] != "." else None


def check_line(path: str, line: int, paragraph: str) -> str | None:
    """`path:line` shows something that the paragraph names."""
    text = next(p for name, p in files().items() if name.endswith(path))
    near = "\n".join(text.read_text().splitlines()[line - 2 : line + 1])
    named = set(WORD.findall(" ".join(re.findall(r"`([^`]+)`", paragraph))))
    named -= set(WORD.findall(path))
    about = not named or named & set(WORD.findall(near))
    return None if about else f"{path}:{line} is about {near!r}"


# Pages ahead of the code: what they name is being written.
AHEAD: set[str] = set()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(p, id=p.stem, marks=[pytest.mark.xfail] if p.stem in AHEAD else [])
        for p in PAGES
    ],
)
def test_names_in_a_page_are_in_the_tree(page):
    paragraphs, blocks = spans(page)
    wrong = [
        problem
        for paragraph in paragraphs
        for span in re.findall(r"`([^`\n]+)`", paragraph)
        for problem in [check_span(span, paragraph, blocks)]
        if problem
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "span, problem",
    [
        ("csrc/aten/core/Operator.h", None),
        ("blas/Gemm.{h,cpp}", None),
        ("csrc/aten/core/Operators.h", "no file csrc/aten/core/Operators.h"),
        ("at::add", None),
        ("generated/ops/<Topic>.h", None),
        ("at::addd", "at::addd: no ['addd']"),
        ("TensorIterator::build()", None),
        ("torch.cuda.is_available()", None),
    ],
)
def test_the_check_itself(span, problem):
    assert check_span(span, "", "") == problem
