"""SciPy's error on the test problems of scenes/tests/, in units of the tolerance, beside bench/problems.ts.

    python bench/peers/problems_scipy.py 1e-7

Problems with a mass matrix are left out: SciPy takes none. The formulas are those of our own files.
"""

import re
import signal
import sys
from pathlib import Path

import numpy as np
import yaml
from scipy.integrate import solve_ivp

tolerance = float(sys.argv[1]) if len(sys.argv) > 1 else 1e-7
explicit, implicit = ["RK23", "RK45", "DOP853"], ["Radau", "BDF", "LSODA"]
functions = {name: getattr(np, name) for name in ("sin", "cos", "exp", "sqrt")} | {"pi": np.pi}


def compiled(system):
    """The right-hand side as one Python function."""
    names = list(system["state"])
    lines = [f"{name} = _state[{i}]" for i, name in enumerate(names)]
    lines += [f"{k} = {float(v)!r}" for k, v in system.get("parameters", {}).items()]
    python = lambda formula: re.sub(r"\^", "**", str(formula))
    lines += [f"{k} = {python(v)}" for k, v in system.get("definitions", {}).items()]
    lines.append("return [" + ", ".join(f"({python(system['derivatives'][name])})" for name in names) + "]")
    scope = dict(functions)
    exec("def f(t, _state):\n    " + "\n    ".join(lines), scope)
    return names, scope["f"]


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong


signal.signal(signal.SIGALRM, give_up)
methods = explicit + implicit
print(f"| tolerance {tolerance} | " + " | ".join(methods) + " |")
print("|---" + "|--:" * len(methods) + "|")
for file in sorted((Path(__file__).parents[2] / "scenes" / "tests").glob("*.yaml")):
    scene = yaml.safe_load(file.read_text())
    if "mass" in scene["system"]:
        continue
    names, f = compiled(scene["system"])
    solver = scene["solver"]
    atol = np.array(solver["atol"], dtype=float) * (tolerance / solver["rtol"]) * np.ones(len(names))
    y0 = [float(v) for v in scene["system"]["state"].values()]
    cells = []
    for method in methods:
        if solver["method"] in ("rodas5p", "radau5") and method in explicit:
            cells.append("–")
            continue
        try:
            signal.alarm(20)
            end = solve_ivp(f, [float(t) for t in solver["span"]], y0, method=method, rtol=tolerance, atol=atol).y[:, -1]
            signal.alarm(0)
            errors = [
                abs(end[names.index(k)] - float(v)) / (atol[names.index(k)] + tolerance * abs(float(v)))
                for k, v in scene["reference"]["state"].items()
            ]
            cells.append("<0.1" if max(errors) < 0.095 else f"{max(errors):.2g}")
        except TooLong:
            cells.append("> 20 s")
    print(f"| {file.stem} | " + " | ".join(cells) + " |", flush=True)
