// Imports the package, makes a client and one call: timed as a whole process.

import { Keep2Share } from 'fileferry'

using k2s = new Keep2Share({ accessToken: 'key', baseUrl: process.env.FILEFERRY_BASE_URL })
await k2s.account.accountInfo()
