//! Pictures: one alone as PNG, many as thumbnails in a table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use weft_core::types::{ImageMode, Type};
use weft_core::{Error, Result, Value};
use weft_image::Picture;

use super::text::scalar_text;
use crate::mime::MimeBundle;

/// Longest side of a picture shown alone, in pixels; the next is tried while the PNG is too large.
const SIDES: [u32; 5] = [1600, 1200, 900, 600, SMALLEST];
/// Small enough for any limit.
const SMALLEST: u32 = 300;
/// Largest PNG of a picture shown alone, in bytes.
const PNG_BYTES: usize = 4_000_000;
/// Longest side of a thumbnail as it is encoded, in pixels: twice what is shown, for fine screens.
const THUMBNAIL_PIXELS: u32 = 192;
/// Quality of thumbnails, from 1 to 100.
const JPEG_QUALITY: u8 = 82;
/// Greatest width and height of a thumbnail as it is shown, in CSS pixels.
const THUMBNAIL_SHOWN: (u32, u32) = (96, 72);

/// A picture value alone, as `image/png` of at most about 4 MB (made smaller if need be) and text.
///
/// # Errors
/// If the value is not a picture, or its pixels are fewer than its size says.
pub fn picture(value: &Value) -> Result<MimeBundle> {
    let whole = read(value)?;
    let text = scalar_text(&Type::Image(None), value);
    for side in SIDES {
        let shown = whole.clone().thumbnail(side, side)?;
        let png = shown.to_png()?;
        if png.len() <= PNG_BYTES || side == SMALLEST {
            let size = json!({"width": shown.width(), "height": shown.height()});
            let data = STANDARD.encode(png);
            return Ok(MimeBundle::plain(text).with("image/png", data).with_metadata("image/png", size));
        }
    }
    Err(Error::internal("no size left for a picture"))
}

/// A small picture for a page.
pub(crate) struct Thumbnail {
    /// A `data:` address, safe within quotes.
    pub(crate) address: String,
    /// Width in CSS pixels.
    pub(crate) width: u32,
    /// Height in CSS pixels.
    pub(crate) height: u32,
}

/// The thumbnail of a picture value: JPEG for large opaque ones, else PNG.
pub(crate) fn thumbnail(value: &Value) -> Result<Thumbnail> {
    let whole = read(value)?;
    let (width, height) = fit(whole.width(), whole.height(), THUMBNAIL_SHOWN);
    let small = whole.thumbnail(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS)?;
    let opaque = !matches!(small.mode().channels(), 2 | 4);
    let (kind, bytes) = if opaque && small.width().max(small.height()) > 64 {
        ("jpeg", small.to_jpeg(JPEG_QUALITY)?)
    } else {
        ("png", small.to_png()?)
    };
    Ok(Thumbnail { address: format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)), width, height })
}

/// A whole picture value as PNG, of its own size.
pub(crate) fn png(value: &Value) -> Result<Vec<u8>> {
    read(value)?.to_png()
}

/// The size at which a picture fits into a box; never larger than it is.
fn fit(width: u32, height: u32, (most_width, most_height): (u32, u32)) -> (u32, u32) {
    let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let factor = (f64::from(most_width) / w).min(f64::from(most_height) / h).min(1.0);
    (((w * factor).round() as u32).max(1), ((h * factor).round() as u32).max(1))
}

/// The picture of a value.
fn read(value: &Value) -> Result<Picture> {
    let Value::Struct(members) = value else { return Err(Error::internal("a picture that is no struct")) };
    let [Value::Binary(data), mode, width, height] = members.as_slice() else {
        return Err(Error::internal("a picture without its four members"));
    };
    let number = |v: &Value| v.as_int().and_then(|n| u32::try_from(n).ok());
    let mode = number(mode).and_then(|n| u8::try_from(n).ok()).and_then(ImageMode::from_code);
    let (Some(mode), Some(width), Some(height)) = (mode, number(width), number(height)) else {
        return Err(Error::internal("a picture of an unknown mode or size"));
    };
    Picture::new(mode, width, height, data.to_vec())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A picture value of one colour.
    pub(crate) fn plain_picture(mode: ImageMode, width: i64, height: i64) -> Value {
        let bytes = vec![0x40; mode.bytes_per_pixel() * (width * height) as usize];
        Value::Struct(vec![Value::Binary(bytes.into()), Value::Int(mode as i64), Value::Int(width), Value::Int(height)])
    }

    #[test]
    fn a_picture_alone_is_png_with_its_size() {
        let bundle = picture(&plain_picture(ImageMode::RGB, 30, 20)).unwrap();
        assert_eq!(bundle.text().unwrap(), "image, 30×20 RGB");
        assert_eq!(bundle.metadata["image/png"], json!({"width": 30, "height": 20}));
        let png = STANDARD.decode(bundle.data["image/png"].as_str().unwrap()).unwrap();
        let back = weft_image::decode(&png).unwrap();
        assert_eq!((back.width(), back.height(), back.mode()), (30, 20, ImageMode::RGB));
        assert_eq!(back.pixels(), [0x40; 30 * 20 * 3]);
    }

    #[test]
    fn every_mode_has_a_thumbnail() {
        for mode in ImageMode::ALL {
            let thumbnail = thumbnail(&plain_picture(mode, 300, 100)).unwrap();
            assert_eq!((thumbnail.width, thumbnail.height), (96, 32), "{mode}");
            let has_alpha = matches!(mode.channels(), 2 | 4);
            let kind = if has_alpha { "data:image/png;base64," } else { "data:image/jpeg;base64," };
            assert!(thumbnail.address.starts_with(kind), "{mode}");
        }
    }

    #[test]
    fn thumbnails_fit_into_their_box() {
        assert_eq!(fit(100, 1000, (96, 72)), (7, 72));
        assert_eq!(fit(28, 28, (96, 72)), (28, 28));
        assert_eq!(fit(1_000_000, 1, (96, 72)), (96, 1));
    }

    #[test]
    fn large_pictures_are_shown_smaller() {
        let bundle = picture(&plain_picture(ImageMode::L, 4000, 10)).unwrap();
        assert_eq!(bundle.metadata["image/png"], json!({"width": 1600, "height": 4}));
    }

    #[test]
    fn pixels_that_do_not_add_up_are_an_error() {
        let value = Value::Struct(vec![Value::Binary(vec![0; 5].into()), Value::Int(3), Value::Int(2), Value::Int(2)]);
        assert_eq!(picture(&value).unwrap_err().message(), "a RGB picture of 2×2 takes 12 bytes, not 5");
        assert!(thumbnail(&Value::Int(1)).is_err());
        assert!(picture(&plain_picture(ImageMode::L, 0, 0)).is_err());
    }
}
