"""The examples in the docstrings of torch/*.py run, and print what they say."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import pkgutil
import warnings
from collections.abc import Iterator

import pytest

import torch


def examples() -> Iterator[doctest.DocTest]:
    """One DocTest per docstring that has an example."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    infos = pkgutil.walk_packages(torch.__path__, "torch.")
    for name in ["torch", *(info.name for info in infos)]:
        module = importlib.import_module(name)
        # Names of this very file: others are found where they are written, and
        # compiled functions, which have no line, by test_operator_docs.py.
        for test in finder.find(module, name, module=module):
            here = test.filename == module.__file__ and test.lineno is not None
            if test.examples and here:
                yield test


EXAMPLES = list({t.name: t for t in examples()}.values())


@pytest.fixture
def as_before() -> Iterator[None]:
    """What an example may change is put back."""
    dtype, state = torch.get_default_dtype(), torch.get_rng_state()
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(dtype)
    torch.set_rng_state(state)
    torch.set_printoptions(profile="default")


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("test", EXAMPLES, ids=lambda t: t.name)
def test_example_prints_what_it_says(test: doctest.DocTest) -> None:
    test.globs["torch"] = torch
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runner.run(test, out=out.write)
    assert runner.summarize(verbose=False).failed == 0, out.getvalue()


def test_most_of_the_package_has_examples() -> None:
    """The collection above is not empty by mistake."""
    assert len(EXAMPLES) > 280
