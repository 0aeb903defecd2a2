"""The verbs that all services share, for asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fileferry._async_pages import AsyncPages
from fileferry._calls import encode_arguments, encode_call_options, identify
from fileferry._group import AsyncGroup

if TYPE_CHECKING:
    from fileferry._async_caller import AsyncCaller
    from fileferry._async_stream import AsyncByteStream
    from fileferry._generated.shared.models import Account, Capabilities, Entry, FolderReport
    from fileferry._types import CallOptions, OnFolderProgress, OnProgress, Source, StrPath, Target


class AsyncAccountVerb(AsyncGroup):
    """The account: call it for what all services tell of one."""

    __slots__ = ()

    async def __call__(self, *, options: CallOptions | None = None) -> Account:
        """Tell of the signed-in account, in the terms that all services share.

        Keep2Share tells the traffic that is left today and the end of the subscription; the name is the one that the
        client signs in with.

        Args:
            options: What the call takes beside its parameters.
        """
        return await self._caller.verb("account", {}, options=options)


class AsyncVerbs:
    """What the clients of all services can do alike.

    A *target* is an entry, a path (it begins with `/`; `/` is the root) or a bare id. A path that fits several entries
    is `ConflictError`, with their ids in `details.items`; one that leads nowhere is `NotFoundError`. What a service
    cannot do is `NotSupportedError`, an entry of another service `InvalidArgumentError`; nothing is sent for either.

    Services know ids only: a path is found by listing one folder after the other on the way to it.
    """

    _caller: AsyncCaller

    def list(self, folder: Target = "/", *, options: CallOptions | None = None) -> AsyncPages[Entry]:
        """List a folder: its entries, page after page. What is in the trash or dead is left out.

        Keep2Share asks for 1000 entries at once.

        Args:
            folder: What to list. Default: the root.
            options: What each request takes beside its parameters.
        """
        arguments = encode_arguments({"folder": identify(folder)})
        pages = self._caller.native.list(arguments, encode_call_options(options))
        return AsyncPages(self._caller, pages, options)

    async def stat(self, target: Target, *, is_folder: bool | None = None, options: CallOptions | None = None) -> Entry:
        """Tell what is known of a file or folder; gives its entry. What is not there is `NotFoundError`.

        Args:
            target: The file or folder.
            is_folder: Whether a bare id is a folder's, for services that number files and folders apart.
            options: What the call takes beside its parameters.
        """
        return await self._caller.verb("stat", {"target": identify(target), "is_folder": is_folder}, options=options)

    async def make_folder(
        self, name: str, folder: Target = "/", *, exist_ok: bool = False, options: CallOptions | None = None
    ) -> Entry:
        """Make a folder; gives its entry. One of that name that is there is `AlreadyExistsError`.

        The service is asked for the items of `folder` first.

        Args:
            name: What to call it.
            folder: Where to make it. Default: in the root.
            exist_ok: Gives the folder of that name that is there instead of an error.
            options: What the call takes beside its parameters.
        """
        arguments = {"name": name, "folder": identify(folder), "exist_ok": exist_ok}
        return await self._caller.verb("make_folder", arguments, options=options)

    async def move(self, target: Target, folder: Target, *, options: CallOptions | None = None) -> Entry:
        """Move a file or folder into a folder; gives its entry there.

        Args:
            target: The file or folder.
            folder: Where it goes.
            options: What the call takes beside its parameters.
        """
        arguments = {"target": identify(target), "folder": identify(folder)}
        return await self._caller.verb("move", arguments, options=options)

    async def rename(self, target: Target, name: str, *, options: CallOptions | None = None) -> Entry:
        """Give a file or folder another name; gives its entry.

        A name that is empty or holds a slash is `InvalidArgumentError`. Keep2Share takes no name of a file that is
        shorter than three characters: `RejectedError`.

        Args:
            target: The file or folder.
            name: The new name.
            options: What the call takes beside its parameters.
        """
        return await self._caller.verb("rename", {"target": identify(target), "name": name}, options=options)

    async def delete(self, target: Target, *, options: CallOptions | None = None) -> None:
        """Delete a file, or a folder with what is in it. What is not there is `NotFoundError`.

        Args:
            target: The file or folder.
            options: What the call takes beside its parameters.
        """
        await self._caller.verb("delete", {"target": identify(target)}, options=options)

    async def share_link(self, target: Target, *, options: CallOptions | None = None) -> str:
        """Give an address that a stranger can open and that does not lapse by itself.

        Where there is none it is made; where that cannot be, it is `NotSupportedError`. Keep2Share opens a folder to
        others for it; a private file stays private and has none.

        Args:
            target: The file or folder.
            options: What the call takes beside its parameters.
        """
        return await self._caller.verb("share_link", {"target": identify(target)}, options=options)

    async def remote_upload(
        self,
        url: str,
        folder: Target | None = None,
        *,
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Entry:
        """Let the service fetch an address itself, and wait for it; gives the new file's entry.

        An address that the service does not want, or could not fetch, is `RejectedError`. How it goes is asked for at
        the client's `poll_interval`. Cancelling the task stops the waiting:
        The service goes on fetching.

        Args:
            url: Address of the file.
            folder: Where it goes. Default: the root.
            on_progress: Hears of progress, on the event loop. The service tells how much is done, not how many
                bytes: look at `fraction`. What it raises ends the call.
            options: What the call takes beside its parameters.
        """
        arguments = {"url": url, "folder": identify(folder)}
        return await self._caller.verb("remote_upload", arguments, on_progress, options)

    @property
    def account(self) -> AsyncAccountVerb:
        """The signed-in account: `await client.account()` tells of it in the terms that all services share."""
        return AsyncAccountVerb(self._caller)

    def capabilities(self) -> Capabilities:
        """Tell what the service can do. Nothing is sent."""
        return self._caller.native.capabilities()

    async def upload(
        self,
        source: Source,
        *,
        folder: Target | None = None,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Entry:
        """Upload a file; gives its entry.

        Args:
            source: A path, bytes, or an open binary file of known length.
            folder: Where it goes. Default: the root.
            name: What to call it. Default: the name of the source.
            on_progress: Hears of progress, on the event loop. What it raises ends the upload.
            options: What the call takes beside its parameters.
        """
        arguments = {"folder": identify(folder), "name": name}
        return await self._caller.upload(source, arguments, on_progress, options)

    async def upload_folder(
        self,
        path: StrPath,
        *,
        folder: Target | None = None,
        name: str | None = None,
        parallel: int | None = None,
        on_progress: OnFolderProgress | None = None,
        options: CallOptions | None = None,
    ) -> FolderReport:
        """Upload a local folder with all that is in it; reports what became of each thing.

        Folders that are there already are used; a file is uploaded as any other, beside one of its name. A file that
        fails is reported and the others go on; so is what cannot be uploaded, such as a symbolic link (its error is
        named `symbolic_link`). The call itself fails where there is nothing to report: the local folder cannot be
        read, or its folder on the service cannot be made.

        Args:
            path: The local folder.
            folder: The folder in which it is made. Default: the root.
            name: What to call it. Default: its own name.
            parallel: How many files go at once, from 1 to 10. Default: 3.
            on_progress: Hears of progress, on the event loop. What it raises ends the upload.
            options: What the call takes beside its parameters; a deadline is that of the whole call.
        """
        arguments = {"folder": identify(folder), "name": name, "parallel": parallel}
        return await self._caller.upload_folder(path, arguments, on_progress, options)

    async def download(
        self,
        target: Target,
        to: StrPath,
        *,
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Entry:
        """Download a file to the disk; gives its entry, whose `path` is the file written.

        Args:
            target: The file.
            to: The file to write, or a folder that is there: then the service's name is used below it.
            overwrite: Replaces a file that is there already.
            on_progress: Hears of progress, on the event loop. What it raises ends the download.
            options: What the call takes beside its parameters.
        """
        return await self._caller.download(to, overwrite, {"target": identify(target)}, on_progress, options)

    async def open(self, target: Target, *, options: CallOptions | None = None) -> AsyncByteStream:
        """Open a file of the service as a stream of bytes.

        Args:
            target: The file.
            options: What the call takes beside its parameters.
        """
        return await self._caller.open({"target": identify(target)}, options)
