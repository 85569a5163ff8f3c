"""Autoregressive models: what a sample shares with those before it, and samples made from that."""
