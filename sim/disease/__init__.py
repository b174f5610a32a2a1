"""The rules: what happens next to this patient. Knows no scheduler, no files and no costs."""
