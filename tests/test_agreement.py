"""The second reading in figures: the sample, the share that agrees, Cohen's kappa."""

import hashlib
from fractions import Fraction

import pytest

from assessments.agreement import kappa, sample, share

KEYS = [f"TH-50 2.{number}" for number in range(1, 13)]


@pytest.mark.parametrize(("percent", "size"), [(1, 1), (8, 1), (9, 2), (50, 6), (51, 7), (99, 12), (100, 12)])
def test_the_sample_has_its_size_rounded_up(percent: int, size: int) -> None:
    assert len(sample(KEYS, percent=percent, seed=1)) == size


def test_the_sample_is_the_same_for_everybody_and_another_for_another_seed() -> None:
    found = sample(KEYS, percent=25, seed=2569)
    lowest = sorted((hashlib.sha256(f"2569 {key}".encode()).hexdigest(), key) for key in KEYS)
    assert found == [key for _digest, key in lowest[:3]]
    assert sample(KEYS[::-1], percent=25, seed=2569) == found
    assert len({tuple(sample(KEYS, percent=25, seed=seed)) for seed in range(20)}) > 10


def test_drawing_again_adds_only_what_lacks() -> None:
    first = sample(KEYS[:6], percent=50, seed=7)
    assert sample(KEYS[:6], percent=50, seed=7, drawn=first) == []
    more = sample(KEYS, percent=50, seed=7, drawn=first)
    assert (len(first), len(more), set(first) & set(more)) == (3, 3, set())
    # One that was drawn and is not among the judged any more does not count.
    assert len(sample(KEYS, percent=50, seed=7, drawn=["TH-83 9.9"])) == 6
    assert sample([], percent=10, seed=7) == []


def test_share_and_kappa_by_hand() -> None:
    """Fifty pairs: 20 both yes, 15 both no, 5 yes-no, 10 no-yes. p_o = 35/50; p_e = (25*30 + 25*20)/2500 = 1/2."""
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    assert share(pairs) == Fraction(7, 10)
    assert kappa(pairs) == Fraction(2, 5)


def test_the_ends_of_kappa() -> None:
    assert kappa([("a", "a"), ("b", "b")]) == 1
    assert kappa([("a", "b"), ("b", "a")]) == -1
    assert kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]) == 0
    assert kappa([("a", "a"), ("a", "a")]) is None
    assert (share([]), kappa([])) == (None, None)
