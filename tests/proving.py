"""Whether everything is proved, however long it takes: `make prove` sets LOA_PROVE."""

import os

PROVING = "LOA_PROVE" in os.environ
