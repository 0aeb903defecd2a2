//! The code of the guides.

use std::time::Duration;

use fileferry::{Client, Keep2Share, Kind};

fn signed_in(kept: Option<String>) -> fileferry::Result<Keep2Share> {
    let mut builder = Keep2Share::builder()
        .username("me@example.com")
        .password("correct horse")
        .on_session(keep)
        .on_captcha(|captcha, flow| async move {
            match captcha.kind.as_deref() {
                Some("page") => ask_on_page(&captcha.url?).await,
                _ => ask_for_text(&flow.image().await.ok()?.bytes).await,
            }
        });
    if let Some(session) = kept {
        builder = builder.session(session);
    }
    let client = builder.build()?;
    Ok(client)
}

fn keep(_session: &str) {}

async fn ask_on_page(_url: &str) -> Option<String> {
    None
}

async fn ask_for_text(_picture: &[u8]) -> Option<String> {
    None
}

async fn errors(client: &Keep2Share) -> fileferry::Result<()> {
    match client.download("5f0c2b7e41a3d", "movie.mp4").await {
        Ok(file) => println!("{} is here", file.name),
        Err(error) if error.kind() == Kind::NotFound => println!("it is gone"),
        Err(error) if error.record().retryable => {
            let wait = error.record().retry_after_ms.map(Duration::from_millis);
            println!("later ({wait:?}): {error}");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn transfers(client: &Keep2Share) -> fileferry::Result<()> {
    let file = client
        .upload("movie.mp4")
        .into_folder("/")
        .on_progress(|progress| println!("{} of {:?}", progress.bytes_done, progress.bytes_total))
        .await?;
    let copy = client.download(&file, "downloads").overwrite(true).await?;
    println!("{:?}", copy.path);

    let mut stream = client.open(&file).await?;
    while let Some(chunk) = stream.chunk().await? {
        println!("{} bytes", chunk.len());
    }
    Ok(())
}

async fn folders(client: &Keep2Share) -> fileferry::Result<()> {
    let report = client
        .upload_folder("holidays")
        .into_folder("/")
        .on_progress(|progress| println!("{} of {} files", progress.files_done, progress.files_total))
        .await?;
    println!("{} files, {} bytes", report.uploaded, report.bytes);
    for item in &report.items {
        if let Some(error) = &item.error {
            println!("{}: {}", item.path, error.message);
        }
    }
    Ok(())
}

async fn verbs(client: &Client) -> fileferry::Result<()> {
    let folder = client.make_folder("Holidays").exist_ok(true).await?;
    let mut entries = client.list(&folder);
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        println!("{}: {:?} bytes", entry.name, entry.size);
    }

    let file = client.stat("/Holidays/movie.mp4").await?;
    client.rename(&file, "first day.mp4").await?;
    println!("{}", client.share_link("/Holidays/first day.mp4").await?);
    Ok(())
}

async fn opened() -> fileferry::Result<()> {
    let link = fileferry::parse_link("https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4");
    if let Some((service, id)) = link.and_then(|link| Some((link.service, link.id?))) {
        let client = fileferry::open(service).option("access_token", "my-key").build()?;
        if client.capabilities()?.verbs.iter().any(|verb| verb == "download") {
            client.download(id, "downloads").await?;
        }
    }
    Ok(())
}

async fn fetched(client: &Client) -> fileferry::Result<()> {
    let stored = client
        .remote_upload("https://example.com/movie.mp4")
        .into_folder("/Holidays")
        .on_progress(|progress| println!("{:?}", progress.fraction))
        .await?;
    println!("{:?}", stored.id);
    Ok(())
}
