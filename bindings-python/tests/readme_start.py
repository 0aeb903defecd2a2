"""Shown by the README: type-checked with the tests, so that it cannot drift, and never run."""

from fileferry import Keep2Share

with Keep2Share(username="me@example.com", password="correct horse") as k2s:
    folder = k2s.files.create_folder(name="Holidays")
    file = k2s.upload("movie.mp4", folder=folder.id, on_progress=print)

    for item in k2s.files.iter_files_list(parent=folder.id):
        print(item.name, item.size, item.date_created)

    k2s.download(file, "copy.mp4")
