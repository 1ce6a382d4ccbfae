"""Writes the test problems of scenes/tests/: classical initial value problems with known solutions.

    python bench/peers/problems.py [IVP.json]

Sources of the problems: DETEST (Hull, Enright, Fellen & Sedgwick, SIAM J. Numer. Anal. 9 (1972) 603), Hairer, Norsett &
Wanner, Solving ODEs I, Hairer & Wanner, Solving ODEs II, and the Test Set for IVP Solvers (Mazzia & Magherini, Bari).
Digits are closed forms, Taylor series in 40 digits (mpmath), quadruple-precision runs (from IVP.json, if it is given), or
published ones; each scene says which.
"""

import json
import sys
from pathlib import Path

from mpmath import mp, mpf, odefun, exp, sin, cos, sqrt, pi, log, findroot, matrix, expm, ellipfun, atan, besselj

mp.dps = 40
folder = Path(__file__).parents[2] / "scenes" / "tests"
quadruple = {p["name"]: p for p in json.load(open(sys.argv[1]))} if len(sys.argv) > 1 else {}


def number(x):
    if isinstance(x, str):
        return x
    text = repr(float(x))
    if "e" in text and "." not in text.split("e")[0]:
        text = text.replace("e", ".0e")
    if "e" in text and "e-" not in text and "e+" not in text:
        text = text.replace("e", "e+")
    return text[:-2] if text.endswith(".0") else text


def mapping(items):
    return "{" + ", ".join(f"{k}: {v}" for k, v in items.items()) + "}"


def block(name, items, width=118):
    """A map on one line if it is short, else a line per entry."""
    line = f"  {name}: {mapping(items)}"
    if len(line) <= width:
        return [line]
    return [f"  {name}:"] + [f"    {k}: {v}" for k, v in items.items()]


