"""Writes statistics.json: SciPy's numbers for Student's t, t tests, TOST, Holm, and least squares.

Run with a Python that has scipy 1.11 or later:  python generate.py
"""

import json
import pathlib

import numpy
import scipy
from scipy import stats

DEGREES = [1, 2, 3, 4, 5, 7, 9, 14, 30, 120, 2.5, 8.3, 1000]
PROBABILITIES = [0.6, 0.9, 0.95, 0.975, 0.995, 0.9995, 0.025]
A = [4.31, 4.19, 4.42, 4.05, 4.27]
B = [4.21, 4.33, 4.38, 4.11, 4.02]
C = [5.9, 5.1, 6.3, 5.7, 5.2, 5.8, 6.6]
MARGINS = [0.1, 0.3, 1.0]
X = [-2.0, -1.0, -1.0, 0.0, 0.5, 1.0, 2.0, 2.0]
Y = [3.1, 1.4, 1.2, 0.4, 0.5, 0.7, 2.6, 2.2]
SIGNIFICANCES = [0.01, 0.04, 0.03, 0.005, 0.6]


def interval(result):
    low, high = result.confidence_interval(0.95)
    return [float(low), float(high)]


def tost(run):
    """The larger of the two one-sided p values for each margin; `run` tests a difference against a shift."""
    return [max(float(run(-m, "greater").pvalue), float(run(m, "less").pvalue)) for m in MARGINS]


def paired(shift, alternative):
    return stats.ttest_rel(numpy.array(A) - shift, B, alternative=alternative)


def welch(shift, alternative):
    return stats.ttest_ind(numpy.array(C) - shift, A, equal_var=False, alternative=alternative)


def main():
    line = stats.linregress(X, Y)
    curvature, slope, intercept = numpy.polyfit(X, Y, 2)
    document = {
        "scipy": scipy.__version__,
        "quantiles": [
            {"degrees": d, "probability": p, "t": float(stats.t.ppf(p, d))} for d in DEGREES for p in PROBABILITIES
        ],
        "tails": [
            {"degrees": d, "t": t, "probability": float(stats.t.sf(t, d))}
            for d in DEGREES for t in (-3.0, -0.5, 0.0, 0.2, 1.0, 4.0, 12.0)
        ],
        "a": A, "b": B, "c": C, "margins": MARGINS,
        "mean": {"p": float(stats.ttest_1samp(A, 0).pvalue), "interval": interval(stats.ttest_1samp(A, 0))},
        "paired": {"p": float(paired(0, "two-sided").pvalue), "interval": interval(paired(0, "two-sided")),
                   "tost": tost(paired)},
        "welch": {"p": float(welch(0, "two-sided").pvalue), "interval": interval(welch(0, "two-sided")),
                  "tost": tost(welch)},
        "x": X, "y": Y, "slope": float(line.slope), "intercept": float(line.intercept),
        "slopeError": float(line.stderr), "slopeSignificance": float(line.pvalue),
        "curvature": float(curvature), "minimum": float(-slope / (2 * curvature)),
        "significances": SIGNIFICANCES,
        # By hand from Holm 1979: sorted .005·5, .01·4, .03·3, .04·2 (raised to .09), .6·1.
        "holm": [0.04, 0.09, 0.09, 0.025, 0.6],
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(document, indent=1) + "\n")


main()
