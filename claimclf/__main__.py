"""`python -m claimclf` is the command `claimclf`."""

import sys

from claimclf.cli import main

sys.exit(main())
