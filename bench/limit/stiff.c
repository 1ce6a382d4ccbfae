/* The stiff problems of bench/stiff.ts by CVODE (SUNDIALS, BDF, dense or banded LU, exact Jacobians): the peer in C.
 * cc -O3 stiff.c -o stiff -lsundials_cvode -lsundials_nvecserial -lsundials_sunmatrixdense -lsundials_sunmatrixband \
 *    -lsundials_sunlinsoldense -lsundials_sunlinsolband -lm && ./stiff
 * prints a table: error over rtol + |y| as bench/stiff.ts has it, and the least of seven times. The reference is CVODE at 1e-12. */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <time.h>

#define Y N_VGetArrayPointer(y)
#define F N_VGetArrayPointer(f)
#define E(i, j) SM_ELEMENT_D(J, i, j)
#define RHS(name) static int name(realtype t, N_Vector y, N_Vector f, void *data)
#define JAC(name) \
  static int name(realtype t, N_Vector y, N_Vector f, SUNMatrix J, void *data, N_Vector a, N_Vector b, N_Vector c)

RHS(vdpol) { double *u = Y, *o = F; o[0] = u[1]; o[1] = 1000 * (1 - u[0] * u[0]) * u[1] - u[0]; return 0; }
JAC(vdpolJ) { double *u = Y; E(0, 0) = 0; E(0, 1) = 1; E(1, 0) = -2000 * u[0] * u[1] - 1; E(1, 1) = 1000 * (1 - u[0] * u[0]); return 0; }

RHS(rober) {
  double *u = Y, *o = F, r1 = 0.04 * u[0], r2 = 1e4 * u[1] * u[2], r3 = 3e7 * u[1] * u[1];
  o[0] = -r1 + r2; o[1] = r1 - r2 - r3; o[2] = r3; return 0;
}
JAC(roberJ) {
  double *u = Y;
  E(0, 0) = -0.04; E(0, 1) = 1e4 * u[2]; E(0, 2) = 1e4 * u[1];
  E(1, 0) = 0.04; E(1, 1) = -1e4 * u[2] - 6e7 * u[1]; E(1, 2) = -1e4 * u[1];
  E(2, 0) = 0; E(2, 1) = 6e7 * u[1]; E(2, 2) = 0; return 0;
}

static const double s = 77.27, q = 8.375e-6, w = 0.161;
RHS(orego) {
  double *u = Y, *o = F;
  o[0] = s * (u[1] + u[0] * (1 - q * u[0] - u[1])); o[1] = (u[2] - (1 + u[0]) * u[1]) / s; o[2] = w * (u[0] - u[2]); return 0;
}
JAC(oregoJ) {
  double *u = Y;
  E(0, 0) = s * (1 - 2 * q * u[0] - u[1]); E(0, 1) = s * (1 - u[0]); E(0, 2) = 0;
  E(1, 0) = -u[1] / s; E(1, 1) = -(1 + u[0]) / s; E(1, 2) = 1 / s; E(2, 0) = w; E(2, 1) = 0; E(2, 2) = -w; return 0;
}

RHS(hires) {
  double *u = Y, *o = F, r = 280 * u[5] * u[7];
  o[0] = -1.71 * u[0] + 0.43 * u[1] + 8.32 * u[2] + 0.0007; o[1] = 1.71 * u[0] - 8.75 * u[1];
  o[2] = -10.03 * u[2] + 0.43 * u[3] + 0.035 * u[4]; o[3] = 8.32 * u[1] + 1.71 * u[2] - 1.12 * u[3];
  o[4] = -1.745 * u[4] + 0.43 * u[5] + 0.43 * u[6]; o[5] = -r + 0.69 * u[3] + 1.71 * u[4] - 0.43 * u[5] + 0.69 * u[6];
  o[6] = r - 1.81 * u[6]; o[7] = -r + 1.81 * u[6]; return 0;
}
JAC(hiresJ) {
  double *u = Y, a5 = 280 * u[7], a7 = 280 * u[5];
  E(0, 0) = -1.71; E(0, 1) = 0.43; E(0, 2) = 8.32; E(1, 0) = 1.71; E(1, 1) = -8.75; E(2, 2) = -10.03; E(2, 3) = 0.43;
  E(2, 4) = 0.035; E(3, 1) = 8.32; E(3, 2) = 1.71; E(3, 3) = -1.12; E(4, 4) = -1.745; E(4, 5) = 0.43; E(4, 6) = 0.43;
  E(5, 3) = 0.69; E(5, 4) = 1.71; E(5, 5) = -0.43 - a5; E(5, 6) = 0.69; E(5, 7) = -a7;
  E(6, 5) = a5; E(6, 6) = -1.81; E(6, 7) = a7; E(7, 5) = -a5; E(7, 6) = 1.81; E(7, 7) = -a7; return 0;
}

