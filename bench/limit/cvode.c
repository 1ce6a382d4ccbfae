/* CVODE on one problem: `cvode RTOL ATOL0 ATOL1 …` prints seconds for the solve (the least of several) and the end state.
   The problem is in problem.h: rhs, N, T0, T1, START, STIFF, BAND (half bandwidth, 0 for a dense Jacobian). */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <time.h>

static inline double square(double x) { return x * x; }
static inline double cube(double x) { return x * x * x; }
static inline double threeHalves(double x) { return x * sqrt(x); }
#include "problem.h"

static int f(realtype t, N_Vector y, N_Vector dydt, void *data) {
  (void)data;
  rhs(t, NV_DATA_S(y), NV_DATA_S(dydt));
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  static const double start[N] = START;
  SUNContext context;
  SUNContext_Create(NULL, &context);
  N_Vector y = N_VNew_Serial(N, context), atol = N_VNew_Serial(N, context);
  for (int i = 0; i < N; i++) NV_Ith_S(atol, i) = atof(argv[argc > 3 ? 2 + i : 2]);
  double least = INFINITY, begun = now();
  for (int round = 0; round < 3 || (now() - begun < 0.5 && round < 200); round++) {
    for (int i = 0; i < N; i++) NV_Ith_S(y, i) = start[i];
    double from = now();
    void *memory = CVodeCreate(STIFF ? CV_BDF : CV_ADAMS, context);
    CVodeInit(memory, f, T0, y);
    CVodeSVtolerances(memory, atof(argv[1]), atol);
    CVodeSetMaxNumSteps(memory, 10000000);
    SUNMatrix J = NULL;
    SUNLinearSolver linear = NULL;
    SUNNonlinearSolver nonlinear = NULL;
    if (STIFF) {
      J = BAND ? SUNBandMatrix(N, BAND, BAND, context) : SUNDenseMatrix(N, N, context);
      linear = BAND ? SUNLinSol_Band(y, J, context) : SUNLinSol_Dense(y, J, context);
      CVodeSetLinearSolver(memory, linear, J);
    } else {
      nonlinear = SUNNonlinSol_FixedPoint(y, 0, context);
      CVodeSetNonlinearSolver(memory, nonlinear);
    }
    realtype t;
    int status = CVode(memory, T1, y, &t, CV_NORMAL);
    double seconds = now() - from;
    if (status < 0) {
      printf("nan\n");
      return 0;
    }
    if (seconds < least) least = seconds;
    if (linear) SUNLinSolFree(linear);
    if (nonlinear) SUNNonlinSolFree(nonlinear);
    if (J) SUNMatDestroy(J);
    CVodeFree(&memory);
  }
  printf("%.17g", least);
  for (int i = 0; i < N; i++) printf(" %.17g", NV_Ith_S(y, i));
  printf("\n");
  return 0;
}
