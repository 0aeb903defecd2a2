//! The code of the READMEs; what stands in this crate's own is compiled by rustdoc.

use fileferry::Keep2Share;

async fn quick_start(token: &str) -> fileferry::Result<()> {
    let k2s = Keep2Share::builder().access_token(token).build()?;
    let page = k2s.files().get_files_list().parent("/").limit(100).await?;
    let file = k2s.upload("movie.mp4").into_folder("/").on_progress(|p| println!("{}", p.bytes_done)).await?;
    println!("{} is beside {} others", file.name, page.files.len());
    Ok(())
}
