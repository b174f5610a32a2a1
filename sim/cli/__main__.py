"""`python -m sim.cli` is the command `bmes`."""

from sim.cli import main

main()
