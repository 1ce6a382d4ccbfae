"""Reference values of the elementary functions, by mpmath in 400 bits: `python generate.py [points] [folder]`.

One file a function, little-endian, column by column: the operands and the correctly rounded value as float64, then
the rest of the exact value as int8, in 1/254 of the unit in the last place of the value.
"""
import math
import random
import struct
import sys

import mpmath as m

m.mp.prec = 400
seed = 20240229
inf = float('inf')


def any_float(rng, low=-1074, high=1023, signs=(1, -1)):
    """Significand and exponent uniform."""
    return rng.choice(signs) * math.ldexp(1 + rng.random(), rng.randint(max(low, -1022), high)) * (
        1 if low >= -1022 or rng.random() < 0.95 else 2.0 ** -rng.randint(0, 52))


def within(low, high, tiny=-60):
    """Uniform in [low, high] half of the time, else by exponents from 2^tiny up, inside it."""
    def draw(rng):
        if rng.random() < 0.5:
            return rng.uniform(low, high)
        while True:
            x = any_float(rng, tiny, 10)
            if low <= x <= high:
                return x
    return draw


def near(centres, then):
    """Near one of the centres for a tenth of the points."""
    def draw(rng):
        if rng.random() < 0.1:
            c = rng.choice(centres)
            return c * (1 + rng.choice((1, -1)) * 2.0 ** -rng.randint(2, 52))
        return then(rng)
    return draw


def angle(rng):
    kind = rng.random()
    if kind < 0.4:
        return rng.uniform(-10, 10)
    if kind < 0.6:
        return rng.uniform(-2e6, 2e6)
    if kind < 0.8:
        x = float(m.mpf(rng.randint(1, 2 ** rng.randint(1, 30))) * m.pi / 2)
        return x if rng.random() < 0.5 else math.nextafter(x, inf)
    return any_float(rng)


hard_angles = [6381956970095103 * 2.0**797, 5.319372648326541e255, 1.5707963267948966, 3.141592653589793, 1e22,
               1.7976931348623157e308, 2.0**20, 2.0**20 - 2.0**-33, 0.7853981633974483, 5e-324, 2.0**-1022]


def log1p_operand(rng):
    return rng.uniform(-1, 3) if rng.random() < 0.6 else any_float(rng, -1074, 1023, (1,)) if rng.random() < 0.5 else any_float(rng, -60, -1)


def power_operands(rng):
    while True:
        kind = rng.random()
        if kind < 0.2:
            x, y = rng.uniform(-20, 20), float(rng.randint(-30, 30))
        elif kind < 0.5:
            x, y = any_float(rng, signs=(1,)), any_float(rng, -12, 12)
        elif kind < 0.7:
            x, y = 1 + rng.uniform(-1, 1) * 2.0 ** -rng.randint(1, 40), any_float(rng, 0, 45)
        else:
            x, y = rng.uniform(0, 20), rng.uniform(-8, 8)
        if x != 0 and abs(y * m.log(abs(x))) < 745 and (x > 0 or y == int(y)):
            return x, y


def quotients(rng):
    while True:
        a = any_float(rng) if rng.random() < 0.3 else rng.uniform(-1e3, 1e3)
        b = any_float(rng) if rng.random() < 0.3 else float(rng.randint(1, 50)) if rng.random() < 0.3 else rng.uniform(-10, 10)
        if rng.random() < 0.2:
            a = rng.randint(-1000, 1000) * b
        if b != 0 and abs(a) < inf:
            return a, b


def points(rng):
    r = rng.random()
    if r < 0.5:
        return rng.uniform(-3, 3), rng.uniform(-3, 3)
    if r < 0.8:
        e = rng.randint(-1000, 1000)
        return any_float(rng, e, e + 5), any_float(rng, e, e + 5)
    return any_float(rng), any_float(rng)


def mod(a, b):
    # As Python's %: where the exact remainder of operands of opposite sign is not a float64, the sum is rounded.
    r = m.mpf(math.fmod(a, b))
    return r + b if r != 0 and (r < 0) != (b < 0) else r


