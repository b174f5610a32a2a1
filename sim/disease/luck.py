"""Chance: one uniform number per keyed decision (Philox 4x32-10), and the quantile functions that use it.

A draw is a pure function of its key, so the same patient meets the same chance under every strategy.
Generator: Salmon et al. 2011 (Random123); checked against its known-answer vectors.
"""

import math
from typing import Any

import numpy as np

from sim.disease.rule import Patients, Tables, door, generic, rule

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)


@generic
def philox4x32(
    counter0: int, counter1: int, counter2: int, counter3: int, key0: int, key1: int
) -> tuple[Any, Any, Any, Any]:
    """Ten rounds of Philox 4x32: four 32-bit words from a 4-word counter and a 2-word key."""
    c0, c1 = np.uint64(counter0), np.uint64(counter1)
    c2, c3 = np.uint64(counter2), np.uint64(counter3)
    k0, k1 = np.uint64(key0), np.uint64(key1)
    for _ in range(10):
        product0 = _MULTIPLIER_0 * c0
        product1 = _MULTIPLIER_1 * c2
        c0 = (product1 >> _SHIFT) ^ c1 ^ k0
        c2 = (product0 >> _SHIFT) ^ c3 ^ k1
        c1 = product1 & _MASK
        c3 = product0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@door
def uniform(
    seed: int, psa_draw: int, patient: int, decision: int, subject: int, occurrence: int, attempt: int
) -> float:
    """Uniform in (0, 1) with 53 bits for one decision.

    Key (seed, psa_draw); counter (patient, attempt << 16 | decision, subject, occurrence), 32 bits each.
    """
    word0, word1, _, _ = philox4x32(patient, (attempt << 16) | decision, subject, occurrence, seed, psa_draw)
    high = np.float64(word0 >> np.uint64(5))
    low = np.float64(word1 >> np.uint64(6))
    value = (high * 67108864.0 + low + 0.5) * (1.0 / 9007199254740992.0)
    return min(value, 0.9999999999999999)  # the largest word rounds up to 1 otherwise


@rule
def luck(patients: Patients, i: int, tables: Tables, decision: int, subject: int, occurrence: int) -> float:
    """The draw of patient `i` for `decision` on `subject` (lesion, joint or treatment number), n-th time."""
    p = patients[i]
    t = tables[0]
    return uniform(t.seed, t.psa_draw, p.patient_id, decision, subject, occurrence, p.attempts)


@door
def exponential_quantile(u: float) -> float:
    """Unit exponential: the budget that an integrated hazard uses up."""
    return -math.log1p(-u)