#define POINTS 100
RHS(bruss) {
  double *y_ = Y, *o = F, d = 0.02 * (POINTS + 1) * (POINTS + 1);
  for (int i = 0; i < 2 * POINTS; i += 2) {
    double u = y_[i], v = y_[i + 1], p = u * u * v;
    double ub = i > 0 ? y_[i - 2] : 1, vb = i > 0 ? y_[i - 1] : 3;
    double ua = i < 2 * POINTS - 2 ? y_[i + 2] : 1, va = i < 2 * POINTS - 2 ? y_[i + 3] : 3;
    o[i] = 1 + p - 4 * u + d * (ub - 2 * u + ua);
    o[i + 1] = 3 * u - p + d * (vb - 2 * v + va);
  }
  return 0;
}
JAC(brussJ) {
  double *y_ = Y, d = 0.02 * (POINTS + 1) * (POINTS + 1);
  int n = 2 * POINTS;
  for (int i = 0; i < n; i += 2) {
    double u = y_[i], v = y_[i + 1];
    SM_ELEMENT_B(J, i, i) = 2 * u * v - 4 - 2 * d; SM_ELEMENT_B(J, i, i + 1) = u * u;
    SM_ELEMENT_B(J, i + 1, i) = 3 - 2 * u * v; SM_ELEMENT_B(J, i + 1, i + 1) = -u * u - 2 * d;
    for (int k = -2; k <= 2; k += 4)
      if (i + k >= 0 && i + k < n) { SM_ELEMENT_B(J, i, i + k) = d; SM_ELEMENT_B(J, i + 1, i + k + 1) = d; }
  }
  return 0;
}

typedef struct { const char *name; int n; CVRhsFn f; CVLsJacFn j; double t1; double y0[2 * POINTS]; double scale[2 * POINTS]; } Problem;
static SUNContext context;
static long counts[5];

static void solve(Problem *p, double rtol, double *end) {
  N_Vector y = N_VNew_Serial(p->n, context), tol = N_VNew_Serial(p->n, context);
  for (int i = 0; i < p->n; i++) { Y[i] = p->y0[i]; N_VGetArrayPointer(tol)[i] = rtol * p->scale[i]; }
  void *m = CVodeCreate(CV_BDF, context);
  CVodeInit(m, p->f, 0, y);
  CVodeSVtolerances(m, rtol, tol);
  CVodeSetMaxNumSteps(m, 10000000);
  int banded = p->n > 20;
  SUNMatrix J = banded ? SUNBandMatrix(p->n, 2, 2, context) : SUNDenseMatrix(p->n, p->n, context);
  SUNLinearSolver ls = banded ? SUNLinSol_Band(y, J, context) : SUNLinSol_Dense(y, J, context);
  CVodeSetLinearSolver(m, ls, J);
  CVodeSetJacFn(m, p->j);
  CVodeSetStopTime(m, p->t1);
  double t;
  if (CVode(m, p->t1, y, &t, CV_NORMAL) < 0) printf("CVODE failed\n");
  for (int i = 0; i < p->n; i++) end[i] = Y[i];
  CVodeGetNumSteps(m, counts); CVodeGetNumErrTestFails(m, counts + 1); CVodeGetNumRhsEvals(m, counts + 2);
  CVodeGetNumJacEvals(m, counts + 3); CVodeGetNumLinSolvSetups(m, counts + 4);
  N_VDestroy(y); N_VDestroy(tol); SUNMatDestroy(J); SUNLinSolFree(ls); CVodeFree(&m);
}

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec; }

int main(void) {
  static Problem problems[5] = {
    {"VDPOL", 2, vdpol, vdpolJ, 2000, {2, 0}, {1, 1e-3}},
    {"HIRES", 8, hires, hiresJ, 321.8122, {1, 0, 0, 0, 0, 0, 0, 0.0057}, {0}},
    {"OREGO", 3, orego, oregoJ, 360, {1, 2, 3}, {1, 1, 1}},
    {"ROBER", 3, rober, roberJ, 1e11, {1, 0, 0}, {1e-8, 1e-14, 1}},
    {"Brusselator, n = 200", 2 * POINTS, bruss, brussJ, 10, {0}, {0}}};
  for (int i = 0; i < 8; i++) problems[1].scale[i] = 1e-3;
  for (int i = 0; i < 2 * POINTS; i++) {
    problems[4].scale[i] = 1;
    problems[4].y0[i] = i % 2 ? 3 : 1 + 0.5 * sin(2 * M_PI * (i / 2 + 1) / (POINTS + 1));
  }
  SUNContext_Create(NULL, &context);
  printf("| problem | rtol | error | ms | steps | rejected | f | J | LU |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
  for (int k = 0; k < 5; k++) {
    Problem *p = problems + k;
    static double reference[2 * POINTS], end[2 * POINTS];
    solve(p, 1e-12, reference);
    for (double rtol = 1e-4; rtol > 1e-11; rtol /= 100) {
      double least = 1e300, error = 0;
      for (int r = 0; r < 12; r++) { double start = now(); solve(p, rtol, end); double time = now() - start; if (r > 4 && time < least) least = time; }
      for (int i = 0; i < p->n; i++) { double e = fabs(end[i] - reference[i]) / (p->scale[i] + fabs(reference[i])); if (e > error) error = e; }
      printf("| %s | %g | %.1e | %.2f | %ld | %ld | %ld | %ld | %ld |\n", p->name, rtol, error, least, counts[0], counts[1], counts[2], counts[3], counts[4]);
    }
  }
  return 0;
}
