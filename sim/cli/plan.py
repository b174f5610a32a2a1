"""Commands on how many patients and draws a question needs."""
