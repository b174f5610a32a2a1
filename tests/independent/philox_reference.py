"""Philox4x32-10 in plain Python integers: slow, obvious, and the reference for the compiled generator.

Method: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), section 3.3:
ten rounds of two 32 x 32 -> 64 bit products, the key raised by two Weyl constants between the rounds.
"""

from fractions import Fraction

MASK = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)  # golden ratio and sqrt(3) - 1, as 32-bit fractions
ROUNDS = 10

Words = tuple[int, int, int, int]
Key = tuple[int, int]


def philox4x32(counter: Words, key: Key) -> Words:
    """The four output words of one block."""
    word0, word1, word2, word3 = counter
    for round_number in range(ROUNDS):
        key0, key1 = round_key(key, round_number)
        product0 = MULTIPLIERS[0] * word0
        product1 = MULTIPLIERS[1] * word2
        word0, word1, word2, word3 = (
            (product1 >> 32) ^ word1 ^ key0,
            product1 & MASK,
            (product0 >> 32) ^ word3 ^ key1,
            product0 & MASK,
        )
    return word0, word1, word2, word3


def counter_for(words: Words, key: Key) -> Words:
    """The counter whose block is `words`: every round is a bijection, because both multipliers are odd.

    It finds the keys of the rarest uniforms (all bits zero, all bits one), which no search would meet.
    """
    word0, word1, word2, word3 = words
    for round_number in reversed(range(ROUNDS)):
        key0, key1 = round_key(key, round_number)
        before2 = word1 * pow(MULTIPLIERS[1], -1, 1 << 32) & MASK
        before0 = word3 * pow(MULTIPLIERS[0], -1, 1 << 32) & MASK
        before1 = word0 ^ key0 ^ (MULTIPLIERS[1] * before2 >> 32)
        before3 = word2 ^ key1 ^ (MULTIPLIERS[0] * before0 >> 32)
        word0, word1, word2, word3 = before0, before1, before2, before3
    return word0, word1, word2, word3


def round_key(key: Key, round_number: int) -> Key:
    """The key of a round, counted from 0."""
    return (key[0] + round_number * KEY_STEPS[0]) & MASK, (key[1] + round_number * KEY_STEPS[1]) & MASK


def counter_of(patient: int, decision: int, subject: int, occurrence: int, attempt: int) -> Words:
    """The counter of one decision. Raises ValueError when a number does not fit its bits."""
    if not (0 <= decision < 1 << 16 and 0 <= attempt < 1 << 16):
        raise ValueError("decision and attempt have 16 bits each")
    if not all(0 <= word <= MASK for word in (patient, subject, occurrence)):
        raise ValueError("patient, subject and occurrence have 32 bits each")
    return patient, attempt << 16 | decision, subject, occurrence


def uniform_bits(words: Words) -> int:
    """The 53 bits of a uniform: the upper 27 of the first word, then the upper 26 of the second."""
    return (words[0] >> 5) << 26 | words[1] >> 6


def exact_uniform(bits: int) -> Fraction:
    """The middle of the cell `bits` of 2**53 equal cells of (0, 1): it needs up to 54 bits."""
    return Fraction(2 * bits + 1, 1 << 54)


def uniform_float(bits: int) -> float:
    """`exact_uniform` rounded to a double, ties to even, but never up to 1: only all 53 bits set would get there."""
    return min(float(exact_uniform(bits)), 1.0 - 2.0**-53)


def uniform(
    seed: int, psa_draw: int, patient: int, decision: int, subject: int, occurrence: int, attempt: int
) -> float:
    """The uniform of one decision, strictly inside (0, 1)."""
    words = philox4x32(counter_of(patient, decision, subject, occurrence, attempt), (seed, psa_draw))
    return uniform_float(uniform_bits(words))
