"""Samples as blocks: decoding, summing, resampling, quantising, writing."""
