"""Figures. What matplotlib has to say about its folder of fonts, or a letter that its own lacks, is not for users."""

import logging
import warnings

logging.getLogger("matplotlib").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
