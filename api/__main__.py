"""`python -m api` is `kubelore`."""

import sys

from api.cli import main

sys.exit(main())
