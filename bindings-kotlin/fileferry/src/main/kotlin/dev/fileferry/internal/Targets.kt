package dev.fileferry.internal

import dev.fileferry.Entry
import kotlinx.serialization.json.JsonObject

/** Of an entry what tells which one it is: the engine sees by its service that it belongs elsewhere. */
internal val Entry.asTarget: JsonObject
    get() = arguments {
        optional("id", id)
        optional("path", path)
        required("is_folder", isFolder)
        required("service", service)
    }
