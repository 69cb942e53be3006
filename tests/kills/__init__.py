"""Milepost under load, killed at random instants again and again, and judged afterwards by what its database holds."""
