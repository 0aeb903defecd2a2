"""Shown by the README: type-checked with the tests, so that it cannot drift, and never run."""

import logging

logging.basicConfig(level=logging.DEBUG)
