"""Two clocks for one set of rules: `batch` (compiled loop) and `simpy_engine` (one process a patient)."""
