//! Picture files: PNG, JPEG, GIF, TIFF, BMP, WebP.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use weft_core::types::ImageMode;
use weft_core::{Error, Result};

use crate::picture::Picture;

/// Pictures with more pixels are refused before they are decoded.
pub const MAX_PIXELS: u64 = 256 * 1024 * 1024;

/// Pictures whose pixels take more bytes are refused before they are decoded.
pub const MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// A file format that pictures are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Png,
    Jpeg,
    Gif,
    Tiff,
    Bmp,
    Webp,
}

impl Format {
    /// The names of all formats, in the order of the variants.
    pub(crate) const NAMES: &[&str] = &["png", "jpeg", "gif", "tiff", "bmp", "webp"];

    /// The format called `name`.
    pub(crate) fn parse(name: &str) -> Result<Format> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "png" => Format::Png,
            "jpeg" | "jpg" => Format::Jpeg,
            "gif" => Format::Gif,
            "tiff" | "tif" => Format::Tiff,
            "bmp" => Format::Bmp,
            "webp" => Format::Webp,
            _ => {
                let help = format!("formats are {}", Format::NAMES.join(", "));
                return Err(Error::argument(format!("pictures cannot be written as `{name}`")).with_help(help));
            }
        })
    }

    fn library(self) -> ImageFormat {
        match self {
            Format::Png => ImageFormat::Png,
            Format::Jpeg => ImageFormat::Jpeg,
            Format::Gif => ImageFormat::Gif,
            Format::Tiff => ImageFormat::Tiff,
            Format::Bmp => ImageFormat::Bmp,
            Format::Webp => ImageFormat::WebP,
        }
    }

    /// The nearest mode to `mode` that files of the format hold.
    fn storable(self, mode: ImageMode) -> ImageMode {
        use ImageMode::*;
        match (self, mode) {
            (Format::Jpeg, L | LA | L16 | LA16) => L,
            (Format::Jpeg, _) => RGB,
            (Format::Png, RGB32F) => RGB16,
            (Format::Png, RGBA32F) => RGBA16,
            (Format::Tiff, LA) | (Format::Bmp, LA) => RGBA,
            (Format::Tiff, LA16) => RGBA16,
            (Format::Png | Format::Tiff, other) => other,
            (Format::Gif, LA | RGBA | LA16 | RGBA16 | RGBA32F) => RGBA,
            (Format::Gif, _) => RGB,
            (Format::Bmp | Format::Webp, L | L16) => L,
            (Format::Webp, LA | LA16) => LA,
            (Format::Bmp, LA16) | (_, RGBA | RGBA16 | RGBA32F) => RGBA,
            (_, RGB | RGB16 | RGB32F) => RGB,
        }
    }
}

/// Bytes of a picture's pixels.
pub(crate) fn bytes_of(mode: ImageMode, width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height) * mode.bytes_per_pixel() as u64
}

/// An error for sizes that are empty or too great to hold.
pub(crate) fn check_size(mode: ImageMode, width: u32, height: u32) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(Error::value(format!("a picture of {width}×{height} has no pixels")));
    }
    if pixels > MAX_PIXELS || bytes_of(mode, width, height) > MAX_BYTES {
        let limit = format!("at most {} megapixels and 1 GiB are held", MAX_PIXELS >> 20);
        return Err(Error::value(format!("a {mode} picture of {width}×{height} is too large: {limit}")));
    }
    Ok(())
}

/// The mode of the library's colour type.
pub(crate) fn mode_of(color: ColorType) -> Result<ImageMode> {
    Ok(match color {
        ColorType::L8 => ImageMode::L,
        ColorType::La8 => ImageMode::LA,
        ColorType::Rgb8 => ImageMode::RGB,
        ColorType::Rgba8 => ImageMode::RGBA,
        ColorType::L16 => ImageMode::L16,
        ColorType::La16 => ImageMode::LA16,
        ColorType::Rgb16 => ImageMode::RGB16,
        ColorType::Rgba16 => ImageMode::RGBA16,
        ColorType::Rgb32F => ImageMode::RGB32F,
        ColorType::Rgba32F => ImageMode::RGBA32F,
        other => return Err(Error::unsupported(format!("pictures of {other:?} pixels cannot be held"))),
    })
}

fn format_of(bytes: &[u8]) -> Result<ImageFormat> {
    image::guess_format(bytes).map_err(|_| {
        let what = if bytes.is_empty() { "an empty file" } else { "a file of an unknown format" };
        Error::format(format!("{what} is no picture")).with_help("pictures are PNG, JPEG, GIF, TIFF, BMP or WebP")
    })
}

fn name(format: ImageFormat) -> String {
    match format {
        ImageFormat::WebP => "WebP".into(),
        other => format!("{other:?}").to_uppercase(),
    }
}

fn corrupt(format: ImageFormat, error: &ImageError) -> Error {
    let name = name(format);
    match error {
        ImageError::Limits(_) => Error::value(format!("a {name} picture is too large: {error}")),
        ImageError::Unsupported(_) => Error::unsupported(format!("a {name} picture cannot be decoded: {error}")),
        _ => Error::format(format!("a {name} picture is corrupt: {error}")),
    }
}

fn reader(bytes: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES * 3 / 2);
    reader.limits(limits);
    reader
}

/// Width, height and mode of a picture file, from its header alone.
pub fn dimensions(bytes: &[u8]) -> Result<(u32, u32, ImageMode)> {
    let format = format_of(bytes)?;
    let decoder = reader(bytes, format).into_decoder().map_err(|e| corrupt(format, &e))?;
    let (width, height) = decoder.dimensions();
    Ok((width, height, mode_of(decoder.color_type())?))
}

/// The picture in a file; of an animation the first.
///
/// # Errors
/// When the file is of no known format, corrupt, or its header announces more than [`MAX_PIXELS`] or [`MAX_BYTES`]:
/// then nothing is allocated.
pub fn decode(bytes: &[u8]) -> Result<Picture> {
    let format = format_of(bytes)?;
    let decoder = reader(bytes, format).into_decoder().map_err(|e| corrupt(format, &e))?;
    let (width, height) = decoder.dimensions();
    check_size(mode_of(decoder.color_type())?, width, height)?;
    if format == ImageFormat::Jpeg && is_cut_off(bytes) {
        return Err(Error::format("a JPEG picture is corrupt: its end is missing"));
    }
    Picture::from_image(DynamicImage::from_decoder(decoder).map_err(|e| corrupt(format, &e))?)
}

/// Whether a JPEG has no end-of-image marker behind its scan. The decoder fills what is missing with grey and says
/// nothing; segments before the scan are passed over whole, since a thumbnail in them has an end of its own.
fn is_cut_off(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            START_OF_SCAN => break,
            // Fill bytes and markers without a length.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    !bytes.get(at..).unwrap_or_default().windows(2).any(|pair| pair == [0xFF, 0xD9])
}

/// A picture as a file; what the format cannot hold (alpha, depth) is dropped. `quality` is 1 to 100, for JPEG.
pub(crate) fn encode(picture: Picture, format: Format, quality: u8) -> Result<Vec<u8>> {
    let mode = format.storable(picture.mode());
    let image = picture.convert(mode)?.into_image()?;
    let mut out = Cursor::new(Vec::new());
    let written = match format {
        Format::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)),
        _ => image.write_to(&mut out, format.library()),
    };
    written.map_err(|e| Error::value(format!("a picture cannot be written as {}: {e}", name(format.library()))))?;
    Ok(out.into_inner())
}
