/* The Fourier transform of real windows: bridge/processing/transform.py, pass by pass.

   Complex numbers are two arrays, real and imaginary. A window of 2 M samples is M complex ones; M = rows * columns.
   `tables` is what RealTransform lays out: the factors between the two halves, M real and M imaginary; those of the
   real spectrum, M + 1 and M + 1; then those of the passes down `rows`, and of the passes down `columns`. */
#include "kernels.h"
#include <math.h>
#include <string.h>

typedef struct {
    double *re, *im;
} Parts;

/* One pass of radix 4 from (4, size, width) to (size, 4, width). Twin: _radix_4.
   `factors` are w, w^2, w^3 for every p: 3 times `size` real ones and `size` imaginary ones. */
static WIDER void radix_4(const double *in_re, const double *in_im, double *out_re,
                          double *out_im, int64_t size, int64_t width, const double *factors) {
    int64_t apart_by = size * width;
    for (int64_t p = 0; p < size; p++) {
        const double *re = in_re + p * width, *im = in_im + p * width;
        double *to_re = out_re + 4 * p * width, *to_im = out_im + 4 * p * width;
        double w1r = factors[p], w1i = factors[size + p];
        double w2r = factors[2 * size + p], w2i = factors[3 * size + p];
        double w3r = factors[4 * size + p], w3i = factors[5 * size + p];
        INDEPENDENT
        for (int64_t w = 0; w < width; w++) {
            double ar = re[w], br = re[w + apart_by], cr = re[w + 2 * apart_by], dr = re[w + 3 * apart_by];
            double ai = im[w], bi = im[w + apart_by], ci = im[w + 2 * apart_by], di = im[w + 3 * apart_by];
            double evens_r = ar + cr, evens_i = ai + ci, odds_r = br + dr, odds_i = bi + di;
            double apart_r = ar - cr, apart_i = ai - ci, across_r = br - dr, across_i = bi - di;
            double one_r = apart_r + across_i, one_i = apart_i - across_r;
            double two_r = evens_r - odds_r, two_i = evens_i - odds_i;
            double three_r = apart_r - across_i, three_i = apart_i + across_r;
            to_re[w] = evens_r + odds_r;
            to_im[w] = evens_i + odds_i;
            to_re[w + width] = one_r * w1r - one_i * w1i;
            to_im[w + width] = one_r * w1i + one_i * w1r;
            to_re[w + 2 * width] = two_r * w2r - two_i * w2i;
            to_im[w + 2 * width] = two_r * w2i + two_i * w2r;
            to_re[w + 3 * width] = three_r * w3r - three_i * w3i;
            to_im[w + 3 * width] = three_r * w3i + three_i * w3r;
        }
    }
}

/* The last pass of radix 4, whose factors are 1 and left out: a product by 1 + 0i may turn a zero's sign. */
static WIDER void last_radix_4(const double *re, const double *im, double *to_re,
                               double *to_im, int64_t width) {
    INDEPENDENT
    for (int64_t w = 0; w < width; w++) {
        double ar = re[w], br = re[w + width], cr = re[w + 2 * width], dr = re[w + 3 * width];
        double ai = im[w], bi = im[w + width], ci = im[w + 2 * width], di = im[w + 3 * width];
        double evens_r = ar + cr, evens_i = ai + ci, odds_r = br + dr, odds_i = bi + di;
        double apart_r = ar - cr, apart_i = ai - ci, across_r = br - dr, across_i = bi - di;
        to_re[w] = evens_r + odds_r;
        to_im[w] = evens_i + odds_i;
        to_re[w + width] = apart_r + across_i;
        to_im[w + width] = apart_i - across_r;
        to_re[w + 2 * width] = evens_r - odds_r;
        to_im[w + 2 * width] = evens_i - odds_i;
        to_re[w + 3 * width] = apart_r - across_i;
        to_im[w + 3 * width] = apart_i + across_r;
    }
}

static WIDER void radix_2(const double *re, const double *im, double *to_re,
                               double *to_im, int64_t width) {
    INDEPENDENT
    for (int64_t w = 0; w < width; w++) {
        to_re[w] = re[w] + re[w + width];
        to_im[w] = im[w] + im[w + width];
        to_re[w + width] = re[w] - re[w + width];
        to_im[w + width] = im[w] - im[w + width];
    }
}

/* Transforms of length `size` down the columns of (size, width), between two buffers. Twin: _down_columns.
   Returns which of them holds the result, and moves `factors` on. */
static Parts down_columns(Parts here, Parts there, int64_t size, int64_t width, const double **factors) {
    while (size >= 2) {
        if (size == 2) {
            radix_2(here.re, here.im, there.re, there.im, width);
            size = 1;
        } else if (size == 4) {
            last_radix_4(here.re, here.im, there.re, there.im, width);
            size = 1;
        } else {
            size /= 4;
            radix_4(here.re, here.im, there.re, there.im, size, width, *factors);
            *factors += 6 * size;
            width *= 4;
        }
        Parts swap = here;
        here = there;
        there = swap;
    }
    return here;
}

static WIDER void times(double *re, double *im, const double *by_re, const double *by_im, int64_t count) {
    for (int64_t n = 0; n < count; n++) {
        double r = re[n] * by_re[n] - im[n] * by_im[n];
        im[n] = re[n] * by_im[n] + im[n] * by_re[n];
        re[n] = r;
    }
}

