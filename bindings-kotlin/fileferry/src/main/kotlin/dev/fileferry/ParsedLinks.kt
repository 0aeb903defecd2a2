package dev.fileferry

import dev.fileferry.internal.Native
import dev.fileferry.ffi.parseLink as nativeParseLink

/**
 * What the address of a page says, of whatever service; null where it is no page that this library knows. Nothing is sent.
 */
public fun parseLink(url: String): ParsedLink? =
    Native.run { nativeParseLink(url) }?.let { Native.shared(it, ParsedLink.reader) }
