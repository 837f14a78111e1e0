"""The second reading in figures: which answers are drawn, and how far two readers agree.

Pure: no Django; exact fractions.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction


def sample(keys: Collection[str], *, percent: int, seed: int, drawn: Collection[str] = ()) -> list[str]:
    """The keys that are drawn so that `percent` of all (rounded up) are; only those that are missing beside `drawn`.

    Each key's place is the SHA-256 of "<seed> <key>", the lowest first: with the same seed anybody finds the same.
    """
    size = -(-len(keys) * percent // 100)
    missing = size - len(set(drawn) & set(keys))
    order = sorted(set(keys) - set(drawn), key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).digest())
    return order[: max(missing, 0)]


def share(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """The part of the pairs that say the same; None without a pair."""
    return Fraction(sum(first == second for first, second in pairs), len(pairs)) if pairs else None


def kappa(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """Cohen's kappa, agreement beyond chance: (p_o - p_e) / (1 - p_e).

    p_o is the share of the n pairs that say the same; p_e = sum over all words k of n1(k) * n2(k) / n^2, where n1(k)
    counts how often the first readers said k, and n2(k) the second ones. 1 is full agreement, 0 what chance gives,
    below 0 less. None without a pair, and where p_e is 1: then everybody said the same word, and nothing is measured.
    """
    observed = share(pairs)
    if observed is None:
        return None
    first, second = Counter(one for one, _other in pairs), Counter(other for _one, other in pairs)
    chance = Fraction(sum(first[word] * second[word] for word in first), len(pairs) ** 2)
    return (observed - chance) / (1 - chance) if chance != 1 else None
