"""Tests: tables, means, ranks, and several comparisons at once."""
