/* Magnitudes of a row. Their bits order as they themselves do, and those of NaN come above them all. */
#ifndef STEMWRIGHT_MAGNITUDES_H
#define STEMWRIGHT_MAGNITUDES_H

#include "decibels.h"

#define WITHOUT_SIGN 0x7fffffffffffffffULL

/* The largest |row[n]|, NaN where there is one; 0 for none. */
static inline __attribute__((always_inline)) double largest_magnitude(const double *row, int64_t count) {
    int64_t largest = 0;
    for (int64_t n = 0; n < count; n++) {
        int64_t bits = (int64_t)(bits_of(row[n]) & WITHOUT_SIGN);
        largest = bits > largest ? bits : largest;
    }
    return of_bits((uint64_t)largest);
}

/* The same of 32-bit numbers. */
static inline __attribute__((always_inline)) float largest_narrow_magnitude(const float *row, int64_t count) {
    int32_t largest = 0;
    for (int64_t n = 0; n < count; n++) {
        int32_t bits;
        memcpy(&bits, row + n, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    float found;
    memcpy(&found, &largest, sizeof found);
    return found;
}

/* The larger of two magnitudes, NaN where either is. */
static inline double larger_magnitude(double one, double other) {
    return (int64_t)bits_of(one) > (int64_t)bits_of(other) ? one : other;
}

#endif
