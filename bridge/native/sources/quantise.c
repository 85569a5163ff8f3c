/* Doubles to the codes of integer samples, with their dither. */
#include "kernels.h"
#include <math.h>

typedef struct {
    uint64_t word[4];
} Draws;

/* The upper and lower half of a product of 64-bit numbers. */
static inline uint64_t product(uint64_t one, uint64_t other, uint64_t *low) {
    unsigned __int128 whole = (unsigned __int128)one * other;
    *low = (uint64_t)whole;
    return (uint64_t)(whole >> 64);
}

/* Philox4x64-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
   Twin: numpy.random.Philox. */
static inline Draws philox(uint64_t counter, const uint64_t *key) {
    uint64_t a = counter, b = 0, c = 0, d = 0, first_key = key[0], second_key = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t low_a, low_c;
        uint64_t high_a = product(0xd2e7470ee14c6c93ULL, a, &low_a);
        uint64_t high_c = product(0xca5a826395121157ULL, c, &low_c);
        a = high_c ^ b ^ first_key;
        b = low_c;
        c = high_a ^ d ^ second_key;
        d = low_a;
        first_key += 0x9e3779b97f4a7c15ULL;
        second_key += 0xbb67ae8584caa73bULL;
    }
    return (Draws){{a, b, c, d}};
}

enum { TILE = 512 };

/* The draws of frames `position` and on: the first counter is 1, and each gives four. */
static void drawn(const uint64_t *key, uint64_t position, uint64_t *out, int64_t frames) {
    int64_t n = 0;
    while (n < frames) {
        Draws draws = philox(position / 4 + 1, key);
        for (uint64_t k = position % 4; k < 4 && n < frames; k++, position++)
            out[n++] = draws.word[k];
    }
}

/* A 32-bit number as a double: its bits under 2**52, less that. */
static inline double of_half(uint64_t half) {
    union {
        uint64_t bits;
        double number;
    } biased = {half | 0x4330000000000000ULL};
    return biased.number - 0x1p52;
}

/* The nearest code of each sample, after one uniform less another where there are draws. Returns whether any was
   out of reach. */
static WIDER int nearest_codes(const double *samples, const uint64_t *draws, int32_t *codes, int64_t frames,
                               double scale) {
    const double to_whole = 6755399441055744.0; /* 1.5 * 2**52: what is added to it is rounded to a whole number */
    const double lowest = -scale, highest = scale - 1.0;
    int out_of_reach = 0;
    for (int64_t n = 0; n < frames; n++) {
        double dither = (of_half(draws[n] & 0xffffffffULL) - of_half(draws[n] >> 32)) * 0x1p-32;
        double code = (samples[n] * scale + dither + to_whole) - to_whole;
        out_of_reach |= (code > highest) | (code < lowest);
        code = code < lowest ? lowest : code;
        code = code > highest ? highest : code;
        codes[n] = (int32_t)code;
    }
    return out_of_reach;
}

static WIDER int64_t beyond_full_scale(const double *samples, int64_t frames) {
    int64_t beyond = 0;
    for (int64_t n = 0; n < frames; n++)
        beyond += fabs(samples[n]) > 1.0;
    return beyond;
}

/* The codes of one channel from frame `position` of its stream on, dithered where `dithered`; samples finite.
   Adds to found[0] whether a code was out of reach, to found[1] how many samples are beyond full scale.
   Twin: bridge/audio/quantise.py, Quantiser. */
void sw_quantise(const double *samples, int32_t *codes, int64_t frames, double scale, int dithered,
                 const uint64_t *key, int64_t position, int64_t *found) {
    uint64_t draws[TILE] = {0};
    for (int64_t at = 0; at < frames; at += TILE) {
        int64_t some = frames - at < TILE ? frames - at : TILE;
        if (dithered)
            drawn(key, (uint64_t)(position + at), draws, some);
        found[0] += nearest_codes(samples + at, draws, codes + at, some, scale);
    }
    found[1] += beyond_full_scale(samples, frames);
}

/* Rows of codes as interleaved little-endian integers of 2 or 3 bytes. Twin: bridge/audio/quantise.py, as_stored. */
void sw_pack(const int32_t *codes, int64_t channels, int64_t frames, int64_t bytes, uint8_t *out) {
    for (int64_t c = 0; c < channels; c++) {
        const int32_t *row = codes + c * frames;
        uint8_t *octet = out + c * bytes;
        for (int64_t n = 0; n < frames; n++, octet += channels * bytes) {
            octet[0] = (uint8_t)row[n];
            octet[1] = (uint8_t)(row[n] >> 8);
            if (bytes == 3)
                octet[2] = (uint8_t)(row[n] >> 16);
        }
    }
}

/* Codes over full scale, as a reader of the file has them. Twin: bridge/audio/quantise.py, as_read. */
WIDER void sw_read_back(const int32_t *codes, double *out, int64_t count, double step) {
    for (int64_t n = 0; n < count; n++)
        out[n] = codes[n] * step;
}
