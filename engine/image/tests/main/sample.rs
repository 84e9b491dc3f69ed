//! Pictures whose every pixel is known.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use weft_core::types::ImageMode;
use weft_image::Picture;

/// 4 × 3 pixels: red grows to the right, green downwards, blue is 7, alpha 255.
pub(crate) fn gradient() -> Picture {
    let pixels = (0..12u8).flat_map(|i| [i % 4 * 60, i / 4 * 100, 7, 255]).collect();
    Picture::new(ImageMode::RGBA, 4, 3, pixels).unwrap()
}

/// The gradient in another mode.
pub(crate) fn in_mode(mode: ImageMode) -> Picture {
    gradient().convert(mode).unwrap()
}

/// A file written by the image library, not by the crate under test.
pub(crate) fn file(format: ImageFormat) -> Vec<u8> {
    let rgb = in_mode(ImageMode::RGB);
    let image = image::RgbImage::from_raw(4, 3, rgb.pixels().to_vec()).unwrap();
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A PNG header that announces a size, without the pixels.
pub(crate) fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = file(ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
