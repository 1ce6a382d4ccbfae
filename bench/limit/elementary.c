/* The C library's elementary functions over arrays: what bench/elementary.ts compares with. Prints "name nanoseconds" per
 * element, the median of seven. Build: gcc -O3 bench/limit/elementary.c -lm */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { length = 1024, repetitions = 200, samples = 7 };
/* Not static: else the compiler sees that nobody reads the result. */
double a[length], b[length], result[length];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * t.tv_sec + t.tv_nsec;
}

static int ascending(const void *x, const void *y) {
  const double u = *(const double *)x, v = *(const double *)y;
  return (u > v) - (u < v);
}

/* The same points as in bench/elementary.ts. */
static void fill(double low, double high) {
  for (int i = 0; i < length; i++) {
    a[i] = low + (high - low) * fmod(i * 0.6180339887498949, 1);
    b[i] = low + (high - low) * fmod(i * 0.7548776662466927, 1);
  }
}

#define MEASURE(name, low, high, expression)                                        \
  {                                                                                 \
    double times[samples];                                                          \
    fill(low, high);                                                                \
    for (int s = 0; s < samples; s++) {                                             \
      const double start = now();                                                   \
      for (int r = 0; r < repetitions; r++) {                                       \
        for (int i = 0; i < length; i++) result[i] = expression;                    \
        __asm__ volatile("" ::: "memory");                                          \
      }                                                                             \
      times[s] = (now() - start) / (repetitions * length);                          \
    }                                                                               \
    qsort(times, samples, sizeof *times, ascending);                                \
    printf("%s %.3f\n", name, times[samples / 2]);                                  \
  }

int main(void) {
  MEASURE("exp", -5, 5, exp(a[i]))
  MEASURE("expm1", -5, 5, expm1(a[i]))
  MEASURE("log", 0.01, 10, log(a[i]))
  MEASURE("log1p", -0.9, 10, log1p(a[i]))
  MEASURE("logistic", -5, 5, 1 / (1 + exp(-a[i])))
  MEASURE("softplus", -5, 5, fmax(a[i], 0) + log1p(exp(-fabs(a[i]))))
  MEASURE("erf", -3, 3, erf(a[i]))
  MEASURE("sin", -10, 10, sin(a[i]))
  MEASURE("cos", -10, 10, cos(a[i]))
  MEASURE("tan", -10, 10, tan(a[i]))
  MEASURE("asin", -1, 1, asin(a[i]))
  MEASURE("acos", -1, 1, acos(a[i]))
  MEASURE("atan", -5, 5, atan(a[i]))
  MEASURE("sinh", -5, 5, sinh(a[i]))
  MEASURE("cosh", -5, 5, cosh(a[i]))
  MEASURE("tanh", -5, 5, tanh(a[i]))
  MEASURE("asinh", -5, 5, asinh(a[i]))
  MEASURE("acosh", 1, 10, acosh(a[i]))
  MEASURE("atanh", -1, 1, atanh(a[i]))
  MEASURE("power", 0.1, 5, pow(a[i], b[i]))
  MEASURE("atan2", -5, 5, atan2(a[i], b[i]))
  MEASURE("remainder", 0.1, 5, a[i] - b[i] * floor(a[i] / b[i]))
  return 0;
}