def scene(name, about, state, derivatives, end, reference, source, parameters={}, definitions={}, mass={}, start=0,
          method="tsit5", rtol="1.0e-7", atol="1.0e-9", energy=None, below=10):
    lines = ["# Written by bench/peers/problems.py", "version: 1", f"name: {name}", f"about: {about}", "system:", "  type: equations"]
    if parameters:
        lines += block("parameters", {k: number(v) for k, v in parameters.items()})
    lines += block("state", {k: number(v) for k, v in state.items()})
    if definitions:
        lines += block("definitions", definitions)
    lines += block("derivatives", derivatives)
    if mass:
        lines += block("mass", {row: mapping(entries) for row, entries in mass.items()})
    if energy:
        lines.append(f"  energy: {energy}")
    lines.append(f"solver: {{method: {method}, span: [{number(start)}, {number(end)}], rtol: {rtol}, atol: {atol}}}")
    lines.append("reference:")
    lines += block("state", {k: number(v) for k, v in zip(state, reference) if v is not None})
    lines.append(f"  source: {source}")
    lines.append(f"criteria: [{{metric: end_error, below: {below}}}]")
    (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n")


def taylor(f, y0, end, start=0):
    """The solution at `end` by mpmath's Taylor series."""
    solution = odefun(lambda t, y: f(t, *y), mpf(start), [mpf(y) for y in y0])
    return solution(mpf(end))


SERIES = "Taylor series in 40 digits (mpmath)"
CLOSED = "closed form"
QUAD = "own run in quadruple precision, two tolerances agree"
DETEST = "DETEST"

# --- DETEST A: scalar
scene("detest-a1", "DETEST A1, decay.", {"y": 1}, {"y": "-y"}, 20, [exp(-20)], CLOSED)
scene("detest-a2", "DETEST A2, a special Riccati equation.", {"y": 1}, {"y": "-y^3/2"}, 20, [1 / sqrt(mpf(21))], CLOSED)
scene("detest-a3", "DETEST A3, an oscillating rate.", {"y": 1}, {"y": "y*cos(t)"}, 20, [exp(sin(mpf(20)))], CLOSED)
scene("detest-a4", "DETEST A4, the logistic curve.", {"y": 1}, {"y": "y/4*(1 - y/20)"}, 20, [20 / (1 + 19 * exp(mpf(-5)))], CLOSED)
# r = 4 exp(pi/2 - theta) with t = r cos(theta), y = r sin(theta)
theta = findroot(lambda a: 4 * exp(pi / 2 - a) * cos(a) - 20, 0.4)
scene("detest-a5", "DETEST A5, a logarithmic spiral.", {"y": 4}, {"y": "(y - t)/(y + t)"}, 20,
      [4 * exp(pi / 2 - theta) * sin(theta)], CLOSED)

# --- DETEST B: small systems
scene("detest-b1", "DETEST B1, two populations.", {"x": 1, "y": 3}, {"x": "2*(x - x*y)", "y": "-(y - x*y)"}, 20,
      taylor(lambda t, x, y: [2 * (x - x * y), -(y - x * y)], [1, 3], 20), SERIES)
A = matrix([[-1, 1, 0], [1, -2, 1], [0, 1, -1]])
scene("detest-b2", "DETEST B2, a linear chemical reaction.", {"x": 2, "y": 0, "z": 1},
      {"x": "-x + y", "y": "x - 2*y + z", "z": "y - z"}, 20, list(expm(20 * A) * matrix([2, 0, 1])), CLOSED)
scene("detest-b3", "DETEST B3, a nonlinear chemical reaction.", {"x": 1, "y": 0, "z": 0},
      {"x": "-x", "y": "x - y^2", "z": "y^2"}, 20, taylor(lambda t, x, y, z: [-x, x - y * y, y * y], [1, 0, 0], 20), SERIES)
# around the torus
def torus(t, x, y, z):
    r = sqrt(x * x + y * y)
    return [-y - x * z / r, x - y * z / r, x / r]
scene("detest-b4", "DETEST B4, the integral surface of a torus.", {"x": 3, "y": 0, "z": 0},
      {"x": "-y - x*z/r", "y": "x - y*z/r", "z": "x/r"}, 20, taylor(torus, [3, 0, 0], 20), SERIES,
      definitions={"r": "sqrt(x^2 + y^2)"})
sn, cn, dn = (ellipfun(f, mpf(20), m=mpf("0.51")) for f in ("sn", "cn", "dn"))
scene("detest-b5", "DETEST B5, a rigid body free of forces (Euler).", {"x": 0, "y": 1, "z": 1},
      {"x": "y*z", "y": "-x*z", "z": "-0.51*x*y"}, 20, [sn, cn, dn], CLOSED + " by Jacobi's elliptic functions")

# --- DETEST C: moderate systems
names = [f"y{i}" for i in range(1, 11)]
def chain(rate):
    n = 10
    B = matrix(n, n)
    for i in range(n - 1):
        B[i, i] = -rate(i + 1)
        B[i + 1, i] = rate(i + 1)
    return B
e1 = matrix([1] + [0] * 9)
for key, rate, text in (("c1", lambda i: mpf(1), "constant rates"), ("c2", lambda i: mpf(i), "growing rates")):
    derivatives = {"y1": "-y1"}
    for i in range(2, 10):
        derivatives[f"y{i}"] = f"y{i-1} - y{i}" if key == "c1" else f"{i-1}*y{i-1} - {i}*y{i}"
    derivatives["y10"] = "y9" if key == "c1" else "9*y9"
    scene(f"detest-{key}", f"DETEST {key.upper()}, a radioactive decay chain with {text}.", {n: int(n == "y1") for n in names},
          derivatives, 20, list(expm(20 * chain(rate)) * e1), CLOSED)
B = matrix(10, 10)
for i in range(10):
    B[i, i] = -2
    if i > 0:
        B[i, i - 1] = 1
        B[i - 1, i] = 1
scene("detest-c3", "DETEST C3, heat in a rod of ten pieces.", {n: int(n == "y1") for n in names},
      {f"y{i}": (f"y{i-1} - 2*y{i}" if i > 1 else "-2*y1") + (f" + y{i+1}" if i < 10 else "") for i in range(1, 11)},
      20, list(expm(20 * B) * e1), CLOSED)
if "outer_planets" in quadruple:
    p = quadruple["outer_planets"]
    bodies, masses = range(1, 6), {"m0": p["params"]["m0"], **{f"m{j}": p["params"][f"m{j}"] for j in range(1, 6)}}
    state = {f"{v}{a}{j}": 0 for v in ("", "v") for j in bodies for a in "xyz"}
    state = dict(zip([f"{v}{a}{j}" for v in ("", "v") for j in bodies for a in "xyz"], p["y0"]))
    definitions = {f"r{j}": f"(x{j}^2 + y{j}^2 + z{j}^2)^1.5" for j in bodies}
    for j in bodies:
        for k in bodies:
            if j < k:
                definitions[f"d{j}{k}"] = f"((x{k} - x{j})^2 + (y{k} - y{j})^2 + (z{k} - z{j})^2)^1.5"
    derivatives = {f"{a}{j}": f"v{a}{j}" for j in bodies for a in "xyz"}
    for j in bodies:
        for a in "xyz":
            terms = [f"-(m0 + m{j})*{a}{j}/r{j}"]
            for k in bodies:
                if k != j:
                    d = f"d{min(j, k)}{max(j, k)}"
                    terms.append(f"m{k}*(({a}{k} - {a}{j})/{d} - {a}{k}/r{k})")
            derivatives[f"v{a}{j}"] = "k2*(" + " + ".join(terms) + ")"
    scene("detest-c5", "DETEST C5, the five outer planets about the sun (AU, 100 days).", state, derivatives, 20,
          p["reference_y"], QUAD, parameters={"k2": p["params"]["k2"], **masses}, definitions=definitions)

# --- DETEST D: two bodies, by Kepler's equation
for k, e in enumerate(("0.1", "0.3", "0.5", "0.7", "0.9")):
    e = mpf(e)
    E = findroot(lambda a: a - e * sin(a) - 20, 20)
    r = 1 - e * cos(E)
    b = sqrt(1 - e * e)
    ref = [cos(E) - e, b * sin(E), -sin(E) / r, b * cos(E) / r]
    scene(f"detest-d{k + 1}", f"DETEST D{k + 1}, two bodies of eccentricity {number(e)} (three revolutions).",
          {"x": 1 - e, "y": 0, "vx": 0, "vy": sqrt((1 + e) / (1 - e))},
          {"x": "vx", "y": "vy", "vx": "-x/r3", "vy": "-y/r3"}, 20, ref, CLOSED + " by Kepler's equation",
          definitions={"r3": "(x^2 + y^2)^1.5"}, energy="(vx^2 + vy^2)/2 - 1/sqrt(x^2 + y^2)", below=1000 if e < 0.8 else 10000)

# --- DETEST E: second order
s = mpf(21)
x0 = mpf("0.6713967071418031")  # J_1/2(1)
scene("detest-e1", "DETEST E1, Bessel's equation of order 1/2.", {"y": besselj(mpf(1) / 2, 1), "v": besselj(mpf(1) / 2, 1, derivative=1)},
      {"y": "v", "v": "-(v/(t + 1) + (1 - 0.25/(t + 1)^2)*y)"}, 20,
      [besselj(mpf(1) / 2, s), besselj(mpf(1) / 2, s, derivative=1)], CLOSED)
scene("detest-e2", "DETEST E2, van der Pol's oscillator.", {"y": 2, "v": 0}, {"y": "v", "v": "(1 - y^2)*v - y"}, 20,
      taylor(lambda t, y, v: [v, (1 - y * y) * v - y], [2, 0], 20), SERIES, below=100)
scene("detest-e3", "DETEST E3, Duffing's oscillator.", {"y": 0, "v": 0}, {"y": "v", "v": "y^3/6 - y + 2*sin(2.78535*t)"}, 20,
      taylor(lambda t, y, v: [v, y**3 / 6 - y + 2 * sin(mpf("2.78535") * t)], [0, 0], 20), SERIES, below=100)
scene("detest-e4", "DETEST E4, a body that falls with friction.", {"y": 30, "v": 0}, {"y": "v", "v": "0.032 - 0.4*v^2"}, 20,
      taylor(lambda t, y, v: [v, mpf("0.032") - mpf("0.4") * v * v], [30, 0], 20), SERIES)
scene("detest-e5", "DETEST E5, a curve of pursuit.", {"y": 0, "v": 0}, {"y": "v", "v": "sqrt(1 + v^2)/(25 - t)"}, 20,
      taylor(lambda t, y, v: [v, sqrt(1 + v * v) / (25 - t)], [0, 0], 20), SERIES)

# --- Hairer, Norsett & Wanner I
scene("arenstorf", "Arenstorf's orbit, a satellite about earth and moon (Hairer I, II.0), closes after one period.",
      {"x": "0.994", "y": 0, "vx": 0, "vy": "-2.00158510637908252240537862224"},
      {"x": "vx", "y": "vy", "vx": "x + 2*vy - m1*(x + mu)/d1 - mu*(x - m1)/d2", "vy": "y - 2*vx - m1*y/d1 - mu*y/d2"},
      "17.0652165601579625588917206249", [0.994, 0, 0, "-2.00158510637908252240537862224"], "the period published by Hairer, Norsett & Wanner, I, p. 130",
      parameters={"mu": "0.012277471", "m1": "0.987722529"},
      definitions={"d1": "((x + mu)^2 + y^2)^1.5", "d2": "((x - m1)^2 + y^2)^1.5"}, method="dop853", rtol="1.0e-10", atol="1.0e-12",
      below="1.0e+6")
pleiades = [0.3706139143970502, 3.237284092057233, -3.222559032418324, 0.6597091455775310, 0.3425581707156584, 1.562172101400631,
            -0.7003092922212495, -3.943437585517392, -3.271380973972550, 5.225081843456543, -2.590612434977470, 1.198213693392275,
            -0.2429682344935824, 1.091449240428980, 3.417003806314313, 1.354584501625501, -2.590065597810775, 2.025053734714242,
            -1.155815100160448, -0.8072988170223021, 0.5952396354208710, -3.741244961234010, 0.3773459685750630, 0.9386858869551073,
            0.3667922227200571, -0.3474046353808490, 2.344915448180937, -1.947020434263292]
px, py = [3, 3, -1, -3, 2, -2, 2], [3, -3, 2, 0, 0, -4, 4]
pvx, pvy = [0, 0, 0, 0, 0, 1.75, -1.5], [0, 0, 0, -1.25, 1, 0, 0]
stars = range(1, 8)
state = {f"{a}{i}": v for a, vs in (("x", px), ("y", py), ("vx", pvx), ("vy", pvy)) for i, v in zip(stars, vs)}
definitions = {f"r{i}{j}": f"((x{i} - x{j})^2 + (y{i} - y{j})^2)^1.5" for i in stars for j in stars if i < j}
derivatives = {f"{a}{i}": f"v{a}{i}" for a in "xy" for i in stars}
for a in "xy":
    for i in stars:
        derivatives[f"v{a}{i}"] = " + ".join(f"{j}*({a}{j} - {a}{i})/r{min(i, j)}{max(i, j)}" for j in stars if j != i)
scene("pleiades", "Seven stars in the plane, with close encounters (Hairer I, II.10; Test Set).", state, derivatives, 3, pleiades,
      "Test Set for IVP Solvers (pleiasoln)", definitions=definitions, method="dop853", below=1000)
scene("lorenz", "Lorenz' equations, before chaos has grown.", {"x": 1, "y": 0, "z": 0},
      {"x": "sigma*(y - x)", "y": "x*(rho - z) - y", "z": "x*y - beta*z"}, 1,
      taylor(lambda t, x, y, z: [10 * (y - x), x * (28 - z) - y, x * y - mpf(8) / 3 * z], [1, 0, 0], 1), SERIES,
      parameters={"sigma": 10, "rho": 28, "beta": mpf(8) / 3}, below=100)
scene("lotka-volterra", "Predator and prey.", {"x": 1, "y": 1}, {"x": "a*x - b*x*y", "y": "d*x*y - c*y"}, 10,
      taylor(lambda t, x, y: [mpf(3) / 2 * x - x * y, -3 * y + x * y], [1, 1], 10), SERIES,
      parameters={"a": 1.5, "b": 1, "c": 3, "d": 1})
scene("fitzhugh-nagumo", "An excitable membrane.", {"v": 1, "w": 1},
      {"v": "v - v^3/3 - w + l", "w": "rate*(v + a - b*w)"}, 10,
      taylor(lambda t, v, w: [v - v**3 / 3 - w + mpf("0.5"), mpf("0.08") * (v + mpf("0.7") - mpf("0.8") * w)], [1, 1], 10), SERIES,
      parameters={"a": 0.7, "b": 0.8, "rate": 0.08, "l": 0.5})
scene("rigid-body", "A rigid body with a torque (Hairer I, II.10).", {"x": 1, "y": 0, "z": 0.9},
      {"x": "-2*y*z", "y": "1.25*x*z", "z": "-0.5*x*y + 0.25*sin(t)^2"}, 10,
      taylor(lambda t, x, y, z: [-2 * y * z, mpf("1.25") * x * z, -x * y / 2 + sin(t) ** 2 / 4], [1, 0, "0.9"], 10), SERIES)

# --- Hairer & Wanner II and the Test Set: stiff
stiff = dict(method="rodas5p", rtol="1.0e-7")
scene("van-der-pol-stiff", "Van der Pol's oscillator with mu = 1000, over two relaxations (Test Set VDPOL, unscaled time).",
      {"y": 2, "v": 0}, {"y": "v", "v": "mu*(1 - y^2)*v - y"}, 2000, [1.706167732170469, -0.8928097010248125e-3],
      "Test Set for IVP Solvers (vdpol)", parameters={"mu": 1000}, atol="[1.0e-7, 1.0e-10]", **stiff)
robertson = dict(parameters={"k1": 0.04, "k2": 3e7, "k3": 1e4},
                 definitions={"r1": "k1*a", "r2": "k2*b^2", "r3": "k3*b*c"})
if quadruple:
    scene("robertson-40", "Robertson's reaction to t = 40.", {"a": 1, "b": 0, "c": 0},
          {"a": "r3 - r1", "b": "r1 - r2 - r3", "c": "r2"}, 40, quadruple["rober_40"]["reference_y"], QUAD,
          atol="[1.0e-9, 1.0e-13, 1.0e-9]", **robertson, **stiff)
    scene("robertson-dae", "Robertson's reaction with conservation of mass as a constraint (index 1).", {"a": 1, "b": 0, "c": 0},
          {"a": "r3 - r1", "b": "r1 - r2 - r3", "c": "a + b + c - 1"}, 1e5, quadruple["rober_dae"]["reference_y"], QUAD,
          mass={"c": {"c": 0}}, atol="[1.0e-9, 1.0e-13, 1.0e-9]", **robertson, **stiff)
scene("robertson", "Robertson's reaction to its end (Test Set ROBER).", {"a": 1, "b": 0, "c": 0},
      {"a": "r3 - r1", "b": "r1 - r2 - r3", "c": "r2"}, 1e11, [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050],
      "Test Set for IVP Solvers (rober)", atol="[1.0e-14, 1.0e-19, 1.0e-9]", **robertson, **stiff)
oregonator = dict(parameters={"s": 77.27, "q": 8.375e-6, "w": 0.161}, atol="[1.0e-7, 1.0e-7, 1.0e-7]", **stiff)
equations = {"x": "s*(y + x*(1 - q*x - y))", "y": "(z - (1 + x)*y)/s", "z": "w*(x - z)"}
scene("oregonator", "The Belousov-Zhabotinskii reaction over a period (Test Set OREGO).", {"x": 1, "y": 2, "z": 3}, equations, 360,
      [0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3], "Test Set for IVP Solvers (orego)", **oregonator)
if quadruple:
    scene("oregonator-30", "The Belousov-Zhabotinskii reaction to t = 30.", {"x": 1, "y": 2, "z": 3}, equations, 30,
          quadruple["orego_30"]["reference_y"], QUAD, below=100, **oregonator)
scene("hires", "High irradiance responses of photomorphogenesis (Test Set HIRES).", {f"y{i}": 0 for i in range(1, 9)} | {"y1": 1, "y8": 0.0057},
      {"y1": "-1.71*y1 + 0.43*y2 + 8.32*y3 + 0.0007", "y2": "1.71*y1 - 8.75*y2", "y3": "-10.03*y3 + 0.43*y4 + 0.035*y5",
       "y4": "8.32*y2 + 1.71*y3 - 1.12*y4", "y5": "-1.745*y5 + 0.43*y6 + 0.43*y7",
       "y6": "-280*y6*y8 + 0.69*y4 + 1.71*y5 - 0.43*y6 + 0.69*y7", "y7": "280*y6*y8 - 1.81*y7", "y8": "-280*y6*y8 + 1.81*y7"},
      "321.8122", [0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2, 0.2386356198831331e-2,
                   0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2], "Test Set for IVP Solvers (hires)", atol="1.0e-11", **stiff)
if quadruple:
    p = quadruple["pollu"]
    reactions = "k1*y1 k2*y2*y4 k3*y5*y2 k4*y7 k5*y7 k6*y7*y6 k7*y9 k8*y9*y6 k9*y11*y2 k10*y11*y1 k11*y13 k12*y10*y2 k13*y14 k14*y1*y6 k15*y3 k16*y4 k17*y4 k18*y16 k19*y16 k20*y17*y6 k21*y19 k22*y19 k23*y1*y4 k24*y19*y1 k25*y20".split()
    rates = ["-r1-r10-r14-r23-r24+r2+r3+r9+r11+r12+r22+r25", "-r2-r3-r9-r12+r1+r21", "-r15+r1+r17+r19+r22", "-r2-r16-r17-r23+r15",
             "-r3+2*r4+r6+r7+r13+r20", "-r6-r8-r14-r20+r3+2*r18", "-r4-r5-r6+r13", "r4+r5+r6+r7", "-r7-r8", "-r12+r7+r9",
             "-r9-r10+r8+r11", "r9", "-r11+r10", "-r13+r12", "r14", "-r18-r19+r16", "-r20", "r20", "-r21-r22-r24+r23+r25", "-r25+r24"]
    scene("pollution", "Air pollution, 25 reactions of 20 species (Test Set POLLU).", {f"y{i + 1}": v for i, v in enumerate(p["y0"])},
          {f"y{i + 1}": r for i, r in enumerate(rates)}, 60, p["reference_y"], QUAD + "; as the Test Set's",
          parameters={k: v for k, v in p["params"].items()}, definitions={f"r{i + 1}": r for i, r in enumerate(reactions)},
          atol="1.0e-12", **stiff)
    p = quadruple["chem_akzo_dae"]
    scene("chemical-akzo-nobel", "A chemical process of Akzo Nobel (Test Set CHEMAKZO, index 1).",
          {f"y{i + 1}": v for i, v in enumerate(p["y0"])},
          {"y1": "-2*r1 + r2 - r3 - r4", "y2": "-r1/2 - r4 - r5/2 + inflow", "y3": "r1 - r2 + r3", "y4": "-r2 + r3 - 2*r4",
           "y5": "r2 - r3 + r5", "y6": "Ks*y1*y4 - y6"}, 180, p["reference_y"], QUAD + "; as the Test Set's", parameters=p["params"],
          definitions={"r1": "k1*y1^4*sqrt(y2)", "r2": "k2*y3*y4", "r3": "k2/K*y1*y5", "r4": "k3*y1*y4^2", "r5": "k4*y6^2*sqrt(y2)",
                       "inflow": "klA*(pCO2/H - y2)"}, mass={"y6": {"y6": 0}}, atol="1.0e-11", **stiff)
    p = quadruple["transistor"]
    C = {f"C{i}": p["params"][f"C{i}"] for i in range(1, 6)}
    scene("transistor-amplifier", "An amplifier of two transistors (Test Set TRANSAMP, index 1, mass matrix of rank 5).",
          {f"y{i + 1}": v for i, v in enumerate(p["y0"])},
          {"y1": "(y1 - 0.1*sin(200*pi*t))/R0", "y2": "y2/R + (y2 - Ub)/R + (1 - alpha)*g1", "y3": "y3/R - g1", "y4": "(y4 - Ub)/R + alpha*g1",
           "y5": "y5/R + (y5 - Ub)/R + (1 - alpha)*g2", "y6": "y6/R - g2", "y7": "(y7 - Ub)/R + alpha*g2", "y8": "y8/R"}, 0.2,
          p["reference_y"], QUAD + "; as the Test Set's",
          parameters={"Ub": 6, "UF": 0.026, "alpha": 0.99, "beta": 1e-6, "R0": 1000, "R": 9000, **C},
          definitions={"g1": "beta*(exp((y2 - y3)/UF) - 1)", "g2": "beta*(exp((y5 - y6)/UF) - 1)"},
          mass={"y1": {"y1": "-C1", "y2": "C1"}, "y2": {"y1": "C1", "y2": "-C1"}, "y3": {"y3": "-C2"}, "y4": {"y4": "-C3", "y5": "C3"},
                "y5": {"y4": "C3", "y5": "-C3"}, "y6": {"y6": "-C4"}, "y7": {"y7": "-C5", "y8": "C5"}, "y8": {"y7": "C5", "y8": "-C5"}},
          atol="1.0e-7", **stiff)
    p = quadruple["brusselator_1d"]
    N = 40
    state = {f"{a}{i}": p["y0"][2 * (i - 1) + (a == "v")] for i in range(1, N + 1) for a in "uv"}
    derivatives = {}
    for i in range(1, N + 1):
        left, right = (f"u{i-1}" if i > 1 else "1"), (f"u{i+1}" if i < N else "1")
        derivatives[f"u{i}"] = f"A + u{i}^2*v{i} - (B + 1)*u{i} + d*({left} - 2*u{i} + {right})"
        left, right = (f"v{i-1}" if i > 1 else "3"), (f"v{i+1}" if i < N else "3")
        derivatives[f"v{i}"] = f"B*u{i} - u{i}^2*v{i} + d*({left} - 2*v{i} + {right})"
    scene("brusselator-1d", "The Brusselator with diffusion on 40 points (Hairer II, IV.1).", state, derivatives, 10, p["reference_y"], QUAD,
          parameters={"A": 1, "B": 3, "d": 33.62}, atol="1.0e-8", **stiff)
if quadruple:
    scene("e5", "E5, a chemical pyrolysis over thirteen decades of time (Test Set E5, Hairer II, IV.10).",
          {"y1": 1.76e-3, "y2": 0, "y3": 0, "y4": 0},
          {"y1": "-A*y1 - B*y1*y3", "y2": "d2", "y3": "d2 - d4", "y4": "d4"}, 1e13, quadruple["e5"]["reference_y"], QUAD,
          definitions={"d2": "A*y1 - M*C*y2*y3", "d4": "B*y1*y3 - C*y4"}, parameters={"A": 7.89e-10, "B": 1.1e7, "C": 1.13e3, "M": 1e6}, method="radau5", rtol="1.0e-7", atol="1.0e-24")
print(len(list(folder.glob("*.yaml"))), "scenes in", folder)