exponents = near([709.78, 709.0, -745.13, -708.4, 710.4], within(-745.1, 709.7))
functions = {
    'exp': (m.exp, exponents, [709.782712893384, -745.1332191019411, -708.3964185322641, 1e-300, -1e-20]),
    'expm1': (m.expm1, near([709.7, -37.0, 0.34657, -0.34657, 1.0397], within(-45, 709.7, -1000)), [5e-324, -5e-324, 1e-310]),
    'log': (m.log, near([1.0, 0.5**0.5, 2**0.5], lambda rng: any_float(rng, signs=(1,)) if rng.random() < 0.5 else rng.uniform(0, 4)), [5e-324, 2.0**-1022, 1.7976931348623157e308]),
    'log1p': (m.log1p, near([1.0, 0.4142, -0.2929, -1 + 2.0**-53], log1p_operand), [5e-324, -5e-324, -1 + 2.0**-53, 1.7976931348623157e308]),
    'logistic': (lambda x: 1 / (1 + m.exp(-x)), within(-745, 60), [-745.13, -709.0, -740.5, 36.7, 5e-324]),
    'softplus': (lambda x: m.log1p(m.exp(x)), within(-745, 100), [-745.13, -709.0, -740.5, 36.7, 1e300]),
    'erf': (m.erf, near([1.0, 6.0], within(-6.2, 6.2, -1070)), [5e-324, 1e-310, 1e300, 5.9, 1.0]),
    'sin': (m.sin, angle, hard_angles),
    'cos': (m.cos, angle, hard_angles),
    'tan': (m.tan, angle, hard_angles),
    'asin': (m.asin, near([1.0, -1.0, 0.5], within(-1, 1, -1070)), [1.0, -1.0, 0.5, 5e-324]),
    'acos': (m.acos, near([1.0, -1.0, 0.5, -0.5], within(-1, 1)), [1.0, -1.0, 0.5, 5e-324]),
    'atan': (m.atan, near([1.0, 2.414213562373095, 0.41421356237309503], lambda rng: rng.uniform(-4, 4) if rng.random() < 0.6 else any_float(rng)), [5e-324, 1e308]),
    'sinh': (m.sinh, near([1.0, 710.4], within(-710.4, 710.4, -1070)), [710.4758600739439, 5e-324, 1e-310]),
    'cosh': (m.cosh, within(-710.4, 710.4), [710.4758600739439]),
    'tanh': (m.tanh, near([0.17328, 0.5199, 22.0], lambda rng: rng.uniform(-3, 3) if rng.random() < 0.6 else within(-23, 23, -1070)(rng)), [5e-324, 1e-310, 1e300]),
    'asinh': (m.asinh, near([1.0, 2.0**60], lambda rng: rng.uniform(-4, 4) if rng.random() < 0.6 else any_float(rng)), [5e-324, 1.7976931348623157e308]),
    'acosh': (m.acosh, near([1.0, 2.0**60], lambda rng: rng.uniform(1, 4) if rng.random() < 0.6 else any_float(rng, 0, 1023, (1,))), [1.0, 1.7976931348623157e308]),
    'atanh': (m.atanh, near([1.0, 0.17157, 0.333], within(-1, 1, -1070)), [5e-324, 1 - 2.0**-53]),
    'power': (m.power, power_operands, [(1 - 2.0**-53, -6.2e18), (2.0, -1074.0), (2.0, 0.5), (10.0, 308.0), (5e-324, 0.5)]),
    'atan2': (m.atan2, points, [(5e-324, 5e-324), (1.7976931348623157e308, -1.7976931348623157e308), (1e-300, -1e300)]),
    'remainder': (mod, quotients, [(1e308, 3.0), (-1e308, 5e-324), (5e-324, 2.0), (-7.0, 2.5), (7.0, -2.5)]),
}


def subnormal(rng):
    return rng.choice((1, -1)) * math.ldexp(rng.randint(1, 2 ** rng.randint(1, 52) - 1), -1074)


def either(first, second):
    return lambda rng: first(rng) if rng.random() < 0.5 else second(rng)


def to_subnormal_powers(rng):
    x = any_float(rng, -30, 30, (1,))
    return x, float(m.log(abs(subnormal(rng))) / m.log(x))


# Drawn after the others: subnormal operands and values, and angles of any size.
edges = dict.fromkeys(functions, subnormal) | dict.fromkeys(['sin', 'cos', 'tan'], either(subnormal, lambda rng: any_float(rng, 53, 1023))) | {
    'exp': either(subnormal, lambda rng: rng.uniform(-745.13, -708.4)),
    'logistic': either(subnormal, lambda rng: rng.uniform(-745.13, -708.4)),
    'softplus': either(subnormal, lambda rng: rng.uniform(-745.13, -708.4)),
    'log': lambda rng: abs(subnormal(rng)),
    'acosh': lambda rng: any_float(rng, 1000, 1023, (1,)),
    'power': either(lambda rng: (abs(subnormal(rng)), rng.uniform(-0.9, 1)), to_subnormal_powers),
    'atan2': either(lambda rng: (subnormal(rng), subnormal(rng)), lambda rng: (any_float(rng, -540, -520), any_float(rng, 490, 520))),
    'remainder': either(lambda rng: (subnormal(rng), subnormal(rng)), lambda rng: (any_float(rng), subnormal(rng))),
}


def rounded(v):
    """The nearest float64, and the rest in units of its last place."""
    if v == 0:
        return 0.0, 0.0
    exponent = max(int(m.floor(m.log(abs(v), 2))) - 52, -1074)
    q = m.ldexp(v, -exponent)
    n = int(m.nint(q))
    if abs(n) >= 2**53:
        exponent, q = exponent + (abs(n).bit_length() - 53), q / 2 ** (abs(n).bit_length() - 53)
        n = int(m.nint(q))
    if exponent > 971:
        return math.copysign(inf, v), 0.0
    return math.ldexp(n, exponent), float(q - n)


if __name__ == '__main__':
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    folder = sys.argv[2] if len(sys.argv) > 2 else '.'
    for name, (f, draw, special) in functions.items():
        rng = random.Random(f'{seed} {name}')
        rows, values = [], []
        while len(rows) < len(special) + count + count // 8:
            drawn = len(rows) - len(special)
            x = special[len(rows)] if drawn < 0 else draw(rng) if drawn < count else edges[name](rng)
            row = x if isinstance(x, tuple) else (x,)
            value = f(*row) if name == 'remainder' else f(*(m.mpf(x) for x in row))
            if isinstance(value, m.mpf) and m.isfinite(value):
                rows.append(row)
                values.append(rounded(value))
        with open(f'{folder}/{name}.bin', 'wb') as out:
            for column in zip(*rows):
                out.write(struct.pack(f'<{len(rows)}d', *column))
            out.write(struct.pack(f'<{len(rows)}d', *(v for v, _ in values)))
            out.write(struct.pack(f'<{len(rows)}b', *(round(254 * rest) for _, rest in values)))