static void transposed(const double *in, double *out, int64_t rows, int64_t columns) {
    enum { TILE = 8 };
    for (int64_t top = 0; top < rows; top += TILE)
        for (int64_t left = 0; left < columns; left += TILE)
            for (int64_t r = top; r < top + TILE && r < rows; r++)
                for (int64_t c = left; c < left + TILE && c < columns; c++)
                    out[c * rows + r] = in[r * columns + c];
}

/* M complex numbers, in `here` to begin with; `there` is room for as many. Twin: RealTransform._complex. */
static Parts complex_transform(Parts here, Parts there, int64_t rows, int64_t columns, const double *tables) {
    int64_t half = rows * columns;
    const double *factors = tables + 4 * half + 2;
    Parts made = down_columns(here, there, rows, columns, &factors);
    Parts other = made.re == here.re ? there : here;
    times(made.re, made.im, tables, tables + half, half);
    transposed(made.re, other.re, rows, columns);
    transposed(made.im, other.im, rows, columns);
    return down_columns(other, made, columns, rows, &factors);
}

static Parts room(double *work, int64_t number, int64_t half) {
    return (Parts){work + 2 * number * half, work + (2 * number + 1) * half};
}

/* Bins `first` to `end` of a real spectrum from the complex one's from `bin` up and their images from `mirror` down. */
static WIDER void untangled(Parts made, int64_t first, int64_t bin, int64_t mirror, int64_t end, const double *ahead_re,
                            const double *ahead_im, double *re, double *im) {
    const double *here_re = made.re + bin, *here_im = made.im + bin;
    const double *there_re = made.re + mirror, *there_im = made.im + mirror;
    INDEPENDENT
    for (int64_t k = 0; k < end - first; k++) {
        double even_re = here_re[k] + there_re[-k], even_im = here_im[k] - there_im[-k];
        double odd_re = here_im[k] + there_im[-k], odd_im = there_re[-k] - here_re[k];
        double ahead_r = ahead_re[first + k], ahead_i = ahead_im[first + k];
        re[first + k] = even_re + (odd_re * ahead_r - odd_im * ahead_i);
        im[first + k] = even_im + (odd_re * ahead_i + odd_im * ahead_r);
    }
}

/* `evens` and `odds` of one window, M each, to twice its spectrum, M + 1 real and M + 1 imaginary parts.
   `work` is room for 4 M. Twin: RealTransform.forward. */
WIDER void sw_forward(const double *evens, const double *odds, double *re, double *im, int64_t rows, int64_t columns,
                const double *tables, double *work) {
    int64_t half = rows * columns;
    const double *ahead_re = tables + 2 * half, *ahead_im = ahead_re + half + 1;
    Parts first = room(work, 0, half);
    memcpy(first.re, evens, (size_t)half * sizeof *evens);
    memcpy(first.im, odds, (size_t)half * sizeof *odds);
    Parts made = complex_transform(first, room(work, 1, half), rows, columns, tables);
    untangled(made, 0, 0, 0, 1, ahead_re, ahead_im, re, im);
    untangled(made, 1, 1, half - 1, half, ahead_re, ahead_im, re, im);
    untangled(made, half, 0, 0, half + 1, ahead_re, ahead_im, re, im);
}

/* A spectrum to 2 M times the window's even and odd samples. Twin: RealTransform.backward. */
WIDER void sw_backward(const double *re, const double *im, double *evens, double *odds, int64_t rows, int64_t columns,
                 const double *tables, double *work) {
    int64_t half = rows * columns;
    const double *ahead_re = tables + 2 * half, *ahead_im = ahead_re + half + 1;
    Parts first = room(work, 0, half);
    INDEPENDENT
    for (int64_t k = 0; k < half; k++) {
        double here_re = re[k], here_im = im[k], there_re = re[half - k], there_im = im[half - k];
        double turned_re = here_re - there_re, turned_im = here_im + there_im;
        double back_re = ahead_re[k], back_im = -ahead_im[k];
        double odd_re = turned_re * back_re - turned_im * back_im;
        double odd_im = turned_re * back_im + turned_im * back_re;
        /* Parts change places: a transform backwards is one forwards of what is mirrored so. */
        first.im[k] = (here_re + there_re) - odd_im;
        first.re[k] = (here_im - there_im) + odd_re;
    }
    Parts made = complex_transform(first, room(work, 1, half), rows, columns, tables);
    memcpy(odds, made.re, (size_t)half * sizeof *odds);
    memcpy(evens, made.im, (size_t)half * sizeof *evens);
}

/* one * other, bin by bin, added to `out` or put there. Twin: product and added. */
WIDER void sw_product(const double *re, const double *im, const double *by_re, const double *by_im, double *out_re,
                      double *out_im, int64_t count, int adds) {
    for (int64_t n = 0; n < count; n++) {
        double r = re[n] * by_re[n] - im[n] * by_im[n], i = re[n] * by_im[n] + im[n] * by_re[n];
        out_re[n] = adds ? out_re[n] + r : r;
        out_im[n] = adds ? out_im[n] + i : i;
    }
}

/* x l^2 / (s (1 + s)), s = sqrt(1 + l^2): what the soft clip takes away, l being x itself or what leads it.
   Twin: saturation.py, _taken_away. */
WIDER void sw_taken_away(const double *samples, const double *leads, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++) {
        double square = leads[n] * leads[n], root = sqrt(square + 1.0);
        out[n] = square * samples[n] / root / (root + 1.0);
    }
}
