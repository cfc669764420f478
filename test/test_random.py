"""Random numbers: digits and generator states as recorded from PyTorch, and
the generator's own interface."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import torch

GOLDEN = Path(__file__).parent / "golden"
sys.path.insert(0, str(GOLDEN))

from random_calls import CALLS, run

RECORDED: dict[tuple[str, str], list[list]] = {}
for _row in json.loads((GOLDEN / "random.json").read_text()):
    RECORDED.setdefault((_row[0], _row[1]), []).append(_row)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name,dtype", sorted(RECORDED))
def test_draws_the_recorded_digits(name, dtype):
    for _, _, n, seed, values, state, shown in RECORDED[name, dtype]:
        got = run(torch, name, dtype, n, seed)
        assert got == [values, state, shown], (CALLS[name][0], n, seed)


def test_state_is_restored():
    torch.manual_seed(3)
    torch.randn(3)  # leaves half a pair in the generator
    state = torch.get_rng_state()
    first = torch.randn(5), torch.rand(700)
    torch.set_rng_state(state)
    assert torch.equal(first[0], torch.randn(5))
    assert torch.equal(first[1], torch.rand(700))


def test_generators_are_independent():
    a = torch.Generator().manual_seed(1)
    b = torch.Generator().manual_seed(1)
    torch.rand(10)
    assert torch.equal(torch.rand(4, generator=a), torch.rand(4, generator=b))


def test_seeding_remembers_all_64_bits():
    assert torch.Generator().manual_seed(-1).initial_seed() == 2**64 - 1


def test_same_low_bits_give_the_same_stream():
    a = torch.Generator().manual_seed(5)
    b = torch.Generator().manual_seed(2**32 + 5)
    assert torch.equal(torch.rand(9, generator=a), torch.rand(9, generator=b))


def test_empty_draws_nothing():
    torch.manual_seed(0)
    state = torch.get_rng_state()
    torch.rand(0)
    torch.empty(0, 3).normal_()
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_dropout_of_certainties_draws_nothing(p):
    torch.manual_seed(0)
    state = torch.get_rng_state()
    torch.nn.functional.dropout(torch.ones(8), p)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize(
    "call,text",
    [
        (
            lambda: torch.empty(2).uniform_(1, 0),
            "uniform_ expects to return a [from, to) range, but found from=1 > to=0",
        ),
        (
            lambda: torch.empty(2).normal_(0, -1),
            "normal expects std >= 0.0, but found std -1",
        ),
        (
            lambda: torch.empty(2).exponential_(0),
            "exponential_ expects lambda > 0.0, but found lambda=0",
        ),
        (
            lambda: torch.empty(2).geometric_(1),
            "geometric_ expects p to be in (0, 1), but got p=1",
        ),
        (
            lambda: torch.empty(2).bernoulli_(1.5),
            "bernoulli_ expects p to be in [0, 1], but got p=1.5",
        ),
        (
            lambda: torch.randint(5, 5, (2,)),
            "random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
        ),
        (
            lambda: torch.randint(0, 300, (2,), dtype=torch.uint8),
            "to - 1 is out of bounds for unsigned char",
        ),
        (
            lambda: torch.multinomial(torch.zeros(3), 4, True),
            "invalid multinomial distribution (sum of probabilities <= 0)",
        ),
        (
            lambda: torch.set_rng_state(torch.zeros(5, dtype=torch.uint8)),
            "Expected a CPUGeneratorImplState of size 5056 but found the input "
            "RNG state size to be 5",
        ),
        (
            lambda: torch.set_rng_state(torch.zeros(5056, dtype=torch.uint8)),
            "Invalid mt19937 state",
        ),
    ],
)
def test_bad_arguments_are_named(call, text):
    with pytest.raises(RuntimeError) as error:
        call()
    assert str(error.value).splitlines()[0] == text


def test_a_failed_check_draws_nothing():
    x, p = torch.ones(3), torch.full((3,), 2.0)
    torch.manual_seed(0)
    state = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="p_in >= 0"):
        x.bernoulli_(p)
    assert torch.equal(state, torch.get_rng_state())


def test_integers_have_no_uniform():
    with pytest.raises(NotImplementedError, match="check_uniform_bounds"):
        torch.empty(3, dtype=torch.int64).uniform_()
