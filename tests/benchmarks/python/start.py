"""Imports the package, makes a client and one call: timed as a whole process."""

import os

from fileferry import Keep2Share

with Keep2Share(access_token="key", base_url=os.environ["FILEFERRY_BASE_URL"]) as k2s:
    k2s.account.account_info()
