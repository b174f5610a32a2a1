"""The keyed generator against the published Random123 vectors and a plain-integer Philox4x32-10."""

import numpy as np
import pytest
from independent import philox_reference as reference

from sim.disease import luck

ALL_ONES = reference.MASK
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),  # the binary digits of pi
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def random_words(seed: int, count: int, length: int) -> list[tuple[int, ...]]:
    words = np.random.default_rng(seed).integers(0, 2**32, size=(count, length))
    return [tuple(row) for row in words.tolist()]


def words_of(counter: reference.Words, key: reference.Key) -> reference.Words:
    word0, word1, word2, word3 = luck.philox4x32(*counter, *key)
    return int(word0), int(word1), int(word2), int(word3)


def uniform_with_words(words: reference.Words, seed: int, psa_draw: int) -> float:
    """The project's uniform under the one key whose block is `words`, found by running Philox backwards."""
    patient, attempt_and_decision, subject, occurrence = reference.counter_for(words, (seed, psa_draw))
    attempt, decision = attempt_and_decision >> 16, attempt_and_decision & 0xFFFF
    return float(luck.uniform(seed, psa_draw, patient, decision, subject, occurrence, attempt))


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(counter, key, expected):
    """Random123, tests/kat_vectors, the three lines of philox4x32 with 10 rounds."""
    assert words_of(counter, key) == expected


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_the_plain_integer_reference_gives_the_published_words(counter, key, expected):
    """Same vectors; without this the tests below would prove nothing."""
    assert reference.philox4x32(counter, key) == expected


def test_philox_equals_the_plain_integer_reference_on_many_keys(seed):
    """Reference: the ten rounds in unbounded Python integers."""
    for words in random_words(seed, 1_000, 6):
        assert words_of(words[:4], words[4:]) == reference.philox4x32(words[:4], words[4:])


def test_running_the_reference_backwards_gives_the_counter_again(seed):
    """Philox is a bijection of counters for a fixed key."""
    for words in random_words(seed, 200, 6):
        assert reference.counter_for(reference.philox4x32(words[:4], words[4:]), words[4:]) == words[:4]


def test_a_uniform_is_made_of_its_key_alone_as_documented(seed):
    """Counter (patient, attempt << 16 | decision, subject, occurrence), key (seed, draw); middle of a 2**-53 cell."""
    for key_seed, psa_draw, patient, mixed, subject, occurrence in random_words(seed, 1_000, 6):
        key = (key_seed, psa_draw, patient, mixed & 0xFFFF, subject, occurrence, mixed >> 16)
        assert luck.uniform(*key) == reference.uniform(*key)


def test_each_part_of_the_key_has_its_own_place():
    """Changing one part by one changes the uniform, and no two of these keys give the same number."""
    key = [1, 0, 17, 28, 2, 3, 0]
    keys = [key] + [[part + (place == number) for place, part in enumerate(key)] for number in range(len(key))]
    assert len({float(luck.uniform(*each)) for each in keys}) == len(keys)


def test_uniforms_carry_all_53_bits(seed):
    """Below one half a double holds the whole cell number: the words' own bits must come back."""
    for words in random_words(seed, 500, 4):
        words = (words[0] & 0x7FFFFFFF, *words[1:])
        found = uniform_with_words(words, seed=9, psa_draw=4)
        assert int(found * 2**53) == reference.uniform_bits(words)


def test_uniforms_lie_strictly_inside_zero_and_one_at_both_ends():
    """All 53 bits zero give 2**-54. All one give 1 - 2**-54, which a double rounds to 1 unless it is held back."""
    assert uniform_with_words((0, 0, 1, 2), seed=1, psa_draw=0) == 2.0**-54
    assert uniform_with_words((0, 63, 1, 2), seed=1, psa_draw=0) == 2.0**-54  # the lowest six bits are not used
    assert 1.0 - 2.0**-52 <= uniform_with_words((ALL_ONES, ALL_ONES, 1, 2), seed=1, psa_draw=0) < 1.0


def test_uniforms_have_the_mean_and_variance_of_the_uniform_law():
    """Mean 1/2, variance 1/12; standard errors sqrt(1/12n) and sqrt(1/180n) (fourth central moment 1/80)."""
    count = 20_000
    values = [float(luck.uniform(1, 0, patient, 28, 0, 0, 0)) for patient in range(count)]
    mean = sum(values) / count
    variance = sum((value - 0.5) ** 2 for value in values) / count
    assert abs(mean - 0.5) < 4 * (1 / 12 / count) ** 0.5
    assert abs(variance - 1 / 12) < 4 * (1 / 180 / count) ** 0.5
