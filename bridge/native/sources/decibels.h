/* Decibels of one number, for the kernels that need them inside a loop. See decibels.c. */
#ifndef STEMWRIGHT_DECIBELS_H
#define STEMWRIGHT_DECIBELS_H

#include <stdint.h>
#include <string.h>

#define DB_PER_OCTAVE 6.020599913279624
#define LN_2 0.6931471805599453
#define DB_OF_ATANH (2 / LN_2 * DB_PER_OCTAVE)

static inline double of_bits(uint64_t bits) {
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static inline uint64_t bits_of(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* 20 log10(gain) of a positive, finite, normal number: gain = mantissa * 2**exponent, and the logarithm of the
   mantissa by the series of atanh((m - 1) / (m + 1)). */
static inline double level_db(double gain) {
    const double series[6] = {0.9999999999999736 * DB_OF_ATANH,  0.3333333333978963 * DB_OF_ATANH,
                              0.1999999744591619 * DB_OF_ATANH,  0.14286083072937864 * DB_OF_ATANH,
                              0.11087124955038745 * DB_OF_ATANH, 0.09804047819876527 * DB_OF_ATANH};
    const double sqrt_half = 0.7071067811865476;
    uint64_t bits = bits_of(gain);
    double mantissa = of_bits((bits & 0x000fffffffffffffULL) | 0x3fe0000000000000ULL);
    /* The biased exponent under 2**52 is a double without a conversion, which few registers have. */
    double exponent = of_bits((bits >> 52) | 0x4330000000000000ULL) - (4503599627370496.0 + 1022.0);
    double low = mantissa < sqrt_half ? 1.0 : 0.0;
    mantissa *= 1.0 + low;
    double ratio = (mantissa - 1.0) / (mantissa + 1.0);
    double square = ratio * ratio;
    double sum = square * series[5];
    sum = (sum + series[4]) * square;
    sum = (sum + series[3]) * square;
    sum = (sum + series[2]) * square;
    sum = (sum + series[1]) * square;
    sum = (sum + series[0]) * ratio;
    return sum + (exponent - low) * DB_PER_OCTAVE;
}

/* 10**(db / 20) for levels of +-6000 dB: whole octaves apart, the rest by the Pade approximant of e**x. */
static inline double gain_of_db(double db) {
    const double to_whole = 6755399441055744.0; /* 1.5 * 2**52: what is added to it is rounded to a whole number */
    double octaves = db * (1 / DB_PER_OCTAVE);
    double shifted = octaves + to_whole;
    double x = (octaves - (shifted - to_whole)) * LN_2;
    double square = x * x;
    double even = (square * 30.0 + 3360.0) * square + 30240.0;
    double odd = ((square + 420.0) * square + 15120.0) * x;
    uint64_t exponent = (bits_of(shifted) - bits_of(to_whole) + 1023) & 0x7ffULL;
    return (even + odd) / (even - odd) * of_bits(exponent << 52);
}

#endif