@door
def normal_quantile(u: float) -> float:
    """Standard normal quantile, about 1e-16 relative (Wichura 1988, algorithm AS 241)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        upper = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
        upper = upper * r + 6.7265770927008700853e4
        upper = upper * r + 4.5921953931549871457e4
        upper = upper * r + 1.3731693765509461125e4
        upper = upper * r + 1.9715909503065514427e3
        upper = upper * r + 1.3314166789178437745e2
        upper = upper * r + 3.3871328727963666080
        lower = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
        lower = lower * r + 3.9307895800092710610e4
        lower = lower * r + 2.1213794301586595867e4
        lower = lower * r + 5.3941960214247511077e3
        lower = lower * r + 6.8718700749205790830e2
        lower = lower * r + 4.2313330701600911252e1
        lower = lower * r + 1.0
        return q * upper / lower
    tail = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        upper = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
        upper = upper * r + 2.41780725177450611770e-1
        upper = upper * r + 1.27045825245236838258
        upper = upper * r + 3.64784832476320460504
        upper = upper * r + 5.76949722146069140550
        upper = upper * r + 4.63033784615654529590
        upper = upper * r + 1.42343711074968357734
        lower = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
        lower = lower * r + 1.51986665636164571966e-2
        lower = lower * r + 1.48103976427480074590e-1
        lower = lower * r + 6.89767334985100004550e-1
        lower = lower * r + 1.67638483018380384940
        lower = lower * r + 2.05319162663775882187
        lower = lower * r + 1.0
    else:
        r -= 5.0
        upper = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
        upper = upper * r + 1.24266094738807843860e-3
        upper = upper * r + 2.65321895265761230930e-2
        upper = upper * r + 2.96560571828504891230e-1
        upper = upper * r + 1.78482653991729133580
        upper = upper * r + 5.46378491116411436990
        upper = upper * r + 6.65790464350110377720
        lower = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
        lower = lower * r + 1.84631831751005468180e-5
        lower = lower * r + 7.86869131145613259100e-4
        lower = lower * r + 1.48753612908506148525e-2
        lower = lower * r + 1.36929880922735805310e-1
        lower = lower * r + 5.99832206555887937690e-1
        lower = lower * r + 1.0
    return -upper / lower if q < 0.0 else upper / lower


@door
def lognormal_quantile(u: float, median: float, sigma: float) -> float:
    """Lognormal with the given median (any unit) and standard deviation `sigma` of the log."""
    return median * math.exp(sigma * normal_quantile(u))


@door
def normal_distribution(x: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@rule
def truncated_normal_quantile_left(u: float, mean: float, sd: float, a: float, b: float) -> float:
    """Truncated normal between standard scores a < b, a <= 0."""
    share_a, share_b = normal_distribution(a), normal_distribution(b)
    value = normal_quantile(share_a + u * (share_b - share_a))
    return mean + sd * min(max(value, a), b)


@door
def truncated_normal_quantile(u: float, mean: float, sd: float, lower: float, upper: float) -> float:
    """Normal(mean, sd) restricted to [lower, upper]; works in the lower tail for accuracy."""
    a, b = (lower - mean) / sd, (upper - mean) / sd
    if a > 0.0:  # mirror, so that both distribution values are small numbers known well
        return 2.0 * mean - truncated_normal_quantile_left(1.0 - u, mean, sd, -b, -a)
    return truncated_normal_quantile_left(u, mean, sd, a, b)


@door
def weibull_quantile(u: float, shape: float, scale: float) -> float:
    """Inverse of S(t) = exp(-(t / scale) ** shape) at S = 1 - u."""
    return scale * (-math.log1p(-u)) ** (1.0 / shape)


@door
def gamma_tails(shape: float, x: float) -> tuple[float, float]:
    """Lower and upper regularised incomplete gamma function (series; Lentz's continued fraction)."""
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        while abs(term) > 1e-17 * total:
            n += 1.0
            term *= x / n
            total += term
        lower = min(scale * total, 1.0)
        return lower, 1.0 - lower
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    h = d
    for k in range(1, 500):
        a = -k * (k - shape)
        b += 2.0
        d = a * d + b
        if abs(d) < 1e-300:
            d = 1e-300
        c = b + a / c
        if abs(c) < 1e-300:
            c = 1e-300
        d = 1.0 / d
        step = d * c
        h *= step
        if abs(step - 1.0) < 1e-16:
            break
    upper = min(scale * h, 1.0)
    return 1.0 - upper, upper


@door
def gamma_quantile(u: float, shape: float) -> float:
    """Gamma(shape) quantile at unit scale: Newton steps on the log of the smaller tail against log x."""
    z = normal_quantile(u)
    start = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))  # Wilson and Hilferty 1931
    x = shape * start * start * start
    if start <= 0.1 or x <= 0.0:
        x = math.exp((math.log(u) + math.lgamma(shape + 1.0)) / shape)
    for _ in range(100):
        lower, upper = gamma_tails(shape, x)
        density = math.exp(shape * math.log(x) - x - math.lgamma(shape))  # x times the density
        if u < 0.5:
            step = (math.log(lower) - math.log(u)) * lower / density
        else:
            step = -(math.log(upper) - math.log1p(-u)) * upper / density
        step = min(max(step, -1.0), 1.0)
        x *= math.exp(-step)
        if abs(step) < 1e-13:
            break
    return x
