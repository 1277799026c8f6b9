"""python -m one360: the command line."""

from one360.cli import main

main()
