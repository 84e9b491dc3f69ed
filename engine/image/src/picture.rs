//! One picture: its pixels, and what is made of them.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageBuffer, Pixel};
use weft_core::types::ImageMode;
use weft_core::{Error, Result};

use crate::codec;

/// A decoded picture: rows from the top, pixels from the left, channels interleaved, native byte order.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    mode: ImageMode,
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture of `width` × `height` pixels.
    ///
    /// # Errors
    /// When the number of bytes is not what size and mode ask for.
    pub fn new(mode: ImageMode, width: u32, height: u32, pixels: Vec<u8>) -> Result<Self> {
        let bytes = codec::bytes_of(mode, width, height);
        if bytes != pixels.len() as u64 || bytes == 0 {
            let message = format!("a {mode} picture of {width}×{height} takes {bytes} bytes, not {}", pixels.len());
            return Err(Error::value(message));
        }
        Ok(Picture { mode, width, height, pixels })
    }

    /// Channels and depth.
    pub fn mode(&self) -> ImageMode {
        self.mode
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The picture in another mode; alpha that the mode lacks is dropped, alpha that it adds is opaque.
    pub fn convert(self, mode: ImageMode) -> Result<Picture> {
        if self.mode == mode {
            return Ok(self);
        }
        let image = self.into_image()?;
        Picture::from_image(match mode {
            ImageMode::L => image.into_luma8().into(),
            ImageMode::LA => image.into_luma_alpha8().into(),
            ImageMode::RGB => image.into_rgb8().into(),
            ImageMode::RGBA => image.into_rgba8().into(),
            ImageMode::L16 => image.into_luma16().into(),
            ImageMode::LA16 => image.into_luma_alpha16().into(),
            ImageMode::RGB16 => image.into_rgb16().into(),
            ImageMode::RGBA16 => image.into_rgba16().into(),
            ImageMode::RGB32F => image.into_rgb32f().into(),
            ImageMode::RGBA32F => image.into_rgba32f().into(),
        })
    }

    /// The picture at exactly `width` × `height`, by a bilinear filter that covers all pixels it shrinks.
    pub fn resize(self, width: u32, height: u32) -> Result<Picture> {
        codec::check_size(self.mode, width, height)?;
        if (self.width, self.height) == (width, height) {
            return Ok(self);
        }
        let source = self.into_image()?;
        let mut target = DynamicImage::new(width, height, source.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new()
            .resize(&source, &mut target, &options)
            .map_err(|e| Error::internal(format!("a picture could not be resized: {e}")))?;
        Picture::from_image(target)
    }

    /// The part of the picture from (`x`, `y`), at most `width` × `height`, as far as the picture goes.
    pub fn crop(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Picture> {
        if x >= self.width || y >= self.height || width == 0 || height == 0 {
            let message =
                format!("{width}×{height} from ({x}, {y}) holds nothing of a picture of {}×{}", self.width, self.height);
            return Err(Error::value(message));
        }
        let (width, height) = (width.min(self.width - x), height.min(self.height - y));
        let bytes = self.mode.bytes_per_pixel();
        let stride = self.width as usize * bytes;
        let (left, length) = (x as usize * bytes, width as usize * bytes);
        let rows = self.pixels.chunks_exact(stride).skip(y as usize).take(height as usize);
        Picture::new(self.mode, width, height, rows.flat_map(|row| &row[left..left + length]).copied().collect())
    }

    /// The picture shrunk to fit into `max_width` × `max_height`, its proportions kept; never enlarged.
    pub fn thumbnail(self, max_width: u32, max_height: u32) -> Result<Picture> {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let scale = (f64::from(max_width.max(1)) / width).min(f64::from(max_height.max(1)) / height);
        if scale >= 1.0 {
            return Ok(self);
        }
        self.resize(((width * scale).round() as u32).max(1), ((height * scale).round() as u32).max(1))
    }

    /// The picture as a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        codec::encode(self.clone(), codec::Format::Png, 75)
    }

    /// The picture as a JPEG file without alpha, of `quality` 1 to 100.
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>> {
        codec::encode(self.clone(), codec::Format::Jpeg, quality.clamp(1, 100))
    }

    /// As the image library holds it.
    pub(crate) fn into_image(self) -> Result<DynamicImage> {
        let (w, h, bytes) = (self.width, self.height, self.pixels);
        match self.mode {
            ImageMode::L => buffer(w, h, bytes).map(DynamicImage::ImageLuma8),
            ImageMode::LA => buffer(w, h, bytes).map(DynamicImage::ImageLumaA8),
            ImageMode::RGB => buffer(w, h, bytes).map(DynamicImage::ImageRgb8),
            ImageMode::RGBA => buffer(w, h, bytes).map(DynamicImage::ImageRgba8),
            ImageMode::L16 => buffer(w, h, shorts(&bytes)).map(DynamicImage::ImageLuma16),
            ImageMode::LA16 => buffer(w, h, shorts(&bytes)).map(DynamicImage::ImageLumaA16),
            ImageMode::RGB16 => buffer(w, h, shorts(&bytes)).map(DynamicImage::ImageRgb16),
            ImageMode::RGBA16 => buffer(w, h, shorts(&bytes)).map(DynamicImage::ImageRgba16),
            ImageMode::RGB32F => buffer(w, h, floats(&bytes)).map(DynamicImage::ImageRgb32F),
            ImageMode::RGBA32F => buffer(w, h, floats(&bytes)).map(DynamicImage::ImageRgba32F),
        }
    }

    /// From the image library.
    pub(crate) fn from_image(image: DynamicImage) -> Result<Picture> {
        let mode = codec::mode_of(image.color())?;
        let (width, height) = (image.width(), image.height());
        // Eight-bit pixels move; wider ones are copied as bytes.
        let pixels = match image {
            DynamicImage::ImageLuma8(pixels) => pixels.into_raw(),
            DynamicImage::ImageLumaA8(pixels) => pixels.into_raw(),
            DynamicImage::ImageRgb8(pixels) => pixels.into_raw(),
            DynamicImage::ImageRgba8(pixels) => pixels.into_raw(),
            wide => wide.as_bytes().to_vec(),
        };
        Picture::new(mode, width, height, pixels)
    }
}

fn buffer<P: Pixel>(width: u32, height: u32, samples: Vec<P::Subpixel>) -> Result<ImageBuffer<P, Vec<P::Subpixel>>> {
    ImageBuffer::from_raw(width, height, samples).ok_or_else(|| Error::internal("a picture has too few pixels"))
}

fn shorts(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|b| u16::from_ne_bytes([b[0], b[1]])).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]])).collect()
}
