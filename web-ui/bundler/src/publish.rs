//! Writes the site into `dist`: each file, gzip and brotli beside it, nothing else, and nothing that is there already.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::layout::Site;
use crate::program::Build;
use crate::workspace::{Workspace, read_folder};

/// Files with these endings are text or code; the others are compressed by their own formats.
const COMPRESSIBLE: [&str; 6] = [".html", ".js", ".css", ".wasm", ".svg", ".json"];

/// The size in bytes of each file of `dist` as a browser gets it, by its path.
pub(crate) type SentSizes = BTreeMap<String, usize>;

/// Makes `dist` hold exactly the site. Assets are written before the pages that name them, and what is no longer named goes last, so that
/// a program that reads the folder meanwhile finds whole pages.
pub(crate) fn publish(
    workspace: &Workspace,
    site: &Site,
    build: Build,
) -> Result<SentSizes, String> {
    let store = CompressedStore {
        folder: workspace.work_folder("compressed"),
    };
    let mut sent = SentSizes::new();
    let mut wanted = BTreeSet::new();
    let mut in_store = BTreeSet::new();
    for (path, bytes) in site.files() {
        let mut size = bytes.len();
        write_if_changed(&workspace.dist.join(path), bytes)?;
        wanted.insert(path.clone());
        if build == Build::Release && COMPRESSIBLE.iter().any(|ending| path.ends_with(ending)) {
            for (ending, compress) in [("gz", gzip as Compress), ("br", brotli as Compress)] {
                let compressed = store.get(ending, bytes, compress, &mut in_store)?;
                if compressed.len() < bytes.len() {
                    let path = format!("{path}.{ending}");
                    write_if_changed(&workspace.dist.join(&path), &compressed)?;
                    wanted.insert(path);
                    size = size.min(compressed.len());
                }
            }
        }
        sent.insert(path.clone(), size);
    }
    remove_others(&workspace.dist, &wanted)?;
    remove_others(&store.folder, &in_store)?;
    Ok(sent)
}

type Compress = fn(&[u8]) -> std::io::Result<Vec<u8>>;

/// What was compressed before, by the hash of the plain bytes: brotli at its best takes seconds for a program.
struct CompressedStore {
    folder: PathBuf,
}

impl CompressedStore {
    fn get(
        &self,
        ending: &str,
        bytes: &[u8],
        compress: Compress,
        used: &mut BTreeSet<String>,
    ) -> Result<Vec<u8>, String> {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        let name = format!("{:016x}-{}.{ending}", hasher.finish(), bytes.len());
        let path = self.folder.join(&name);
        used.insert(name);
        if let Ok(compressed) = fs::read(&path) {
            return Ok(compressed);
        }
        let compressed = compress(bytes).map_err(|error| format!("{ending} failed: {error}"))?;
        write_if_changed(&path, &compressed)?;
        Ok(compressed)
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The smaller of two: contexts as the encoder guesses them, for texts, and by the upper bits of the byte before, for programs.
fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut smallest = brotli_by(BrotliEncoderMode::BROTLI_MODE_GENERIC, bytes)?;
    let by_bits = brotli_by(BrotliEncoderMode::BROTLI_FORCE_MSB_PRIOR, bytes)?;
    if by_bits.len() < smallest.len() {
        smallest = by_bits;
    }
    Ok(smallest)
}

fn brotli_by(mode: BrotliEncoderMode, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let best = BrotliEncoderParams {
        mode,
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &best)?;
    Ok(compressed)
}

/// Leaves the time of an unchanged file alone, since cargo builds `bundle` again when it moves. The file appears whole or not at all.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let say = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(say)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, bytes).map_err(say)?;
    fs::rename(&beside, path).map_err(say)
}

fn remove_others(folder: &Path, wanted: &BTreeSet<String>) -> Result<(), String> {
    for (path, _) in read_folder(folder)? {
        if !wanted.contains(&path) {
            let path = folder.join(path);
            fs::remove_file(&path)
                .map_err(|error| format!("{} cannot be removed: {error}", path.display()))?;
            for parent in path
                .ancestors()
                .skip(1)
                .take_while(|parent| *parent != folder)
            {
                // Fails for a folder that still holds something, which then stays.
                if fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::io::Read;

    use super::{gzip, remove_others, write_if_changed};

    #[test]
    fn what_is_compressed_comes_back() {
        let text = b"a seat is never sold twice, ".repeat(100);
        let mut unzipped = Vec::new();
        flate2::read::GzDecoder::new(&*gzip(&text).unwrap())
            .read_to_end(&mut unzipped)
            .unwrap();
        assert_eq!(unzipped, text);
        let mut unbrotlied = Vec::new();
        brotli::BrotliDecompress(&mut &*super::brotli(&text).unwrap(), &mut unbrotlied).unwrap();
        assert_eq!(unbrotlied, text);
    }

    #[test]
    fn an_unchanged_file_keeps_its_time_and_others_go() {
        let folder = std::env::temp_dir().join(format!("foyer-publish-{}", std::process::id()));
        let (kept, gone) = (folder.join("kept.css"), folder.join("assets/old/gone.css"));
        write_if_changed(&kept, b"one").unwrap();
        write_if_changed(&gone, b"two").unwrap();
        let before = fs::metadata(&kept).unwrap().modified().unwrap();
        write_if_changed(&kept, b"one").unwrap();
        assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), before);
        remove_others(&folder, &BTreeSet::from(["kept.css".to_owned()])).unwrap();
        assert!(kept.exists());
        assert!(!folder.join("assets").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
