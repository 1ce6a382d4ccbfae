"""Minimax polynomials of the elementary functions, by Remez' exchange in 60 digits (needs mpmath).

Prints each polynomial's float64 coefficients, constant term first, and the largest weighted error after rounding.
"""
from mpmath import lu_solve, matrix, mp, mpf
import mpmath as m

mp.dps = 60


def remez(f, a, b, count, weight, rounds=12, grid=1500):
    """The polynomial of `count` coefficients for which max |weight·(p − f)| on [a, b] is least."""
    a, b = mpf(a), mpf(b)
    at = lambda i, n: (a + b) / 2 - (b - a) / 2 * m.cos(m.pi * i / n)
    points = [at(i, count) for i in range(count + 1)]
    samples = [at(i, grid) for i in range(grid + 1)]
    values = [(f(x), weight(x)) for x in samples]
    for _ in range(rounds):
        system = matrix(count + 1, count + 1)
        right = matrix(count + 1, 1)
        for row, x in enumerate(points):
            for column in range(count):
                system[row, column] = x**column
            system[row, count] = (-1) ** row / weight(x)
            right[row] = f(x)
        solution = lu_solve(system, right)
        coefficients = [solution[i] for i in range(count)]
        errors = [w * (m.polyval(coefficients[::-1], x) - y) for x, (y, w) in zip(samples, values)]
        extrema, start = [], 0
        for i in range(1, len(samples) + 1):
            if i == len(samples) or (errors[i] > 0) != (errors[start] > 0):
                extrema.append(max(range(start, i), key=lambda j: abs(errors[j])))
                start = i
        while len(extrema) > count + 1:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < count + 1:
            break
        points = [samples[i] for i in extrema]
    rounded = [mpf(float(c)) for c in coefficients]
    error = max(abs(w * (m.polyval(rounded[::-1], x) - y)) for x, (y, w) in zip(samples, values))
    return [float(c) for c in coefficients], error


def show(name, f, a, b, count, weight):
    coefficients, error = remez(f, a, b, count, weight)
    print(f'{name} (2^{m.nstr(m.log(error, 2), 4)}):')
    print('  ' + ', '.join(repr(c) for c in coefficients))


def exponential(r):
    return (m.expm1(r) - r) / r**2 if abs(r) > mpf('1e-15') else mpf(1) / 2 + r / 6


def hyperbolic_sine(z):
    x = m.sqrt(z)
    return (m.sinh(x) / x - 1) / z if z > mpf('1e-25') else mpf(1) / 6


def logarithm_tail(z):
    """(atanh(s)/s − 1 − z/3)/z², z = s²."""
    return m.nsum(lambda n: z**n / (2 * n + 5), [0, 60])


def erf_small(z):
    x = m.sqrt(z)
    return m.erf(x) / x - 1 if z > mpf('1e-40') else 2 / m.sqrt(m.pi) - 1


def erfc_scaled(t, a):
    """exp(x²)·erfc(x) with t = (x − a)/(x + a)."""
    x = a * (1 + t) / (1 - t)
    return m.exp(x * x) * m.erfc(x)


if __name__ == '__main__':
    half = m.log(2) / 2 * mpf('1.0001')
    for count in (11,):
        show(f'exp {count}: (e^r - 1 - r)/r^2 on |r| <= ln2/2', exponential, -half, half, count, lambda r: abs(r) + mpf('0.05'))
    for count in (8,):
        show(f'sinh {count}: (sinh(x)/x - 1)/x^2 in x^2 on |x| <= 1', hyperbolic_sine, 0, 1, count, lambda z: z + mpf('0.05'))
    limit = (m.sqrt(2) - 1) ** 2 / (m.sqrt(2) + 1) ** 2 * mpf('1.0001')
    for count in (8,):
        show(f'log tail {count}: in s^2, |s| <= (√2 - 1)/(√2 + 1)', logarithm_tail, 0, limit, count, lambda z: z * z + mpf('3e-5'))
    for count in (13,):
        show(f'erf {count}: erf(x)/x - 1 in x^2 on |x| <= 1', erf_small, 0, 1, count, lambda z: mpf(1))
    for a in (2,):
        for count in (13,):
            low, high = (1 - mpf(a)) / (1 + a), (6 - mpf(a)) / (6 + a)
            weight = lambda t: m.exp(-((a * (1 + t) / (1 - t)) ** 2))
            show(f'erfc {a} {count}: e^(x^2) erfc(x) in (x - 2)/(x + 2) on [1, 6]', lambda t: erfc_scaled(t, a), low, high, count, weight)
