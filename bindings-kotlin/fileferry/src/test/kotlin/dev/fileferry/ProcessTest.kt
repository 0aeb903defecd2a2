package dev.fileferry

import org.junit.jupiter.api.Test
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** A process ends when its `main` ends, whatever the library is doing. */
class ProcessTest {
    private fun start(mode: String, world: World): Process {
        val java = ProcessHandle.current().info().command().orElse("java")
        return ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), "dev.fileferry.LeavingKt", mode)
            .apply { environment()["BASE_URL"] = world.baseUrl }
            .apply { environment()["TOKEN"] = world.account("premium").accessToken }
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    }

    private fun assertLeaves(process: Process) {
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "the process did not end")
        assertEquals(0, process.exitValue())
    }

    @Test
    fun `it ends while the client is idle and not closed`() = inWorld { world -> assertLeaves(start("idle", world)) }

    @Test
    fun `it ends with a call in flight`() = inWorld { world ->
        world.fault("hold", "accountInfo")
        val process = start("in-flight", world)
        world.waitFor("held")
        process.outputStream.close()
        assertLeaves(process)
    }
}
