"""What people read: the HTML report of a run, and one patient's story."""
