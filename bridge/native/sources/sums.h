/* Sums in the order of numpy's add.reduce: eight running sums up to 128 numbers, halves above that
   (Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14, 1993). */
#ifndef STEMWRIGHT_SUMS_H
#define STEMWRIGHT_SUMS_H

#include <stdint.h>

enum { SUM_LANES = 8, SUM_LEAF = 128 };

static inline double of_lanes(const double *lane) {
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* Where numpy cuts more than SUM_LEAF numbers in two. */
static inline int64_t first_half(int64_t count) {
    int64_t half = count / 2;
    return half - half % SUM_LANES;
}

/* The sum of one[n] * other[n] for at most SUM_LEAF of them. */
static inline __attribute__((always_inline)) double leaf_of_products(const double *one, const double *other,
                                                                     int64_t count) {
    double lane[SUM_LANES], sum = 0.0;
    int64_t n = 0;
    if (count >= SUM_LANES) {
        for (int k = 0; k < SUM_LANES; k++)
            lane[k] = one[k] * other[k];
        for (n = SUM_LANES; n + SUM_LANES <= count; n += SUM_LANES)
            for (int k = 0; k < SUM_LANES; k++)
                lane[k] += one[n + k] * other[n + k];
        sum = of_lanes(lane);
    }
    for (; n < count; n++)
        sum += one[n] * other[n];
    return sum;
}

/* numpy.sum(one * other). */
static inline double sum_of_products(const double *one, const double *other, int64_t count) {
    if (count <= SUM_LEAF)
        return leaf_of_products(one, other, count);
    int64_t half = first_half(count);
    return sum_of_products(one, other, half) + sum_of_products(one + half, other + half, count - half);
}

/* The sum of at most SUM_LEAF numbers. */
static inline __attribute__((always_inline)) double leaf_of(const double *values, int64_t count) {
    double lane[SUM_LANES], sum = 0.0;
    int64_t n = 0;
    if (count >= SUM_LANES) {
        for (int k = 0; k < SUM_LANES; k++)
            lane[k] = values[k];
        for (n = SUM_LANES; n + SUM_LANES <= count; n += SUM_LANES)
            for (int k = 0; k < SUM_LANES; k++)
                lane[k] += values[n + k];
        sum = of_lanes(lane);
    }
    for (; n < count; n++)
        sum += values[n];
    return sum;
}

/* numpy.sum(values). */
static inline double sum_of(const double *values, int64_t count) {
    if (count <= SUM_LEAF)
        return leaf_of(values, count);
    int64_t half = first_half(count);
    return sum_of(values, half) + sum_of(values + half, count - half);
}

#endif
